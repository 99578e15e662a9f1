# Les identités d’autres fournisseurs (FranceConnect et d’autres) : se connecter avec l’une d’elles, et la rattacher.
upstream-login-title = Avec une identité que vous avez déjà
upstream-login-text = Si vous l’avez rattachée à votre compte ici.
upstream-login-submit = Continuer avec { $provider }
upstream-go-title = Vers { $provider }
upstream-go-text = Votre navigateur vous conduit maintenant vers { $provider }. S’il ne se passe rien, suivez ce lien.
upstream-go-link = Aller vers { $provider }
upstream-go-back = Retour
upstream-not-linked-title = Cette identité { $provider } n’ouvre pas encore de compte ici
upstream-not-linked-text = Il faut la rattacher une fois. Connectez-vous ci-dessous comme d’habitude, puis rattachez-la sur la page de votre compte ; ou demandez au laboratoire, et rattachez-la en ouvrant votre accès.
upstream-denied-title = La connexion avec { $provider } n’a pas été menée à son terme
upstream-denied-text = Rien n’a changé. Vous pouvez réessayer, ou vous connecter comme d’habitude.
upstream-unreachable-title = { $provider } ne répond pas en ce moment
upstream-unreachable-text = Vous n’y êtes pour rien. Vous pouvez réessayer plus tard, ou vous connecter comme d’habitude.
upstream-weak-title = { $provider } a été utilisé d’une manière qui ne suffit pas ici
upstream-weak-text = Pour protéger vos résultats, le laboratoire demande une connexion plus sûre chez { $provider }. Vous pouvez en choisir une autre là-bas, ou vous connecter comme d’habitude.
upstream-refused-title = La réponse de { $provider } n’a pas pu servir
upstream-refused-text = Par sécurité, personne n’a été connecté. Vous pouvez réessayer, ou vous connecter comme d’habitude.
upstream-expired-text = Cela a pris trop de temps, ou a commencé dans un autre navigateur. Recommencez depuis le début.
upstream-code-title = Encore un code
upstream-code-intro = { $provider } nous a dit qui vous êtes. Pour protéger vos résultats, indiquez aussi un code de votre application.
upstream-code-refused-title = Ce code ne convient pas
upstream-otherwise = Se connecter autrement

upstreams-title = Identités rattachées
upstreams-count = { $count ->
    [0] Aucune identité n’est rattachée à votre compte. Avec elle, vous pouvez vous connecter ici par FranceConnect, par exemple.
    [one] { $count } identité est rattachée à votre compte.
   *[other] { $count } identités sont rattachées à votre compte.
}
upstreams-link = Gérer mes identités rattachées
upstreams-intro = Vous pouvez vous connecter ici avec une identité que vous avez déjà ailleurs. Rattachez-la une fois à votre compte, depuis cette page.
upstreams-none = Aucune identité n’est encore rattachée.
upstreams-linked = Rattachée le { $linked }
upstreams-unused = Pas encore utilisée
upstreams-unlink = Détacher
upstreams-unlink-named = Détacher { $name }, rattachée le { $linked }
upstreams-add = Rattacher { $provider }
upstreams-full = Vous avez { $most } identités rattachées, et ne pouvez pas en avoir davantage. Détachez-en une qui ne vous sert plus pour en rattacher une autre.
upstreams-lost = Quelqu’un s’est peut-être emparé de votre identité là-bas ? Détachez-la ici.
upstreams-kept = Vos identités rattachées restent quand vous choisissez un nouveau mot de passe.
upstreams-ended = Elles prennent toutes fin quand vous rouvrez votre accès avec une feuille du laboratoire.
upstreams-done-linked = C’est fait : cette identité est rattachée. Elle pourra servir à votre prochaine connexion.
upstreams-done-unlinked = C’est fait : cette identité n’ouvre plus rien ici.
upstreams-elsewhere-title = Cette identité ouvre un autre compte ici
upstreams-elsewhere-text = Une identité ouvre un seul compte d’un laboratoire. Détachez-la d’abord là-bas, ou demandez au laboratoire.
upstreams-refused-title = L’identité n’a pas pu être rattachée
upstreams-expired-text = Par sécurité, rien n’a été rattaché. Recommencez depuis le début.
upstreams-link-title = Rattacher une identité
upstreams-unlink-title = Détacher une identité
again-link-intro = Vous allez rattacher : { $provider }. Pour protéger votre compte, indiquez encore une fois votre mot de passe et un code.
again-unlink-intro = Vous allez détacher : { $provider }. Pour protéger votre compte, indiquez encore une fois votre mot de passe et un code.
again-unlink-submit = Détacher cette identité

enrol-upstream-title = Une identité que vous avez déjà ?
enrol-upstream-text = Vous pouvez la rattacher maintenant, et vous connecter avec elle plus tard. Ce n’est pas nécessaire : cela peut se faire à tout moment sur la page de votre compte.
enrol-upstream-noted = C’est fait : { $provider } sera rattaché à votre compte quand vous aurez terminé ici.

signed-out-upstream-title = Et chez { $provider } ?
signed-out-upstream = Votre connexion passait par { $provider }, où elle est peut-être encore ouverte. Sur un ordinateur partagé, fermez-la là-bas aussi.
signed-out-upstream-link = Se déconnecter aussi de { $provider }
