# Le compte de la personne connectée.
account-title = Bonjour { $name }
account-results-title = Vos résultats
account-results-only = Voir mes résultats
account-results-link = Voir mes résultats – { $site }
account-until = Sans activité de votre part, la connexion se fermera d’elle-même le { $until }.
account-until-latest = Dans tous les cas, elle se fermera le { $until }.
account-until-only = La connexion se fermera d’elle-même le { $until }.
account-soon = La connexion va bientôt se fermer.
account-stay = Prolonger la connexion
account-stayed = C’est fait : la connexion est prolongée.
account-places-title = Appareils connectés
account-places-text = Un appareil que vous ne reconnaissez pas ? Déconnectez-le, puis prévenez le laboratoire.
account-this = cet appareil
account-unknown-device = Appareil inconnu
account-since = Connecté depuis le { $since }
account-used = Dernière utilisation le { $used }
account-end-one = Déconnecter cet appareil
account-end-one-named = Déconnecter cet appareil : { $device }, connecté depuis le { $since }
account-end-all = Tout déconnecter
account-end-all-text = Ferme toutes les connexions, y compris celle-ci.
account-devices-title = Vos appareils
account-devices-text = Vous vous êtes déjà connecté sur ces appareils. Là, les erreurs d’une autre personne ne peuvent pas vous faire attendre. Retirez un appareil qui n’est plus le vôtre : il sera traité comme un nouvel appareil.
account-known-since = Connu depuis le { $since }
account-last-sign-in = Dernière connexion le { $used }
account-forget = Retirer cet appareil
account-forget-named = Retirer cet appareil : { $device }, connu depuis le { $since }
account-services-title = Services reliés à votre compte
account-services-text = Vous avez permis à ces services de savoir qui vous êtes. Si vous revenez sur ce choix, ils ne reçoivent plus rien de nous ; ce qu’ils ont déjà reste chez eux.
account-service-gets = Reçoit : { $what }
account-service-gets-nothing = Ne reçoit qu’un numéro qui vous désigne chez lui
account-service-since = Autorisé depuis le { $since }
account-service-end = Retirer l’autorisation
account-service-end-named = Retirer l’autorisation : { $service }, autorisé depuis le { $since }
account-codes-title = Codes de secours
account-codes-left = { $count ->
    [0] Il ne vous reste plus de code de secours. Le laboratoire peut vous rouvrir un accès.
    [one] Il vous reste { $count } code de secours.
   *[other] Il vous reste { $count } codes de secours.
}
