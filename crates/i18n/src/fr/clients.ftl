# Services that ask for a person to be signed in.
consent-title = Voulez-vous donner cela à { $client } ?
consent-intro = Vous êtes connecté chez { $lab }. { $client } demande ce qui figure ici, et ne reçoit rien d’autre.
consent-what = Ce que { $client } reçoit
consent-subject = Qui vous êtes là-bas
consent-subject-value = Un numéro qui vous désigne chez { $client } seulement, avec l’heure et la manière de votre connexion
consent-subject-public = Un numéro qui vous désigne, le même pour plusieurs services de { $lab }, avec l’heure et la manière de votre connexion
consent-offline = Plus tard aussi
consent-offline-value = { $days ->
    [one] Pendant un jour, même quand vous n’êtes pas connecté
   *[other] Pendant { $days } jours, même quand vous n’êtes pas connecté
}
consent-back = Vous pouvez revenir sur ce choix à tout moment sur la page de votre compte.
consent-allow = Donner
consent-deny = Ne pas donner
claim-name = Nom complet
claim-given-name = Prénom
claim-family-name = Nom de famille
claim-birthdate = Date de naissance
claim-email = Adresse électronique
claim-email-verified = Adresse électronique vérifiée par nous
claim-records = Numéros de dossier
claim-yes = oui
claim-no = non
claim-none = aucun
form-post-title = Retour au service
form-post-text = Cette page continue d’elle-même ; sinon, appuyez sur le bouton.
form-post-submit = Continuer
oauth-error-title = Cette connexion ne peut pas continuer
oauth-error-text = Le service qui vous envoie ici a fait une demande à laquelle nous ne pouvons pas répondre. Vous n’avez rien fait de mal. Retournez au service et essayez à nouveau ; si cela se reproduit, donnez au service ce qui figure ci-dessous.
oauth-gone-title = Cette connexion est terminée
oauth-gone-text = La page est restée ouverte trop longtemps, ou la connexion a continué dans une autre fenêtre. Retournez au service et recommencez.
ask-sign-out-title = Voulez-vous vous déconnecter ?
ask-sign-out-text = Un service demande à vous déconnecter ici aussi. Vous serez déconnecté partout où cette connexion a servi.
ask-sign-out-submit = Se déconnecter
ask-sign-out-stay = Rester connecté
