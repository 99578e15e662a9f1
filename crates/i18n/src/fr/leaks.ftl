# Les fuites, vues par le personnel.
leaks-title = Fuites
leaks-intro = Une liste d’identifiants circule ? Importez-la : vous verrez d’abord qui est concerné, sans que rien ne se passe.
leaks-link = Voir les fuites
leaks-none = Aucune fuite n’a été enregistrée.
leaks-back = Toutes les fuites
leak-report = Le rapport : délai de 72 heures, chiffres, brouillons
leak-report-drafts = Brouillons
leak-report-drafts-text = Pour l’autorité (article 33 du RGPD) et pour le secteur. Ce qui n’est pas connu est marqué : complétez-le avant l’envoi.
leak-report-json = Les mêmes chiffres pour un programme (JSON)
leak-title = Fuite n° { $number }
leak-aware-since = Connue du laboratoire depuis le { $moment }

leak-state-reading = lecture en cours
leak-state-drafted = à examiner
leak-state-awaiting = en attente d’approbation
leak-state-applied = appliquée
leak-state-closed = close
leak-state-undone = annulée
leak-state-suspected = soupçonnée

leak-reading-text = La liste est en cours de lecture. Rien ne s’est encore passé pour personne.
leak-reading-stopped = La lecture de la liste a été interrompue. Importez le même fichier : elle reprendra où elle en était.
leak-drafted-text = La liste est lue. Rien ne s’est encore passé pour personne : voici ce qui se passerait.
leak-awaiting-text = L’application est demandée. Rien ne s’est encore passé : une deuxième personne doit approuver.
leak-awaiting-mine = Vous avez demandé l’application. Une autre personne, chargée de la sécurité, doit l’approuver.
leak-settling-text = La liste est appliquée, et tout le monde est à l’abri. Les messages se préparent.
leak-applied-text = La liste est appliquée : tout le monde est à l’abri.
leak-closed-text = La fuite est close. Ce qui a été demandé à chacun reste en vigueur.
leak-undone-text = La fuite est annulée : plus personne n’a rien à faire à cause d’elle.
leak-suspected-text = Un compte témoin, qui ne sert qu’à être volé, a été essayé. Une liste circule peut-être.
leak-work-loading = Enregistrement des empreintes
leak-work-matching = Comparaison avec les comptes
leak-settled = À jour : { $done } sur { $count }
leak-live = Suivre en direct (la page se recharge toutes les 5 secondes)
leak-live-stop = Arrêter le suivi en direct

leak-warnings-title = À regarder avant de décider
leak-warning-nothing = Aucun identifiant de la liste n’est connu ici : est-ce bien une liste de ce laboratoire, et la bonne colonne ?
leak-warning-few = Moins d’un identifiant sur dix est connu ici.
leak-warning-part = Plus de deux identifiants sur cent ne correspondent à aucun compte d’ici. Ces personnes ne sont pas protégées : est-ce la liste d’un autre laboratoire, ou les identifiants sont-ils dans une autre colonne ?
leak-warning-everybody = Presque tous les comptes du laboratoire y figurent. Une liste fabriquée pour bloquer tout le monde ressemble à cela.
leak-warning-bad-rows = Plus d’une ligne sur cinquante n’a pas pu être lue.
leak-warning-no-passwords = La liste ne contient pas de mots de passe lisibles : personne n’aurait à changer le sien.
leak-warning-damaged = Le fichier est abîmé : il en manque peut-être une partie.
leak-warning-seeds = La liste contient des clés d’applications de codes : ces codes ne protègent plus leurs titulaires.
leak-warning-canaries = Des comptes témoins y figurent : cette liste a bien été extraite de ce laboratoire.
leak-unmatched-email = { $count ->
    [one] { $count } adresse e-mail ne correspond à aucun compte
   *[other] { $count } adresses e-mail ne correspondent à aucun compte
}
leak-unmatched-number = { $count ->
    [one] { $count } numéro ne correspond à aucun compte
   *[other] { $count } numéros ne correspondent à aucun compte
}
leak-unmatched-code = { $count ->
    [one] { $count } code de lettres et de chiffres ne correspond à aucun compte
   *[other] { $count } codes de lettres et de chiffres ne correspondent à aucun compte
}
leak-unmatched-other = { $count ->
    [one] { $count } autre texte ne correspond à aucun compte
   *[other] { $count } autres textes ne correspondent à aucun compte
}
leak-unmatched-lines = (lignes { $first } à { $last }).
leak-accept-unmatched = { $count ->
    [one] J’ai vérifié que { $count } identifiant n’appartient à aucun patient de ce laboratoire.
   *[other] J’ai vérifié que { $count } identifiants n’appartiennent à aucun patient de ce laboratoire.
}

