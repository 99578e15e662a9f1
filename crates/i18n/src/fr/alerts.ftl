# Les alertes : ce qui est arrivé, ce que cela veut dire, ce qu’il y a à faire. Pour le personnel du laboratoire.
alert-stuffing = Beaucoup d’identifiants sont essayés
alert-stuffing-text = En quelques minutes, des connexions ont été refusées pour un grand nombre d’identifiants différents : quelqu’un essaie sans doute une liste. Un mot de passe volé n’ouvre rien sans le code, il n’y a donc rien à bloquer. Cherchez si une liste du laboratoire circule ; si vous la trouvez, importez-la.
alert-siege-began = La défense est renforcée
alert-siege-began-text = Tant d’essais sont refusés que les connexions depuis un appareil inconnu demandent maintenant une preuve de plus. Cela se termine tout seul. Prévenez l’accueil : des patients appelleront peut-être.
alert-siege-ended = La défense est revenue à la normale
alert-siege-ended-text = Les connexions se font de nouveau comme d’habitude. Il n’y a rien à faire.
alert-one-network = Une adresse essaie beaucoup d’identifiants
alert-one-network-text = Des connexions à de nombreux comptes ont été refusées depuis la même adresse du réseau. Si elle est à un hôpital ou à une maison de retraite que vous connaissez, appelez-les. Sinon, demandez à l’informatique de la bloquer.
alert-one-account = Un compte est essayé depuis beaucoup d’adresses
alert-one-account-text = Quelqu’un s’acharne sur un seul compte. Il reste protégé par son code. Si la personne appelle parce qu’elle doit attendre, un code de secours ou un nouveau code du laboratoire l’aidera.
alert-mass-reading = Un compte lit beaucoup plus qu’une personne
alert-mass-reading-text = Un programme lit peut-être à la place de quelqu’un. Appelez la personne. Si ce n’est pas elle, remettez-lui un nouveau code du laboratoire : dès qu’il a servi, toutes les anciennes connexions sont fermées.
alert-other-records = Un compte demande les dossiers d’autres personnes
alert-other-records-text = Quelqu’un change peut-être les numéros dans les adresses des pages. Rien ne lui a été montré. Regardez dans le journal ce que ce compte a demandé, et appelez la personne.
alert-export = Des fichiers ont été écrits sur une fuite
alert-export-text = Des lettres, une liste de personnes ou un rapport sont sortis de Vestibule. Si ce n’était pas prévu, demandez pourquoi à la personne nommée ici.
alert-new-network = Un opérateur se connecte depuis un nouvel endroit
alert-new-network-text = Demandez-lui, de vive voix, si c’était bien lui. Sinon, faites désactiver son accès tout de suite.
alert-other-lab = Un opérateur a demandé ce qui ne le concerne pas
alert-other-lab-text = La page demandée est celle d’un autre laboratoire, ou d’un laboratoire où cette personne n’a pas de rôle. Rien ne lui a été montré. Demandez-lui ce qu’elle cherchait.
alert-replayed = Un laissez-passer d’une application est venu deux fois
alert-replayed-text = Chaque code et chaque laissez-passer remis à une application ne sert qu’une fois. L’un d’eux est revenu : quelqu’un d’autre en a peut-être une copie. Tout ce qui en découlait est terminé, et la personne se reconnecte. Demandez à qui exploite l’application si elle a gardé ou envoyé un laissez-passer deux fois ; sinon, donnez-lui un nouveau secret.
alert-canary = Un compte témoin a été essayé
alert-canary-text = Ce compte n’existe que pour être volé, et personne ne le connaît : une liste du laboratoire circule donc. Une fuite soupçonnée est ouverte et le délai de 72 heures court. Cherchez la liste et importez-la.
alert-leak-awaiting = Une fuite attend une approbation
alert-leak-awaiting-text = Une personne a demandé l’application d’une liste. Une deuxième, chargée de la sécurité, doit l’approuver.
alert-leak-applied = Une liste de fuite est appliquée
alert-leak-applied-text = Les connexions des comptes concernés sont fermées et chacun est prévenu. Si ce n’était pas voulu, annulez la fuite. Ayez l’œil sur le délai de 72 heures.
alert-deadline = Le délai de 72 heures se termine bientôt
alert-deadline-text = L’autorité doit être prévenue avant la fin du délai. Le rapport de la fuite contient un brouillon. Si c’est fait, ou si la fuite n’en est pas une, fermez-la ou annulez-la.

alert-mail-raised = Alerte : { $title }
alert-mail-again = L’alerte continue : { $title }
alert-mail-reminder = Rappel, alerte encore ouverte : { $title }
alert-mail-unowned = Personne ne s’en occupe encore.
alert-mail-owned = { $owner } s’en occupe.
alert-mail-times = Relevée { $times ->
    [one] une fois
   *[other] { $times } fois
 }, la première fois le { $first }, la dernière fois le { $last }.
alert-mail-where = Pour dire que vous vous en occupez, tapez l’adresse { $address } et ouvrez la page des alertes. Ce message ne contient pas de lien.
alert-about = Concerne : { $subject }
alert-figure = Nombre compté : { $figure }

alerts-title = Alertes
alerts-intro = Ce que le laboratoire devrait regarder, et qui s’en occupe.
alerts-open = { $count ->
    [0] Aucune alerte n’est ouverte.
    [one] Une alerte est ouverte.
   *[other] { $count } alertes sont ouvertes.
 }
alerts-link = Voir les alertes
alerts-none = Aucune alerte n’a été relevée.
alerts-back = Toutes les alertes
alert-state-open = personne ne s’en occupe
alert-state-owned = quelqu’un s’en occupe
alert-state-closed = close
alert-since = Depuis le { $moment }
alert-first = Première fois
alert-last = Dernière fois
alert-times = Relevée
alert-times-count = { $times ->
    [one] une fois
   *[other] { $times } fois
 }
alert-subject = Concerne
alert-counted = Nombre compté
alert-owner = S’en occupe
alert-owned-at = Depuis
alert-closed-at = Close
alert-note = Ce qui a été fait
alert-facts-title = Les faits
alert-take = Je m’en occupe
alert-take-text = Votre nom sera affiché ici, et le message ne sera plus répété toutes les heures.
alert-close = Clore l’alerte
alert-note-label = Ce qui a été trouvé et fait, en une phrase
alert-note-hint = N’écrivez pas le nom d’un patient.
alert-note-missing = Écrivez en une phrase ce qui a été trouvé ou fait.
alert-refused-title = L’alerte n’a pas été changée
alert-not-now = Quelqu’un s’en occupe déjà, ou elle est close.
alert-told-title = Messages
alert-channel-log = Journal du serveur
alert-channel-mail = Courriel
alert-channel-webhook = Programme relié
alert-delivery-due = à envoyer
alert-delivery-sending = en cours d’envoi
alert-delivery-sent = parti
alert-delivery-given-up = abandonné après de nombreux essais
