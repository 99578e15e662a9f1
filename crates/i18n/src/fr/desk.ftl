# L’espace du personnel : l’entrée et l’accueil.
desk-link = Espace du personnel
desk-login-intro = Cette page est réservée au personnel du laboratoire. Indiquez ces trois informations.
desk-identifier-hint = Votre nom d’opérateur, imprimé sur votre feuille.
desk-trouble-text = Téléphone perdu, mot de passe oublié, pas de feuille ? La personne chargée de la sécurité vous en remettra une nouvelle.
desk-signed-out-text = Personne ne peut plus agir en votre nom depuis cet appareil sans se connecter à nouveau.
desk-refused-title = Ce code ne convient pas
desk-refused-check = Vérifiez le code sur la feuille, puis réessayez.
desk-refused-once = Il ne sert qu’une fois et pendant une semaine. S’il a déjà servi ou s’il est trop ancien, la personne chargée de la sécurité vous en remettra un autre.
desk-held-common = Votre identifiant n’y figure pas forcément, et cela ne veut pas dire que quelqu’un s’est connecté à votre place.
desk-role-desk = Votre rôle ici : accueil. Vous pouvez suivre les fuites.
desk-role-security = Votre rôle ici : sécurité. Vous pouvez importer une liste, l’appliquer, approuver et annuler.
held-aged = Votre mot de passe a atteint l’âge prévu par le laboratoire. Choisissez-en un nouveau pour continuer.
