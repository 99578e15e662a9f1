# Choisir un mot de passe, pour la première fois ou après une fuite.
password-title = Choisir un mot de passe
password-rule = Au moins 8 caractères. Le plus sûr et le plus simple à retenir : une petite phrase, avec ses espaces.
password-free = Majuscules, chiffres et symboles sont permis mais pas obligatoires. Vous pouvez aussi le coller.
password-identifier = Votre identifiant
password-identifier-hint = Notez-le : il vous sera demandé à chaque connexion.
password-new = Nouveau mot de passe
password-submit = Garder ce mot de passe

password-refused-title = Merci d’en choisir un autre
password-too-short = Ce mot de passe est trop court. Il faut au moins 8 caractères ; une petite phrase convient très bien.
password-too-long = Ce mot de passe est trop long pour être enregistré. Une phrase de quelques mots suffit.
password-common = Ce mot de passe figure dans des listes de mots de passe qui circulent. D’autres pourraient l’essayer.
password-guessable = Ce mot de passe se devine trop facilement. Ajoutez un ou deux mots sans rapport entre eux.
password-has-name = Ce mot de passe contient votre nom ou votre prénom. Quelqu’un qui vous connaît pourrait le deviner.
password-has-birth = Ce mot de passe contient votre date de naissance. Quelqu’un qui vous connaît pourrait le deviner.
password-has-identifier = Ce mot de passe contient votre identifiant. Quelqu’un qui le connaît pourrait le deviner.
password-has-lab = Ce mot de passe contient le nom du laboratoire. C’est l’un des premiers que l’on essaierait.
password-same = Ce mot de passe est le même qu’avant. Il en faut un tout nouveau.
password-close = Ce mot de passe ressemble trop à un mot de passe qui circule. Il en faut un tout nouveau.

held-title = Il faut un nouveau mot de passe
held-listed = Le laboratoire a appris qu’une liste d’identifiants et de mots de passe circule. Votre identifiant en fait partie.
held-listed-results = Cela ne veut pas dire que vos résultats ont été vus.
held-common = Votre mot de passe figure dans des listes de mots de passe qui circulent sur Internet.
held-common-results = Votre identifiant n’y figure pas forcément, et cela ne veut pas dire que vos résultats ont été vus.
held-no-fault = Vous n’avez rien fait de mal. Votre accès est mis à l’abri jusqu’à ce que vous ayez choisi un autre mot de passe.
held-elsewhere-title = Le même mot de passe sert ailleurs ?
held-elsewhere-mail = Changez-le d’abord sur votre messagerie : elle permet d’accéder à tout le reste.
held-elsewhere-rest = Changez-le ensuite partout où vous l’utilisez : banque, assurance maladie, impôts, achats.
held-choose = Votre nouveau mot de passe
held-submit = Garder ce mot de passe et continuer
