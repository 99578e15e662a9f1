# Ce qui entoure chaque page, et les mots pour le temps.
page-title = { $page } – { $lab }
page-title-error = Erreur : { $page } – { $lab }
skip-link = Aller au contenu
language-choice = Langue
account-link = Mon compte
sign-out = Se déconnecter
footer-label = Aide et sécurité
footer-never-asks = Personne au laboratoire ne vous demandera votre mot de passe ni vos codes : ni au téléphone, ni par e-mail, ni par SMS.
footer-help = Besoin d’aide ? Appelez le laboratoire au { $phone }.
show-password = Afficher le mot de passe
step = Étape { $number } sur { $total }

busy-title = Beaucoup de monde en ce moment
busy-text = Votre demande n’a pas pu être traitée. Merci de la renvoyer dans { $wait }.
expired-title = La page est restée ouverte trop longtemps
expired-text = Par sécurité, ce formulaire n’est plus valable. En voici un neuf : merci de le remplir à nouveau.
over-title = Le temps prévu pour cette étape est écoulé
over-login-text = Rien n’a changé pour vous. Connectez-vous à nouveau, et vous continuerez là où vous étiez.
over-activate-text = Rien n’a changé, et votre code du laboratoire ne sert qu’à la fin : saisissez-le encore une fois.
over-session-title = Vous n’êtes plus connecté
over-session-text = Après un moment sans activité, ou à la demande d’un autre appareil, la connexion prend fin. Connectez-vous à nouveau pour continuer.
pause-title = Une petite pause
pause-text = Il y a eu plusieurs essais à la suite. Vous pourrez réessayer dans { $wait }.
pause-calm = Rien n’est perdu : il suffit d’attendre.

date = { $day } { $month } { $year }
moment = { $date } à { $hour } h { $minute }
day-first = 1er
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
wait-seconds = { $count ->
    [one] { $count } seconde
   *[other] { $count } secondes
}
wait-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
wait-hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}
wait-days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
