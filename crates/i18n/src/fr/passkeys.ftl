# Les clés d’accès : se connecter avec l’une d’elles, et les gérer.
passkey-login-title = Se connecter avec une clé d’accès
passkey-login-text = Si vous en avez ajouté une à votre compte : avec votre empreinte, votre visage, le code de votre appareil ou une clé de sécurité. Il n’y a rien à taper.
passkey-login-submit = Utiliser ma clé d’accès
passkey-follow = Votre navigateur demande maintenant votre clé d’accès. Suivez ses étapes.
passkey-use = Utiliser ma clé d’accès
passkey-trouble-title = Votre clé d’accès n’a pas servi
passkey-trouble-text = La fenêtre a peut-être été fermée, ou votre clé d’accès n’est pas sur cet appareil. Vous pouvez réessayer, ou vous connecter autrement.
passkey-cannot = Ce navigateur ne sait pas utiliser les clés d’accès. Connectez-vous autrement.
passkey-otherwise = Se connecter avec identifiant, mot de passe et code
passkey-refused-title = Cette clé d’accès n’a pas pu servir
passkey-refused-text = Elle a peut-être été retirée de votre compte, ou la page est restée ouverte trop longtemps. Vous pouvez réessayer.
passkey-refused-other = L’identifiant, le mot de passe et le code fonctionnent toujours.

passkeys-title = Clés d’accès
passkeys-count = { $count ->
    [0] Vous n’avez pas de clé d’accès. Avec elle, vous vous connectez par votre empreinte, votre visage ou une clé de sécurité, et aucune fausse page ne peut vous la voler.
    [one] Vous avez { $count } clé d’accès.
   *[other] Vous avez { $count } clés d’accès.
}
passkeys-link = Gérer mes clés d’accès
passkeys-intro = Une clé d’accès vous connecte par votre empreinte, votre visage, le code de votre appareil ou une clé de sécurité. Elle ne fonctionne que sur ce site : une fausse page ne peut pas vous la prendre.
passkeys-none = Vous n’avez pas encore de clé d’accès.
passkeys-added = Ajoutée le { $added }
passkeys-unused = Pas encore utilisée
passkeys-unnamed = Clé d’accès sans nom
passkeys-remove = Retirer
passkeys-remove-named = Retirer la clé d’accès { $name }, ajoutée le { $added }
passkeys-add = Ajouter une clé d’accès
passkeys-cannot = Ce navigateur ne sait pas créer de clé d’accès. Essayez un autre navigateur ou un autre appareil.
passkeys-full = Vous avez { $most } clés d’accès, et ne pouvez pas en avoir davantage. Retirez-en une qui ne vous sert plus pour en ajouter une autre.
passkeys-ends-title = Bon à savoir
passkeys-lost = Un appareil perdu ? Retirez ici sa clé d’accès.
passkeys-kept = Vos clés d’accès restent quand vous choisissez un nouveau mot de passe.
passkeys-ended = Elles prennent toutes fin quand vous rouvrez votre accès avec une feuille du laboratoire.
passkeys-back = Retour
passkeys-done-added = C’est fait : votre clé d’accès est ajoutée. Elle pourra servir à votre prochaine connexion.
passkeys-done-removed = C’est fait : cette clé d’accès n’ouvre plus rien. Vous pouvez aussi l’effacer de votre appareil.
passkeys-refused-title = La clé d’accès n’a pas pu être ajoutée
passkeys-refused-text = Ce que le navigateur a envoyé n’a pas pu servir. Rien n’a changé. Vous pouvez réessayer, ou prendre un autre appareil.
passkeys-expired-text = Par sécurité, rien n’a été ajouté. Recommencez depuis le début.

passkeys-add-title = Ajouter une clé d’accès
passkeys-remove-title = Retirer une clé d’accès
again-add-intro = Pour protéger votre compte, indiquez encore une fois votre mot de passe et un code.
again-remove-intro = Vous allez retirer : { $name }. Pour protéger votre compte, indiquez encore une fois votre mot de passe et un code.
again-code-hint = Celui que l’application affiche en ce moment. S’il vient de vous servir, attendez le suivant.
again-add-submit = Continuer
again-remove-submit = Retirer cette clé d’accès
again-cancel = Annuler
again-refused-title = Nous n’avons pas pu vérifier que c’est vous
again-refused-which = Le mot de passe ou le code ne convient pas. Cette page ne dit pas lequel.
passkeys-name = Un nom pour elle
passkeys-name-hint = Par exemple : mon téléphone, la clé bleue. Personne d’autre ne le voit.
passkeys-make-text = Votre navigateur demandera ensuite où garder la clé d’accès. Suivez ses étapes.
passkeys-make = Créer la clé d’accès
passkeys-trouble-text = La fenêtre a peut-être été fermée, ou cet appareil a déjà une clé d’accès de ce compte. Vous pouvez réessayer, ou choisir un autre appareil.

desk-role-limited = Vous avez ici le rôle sécurité, et il prend effet quand vous vous connectez avec une clé d’accès : ajoutez-en une ci-dessous, déconnectez-vous, puis connectez-vous avec elle.
