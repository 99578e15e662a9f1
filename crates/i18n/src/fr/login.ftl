# La page d’accueil, la connexion, la page d’au revoir.
login-first-title = Première visite ?
login-first-text = Le laboratoire vous a remis une feuille avec un code. Elle suffit pour ouvrir votre accès.
login-first-link = Ouvrir mon accès
login-trouble-title = Un souci pour entrer ?
login-trouble-link = Mot de passe oublié, téléphone perdu

login-title = Se connecter
login-intro = Pour lire vos résultats, indiquez ces trois informations.
login-identifier = Identifiant
login-identifier-hint = Le numéro remis par le laboratoire ou votre adresse e-mail. Jamais votre numéro de sécurité sociale.
login-password = Mot de passe
login-code = Code à 6 chiffres
login-code-hint = Votre application de codes l’affiche. Sans elle, saisissez ici un de vos codes de secours.
login-submit = Se connecter
login-refused-title = La connexion n’a pas pu se faire
login-refused-which = L’identifiant, le mot de passe ou le code ne convient pas. Pour protéger votre dossier, cette page ne dit pas lequel.
login-refused-code = Un code ne sert qu’une fois et change toutes les 30 secondes. Attendez le suivant, puis réessayez.
login-refused-clock = Si cela continue, vérifiez que votre téléphone ou votre ordinateur est bien à l’heure : le code en dépend.

signed-out-title = Votre connexion est fermée
signed-out-text = Personne ne peut plus lire vos résultats depuis cet appareil sans se connecter à nouveau.
signed-out-shared = Sur un ordinateur partagé, fermez aussi la fenêtre du navigateur.
signed-out-again = Se connecter à nouveau