leak-effects-title = Si vous l’appliquez
leak-effect-rotate = { $count ->
    [one] { $count } personne devra choisir un nouveau mot de passe à sa prochaine connexion. L’ancien ne servira plus du tout après { $hours } h.
   *[other] { $count } personnes devront choisir un nouveau mot de passe à leur prochaine connexion. L’ancien ne servira plus du tout après { $hours } h.
}
leak-effect-disable = { $count ->
    [one] { $count } personne, sans application de codes, ne pourra plus entrer avec son mot de passe : il lui faudra un code du laboratoire.
   *[other] { $count } personnes, sans application de codes, ne pourront plus entrer avec leur mot de passe : il leur faudra un code du laboratoire.
}
leak-effect-tell = { $count ->
    [one] { $count } personne, citée sans mot de passe, sera seulement prévenue.
   *[other] { $count } personnes, citées sans mot de passe, seront seulement prévenues.
}
leak-effect-sessions = { $count ->
    [one] { $count } connexion ouverte sera fermée aussitôt.
   *[other] { $count } connexions ouvertes seront fermées aussitôt.
}
leak-effect-told = Chaque personne concernée sera prévenue. Une application faite par erreur peut être annulée.

leak-apply = Appliquer maintenant
leak-apply-one = L’effet est immédiat pour toutes les personnes concernées.
leak-apply-ask = Demander l’application
leak-apply-two = Rien ne se passera avant qu’une deuxième personne, chargée de la sécurité, ait approuvé.
leak-approve = Approuver et appliquer
leak-approve-text = L’effet est immédiat pour toutes les personnes concernées. Approuvez seulement si vous avez regardé les chiffres de cette page.
leak-undo = Annuler cette fuite
leak-undo-text = À faire si la liste a été importée par erreur. Plus personne n’aura rien à faire à cause d’elle ; les connexions déjà fermées le restent.
leak-undo-submit = Oui, annuler cette fuite
leak-close = Clore cette fuite
leak-close-text = À faire quand il n’y a plus rien à en attendre. Ce qui a été demandé à chacun reste en vigueur, et plus rien ne pourra être annulé.
leak-close-submit = Oui, clore cette fuite
leak-code-hint = Pour confirmer que c’est bien vous : le code que votre application affiche maintenant. Celui qui vous a servi à entrer ne sert plus.

leak-refused-title = Rien n’a été fait
leak-same-person = Vous avez vous-même demandé l’application. L’approbation revient à une autre personne, chargée de la sécurité.
leak-not-now = La fuite a changé d’état entre-temps. Voici où elle en est.
leak-unmatched-unaccepted = Des identifiants de la liste ne correspondent à aucun compte. Vérifiez-les, puis cochez la case qui en donne le nombre.
leak-not-settled = Les messages aux personnes concernées se préparent encore. Réessayez dans un moment.
leak-code-again = Rien n’a été fait. Attendez le code suivant, puis recommencez.

leak-figures-title = Les chiffres
leak-aware = Connue du laboratoire depuis
leak-began = Lecture commencée
leak-effective = Appliquée
leak-rows = Lignes lues
leak-rows-with-password = Lignes avec un mot de passe
leak-rows-digests = Dont mots de passe sous forme d’empreinte
leak-rows-bad = Lignes illisibles
leak-identifiers = Identifiants différents
leak-not-found = Identifiants sans compte
leak-format = Forme du fichier
leak-column-identifier = Colonne des identifiants
leak-column-password = Colonne des mots de passe
leak-found = Comptes trouvés
leak-found-of = { $found } sur les { $of } du laboratoire
leak-rotation-required = Doivent encore changer de mot de passe
leak-rotated = Ont changé de mot de passe
leak-disabled = Ancien mot de passe désactivé
leak-re-enrolled = Ont rouvert leur accès
leak-told = Seulement prévenues

leak-new-title = Importer une liste
leak-new-intro = La liste est lue et comparée aux comptes, et rien ne se passe pour personne. De son contenu, seules des empreintes sont gardées.
leak-new-source = Où la liste a-t-elle été trouvée ?
leak-new-source-hint = Par exemple « forum, signalé par le CERT Santé ». Ces mots figureront dans le rapport.
leak-new-aware = Depuis quand le laboratoire le sait-il ?
leak-new-aware-hint = Le délai de 72 heures pour prévenir la CNIL part de ce moment. Sans réponse : maintenant.
leak-new-mapping = Colonnes (facultatif)
leak-new-mapping-hint = Elles sont reconnues d’elles-mêmes. Pour les imposer : identifier=3,password=7, en comptant à partir de 1.
leak-new-file = Un fichier déposé sur le serveur
leak-new-file-hint = Le choix conseillé pour un gros fichier.
leak-new-file-none = Aucun : j’envoie le mien
leak-new-upload = Ou un fichier de cet appareil
leak-new-upload-hint = CSV, texte ou JSON, compressé ou non. Il est lu au passage et n’est enregistré nulle part.
leak-new-submit = Lire la liste
leak-new-refused = La liste n’a pas été lue
leak-new-no-list = Choisissez un fichier du serveur, ou envoyez-en un.
leak-new-no-source = Indiquez où la liste a été trouvée.
leak-new-time-unread = La date et l’heure n’ont pas été comprises. Choisissez-les dans le champ, ou laissez-le vide s’il s’agit de maintenant.
leak-new-time-future = Cette date est dans l’avenir.
leak-new-mapping-unread = Les colonnes n’ont pas été comprises. Écrivez-les ainsi : identifier=3,password=7
leak-new-broken = L’envoi n’est pas arrivé entier. Merci de recommencer.
leak-new-unreadable = Rien n’a été enregistré. Voici le détail technique, en anglais.
