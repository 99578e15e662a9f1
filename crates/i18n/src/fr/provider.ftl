# Les identités d’autres fournisseurs (FranceConnect et d’autres) : se connecter avec l’une d’elles, et la rattacher.
provider-login-title = Avec une identité que vous avez déjà
provider-login-text = Si vous l’avez rattachée à votre compte ici.
provider-login-submit = Continuer avec { $provider }
provider-go-title = Vers { $provider }
provider-go-text = Votre navigateur vous conduit maintenant vers { $provider }. S’il ne se passe rien, suivez ce lien.
provider-go-link = Aller vers { $provider }
provider-go-back = Retour
provider-not-linked-title = Cette identité { $provider } n’ouvre pas encore de compte ici
provider-not-linked-text = Il faut la rattacher une fois. Connectez-vous ci-dessous comme d’habitude, puis rattachez-la sur la page de votre compte ; ou demandez au laboratoire, et rattachez-la en ouvrant votre accès.
provider-denied-title = La connexion avec { $provider } n’a pas été menée à son terme
provider-denied-text = Rien n’a changé. Vous pouvez réessayer, ou vous connecter comme d’habitude.
provider-unreachable-title = { $provider } ne répond pas en ce moment
provider-unreachable-text = Vous n’y êtes pour rien. Vous pouvez réessayer plus tard, ou vous connecter comme d’habitude.
provider-weak-title = { $provider } a été utilisé d’une manière qui ne suffit pas ici
provider-weak-text = Pour protéger vos résultats, le laboratoire demande une connexion plus sûre chez { $provider }. Vous pouvez en choisir une autre là-bas, ou vous connecter comme d’habitude.
provider-refused-title = La réponse de { $provider } n’a pas pu servir
provider-refused-text = Par sécurité, personne n’a été connecté. Vous pouvez réessayer, ou vous connecter comme d’habitude.
provider-expired-text = Cela a pris trop de temps, ou a commencé dans un autre navigateur. Recommencez depuis le début.
provider-code-title = Encore un code
provider-code-intro = { $provider } nous a dit qui vous êtes. Pour protéger vos résultats, indiquez aussi un code de votre application.
provider-code-refused-title = Ce code ne convient pas
provider-otherwise = Se connecter autrement

providers-title = Identités rattachées
providers-count = { $count ->
    [0] Aucune identité n’est rattachée à votre compte. Avec elle, vous pouvez vous connecter ici par FranceConnect, par exemple.
    [one] { $count } identité est rattachée à votre compte.
   *[other] { $count } identités sont rattachées à votre compte.
}
providers-link = Gérer mes identités rattachées
providers-intro = Vous pouvez vous connecter ici avec une identité que vous avez déjà ailleurs. Rattachez-la une fois à votre compte, depuis cette page.
providers-none = Aucune identité n’est encore rattachée.
providers-linked = Rattachée le { $linked }
providers-unused = Pas encore utilisée
providers-unlink = Détacher
providers-unlink-named = Détacher { $name }, rattachée le { $linked }
providers-add = Rattacher { $provider }
providers-full = Vous avez { $most } identités rattachées, et ne pouvez pas en avoir davantage. Détachez-en une qui ne vous sert plus pour en rattacher une autre.
providers-lost = Quelqu’un s’est peut-être emparé de votre identité là-bas ? Détachez-la ici.
providers-kept = Vos identités rattachées restent quand vous choisissez un nouveau mot de passe.
providers-ended = Elles prennent toutes fin quand vous rouvrez votre accès avec une feuille du laboratoire.
providers-done-linked = C’est fait : cette identité est rattachée. Elle pourra servir à votre prochaine connexion.
providers-done-unlinked = C’est fait : cette identité n’ouvre plus rien ici.
providers-elsewhere-title = Cette identité ouvre un autre compte ici
providers-elsewhere-text = Une identité ouvre un seul compte d’un laboratoire. Détachez-la d’abord là-bas, ou demandez au laboratoire.
providers-refused-title = L’identité n’a pas pu être rattachée
providers-expired-text = Par sécurité, rien n’a été rattaché. Recommencez depuis le début.
providers-link-title = Rattacher une identité
providers-unlink-title = Détacher une identité
again-link-intro = Vous allez rattacher : { $provider }. Pour protéger votre compte, indiquez encore une fois votre mot de passe et un code.
again-unlink-intro = Vous allez détacher : { $provider }. Pour protéger votre compte, indiquez encore une fois votre mot de passe et un code.
again-unlink-submit = Détacher cette identité

enrol-provider-title = Une identité que vous avez déjà ?
enrol-provider-text = Vous pouvez la rattacher maintenant, et vous connecter avec elle plus tard. Ce n’est pas nécessaire : cela peut se faire à tout moment sur la page de votre compte.
enrol-provider-noted = C’est fait : { $provider } sera rattaché à votre compte quand vous aurez terminé ici.

signed-out-provider-title = Et chez { $provider } ?
signed-out-provider = Votre connexion passait par { $provider }, où elle est peut-être encore ouverte. Sur un ordinateur partagé, fermez-la là-bas aussi.
signed-out-provider-link = Se déconnecter aussi de { $provider }
