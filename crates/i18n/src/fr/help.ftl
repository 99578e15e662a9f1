# Que faire quand on ne peut plus entrer.
recover-title = Retrouver l’accès
recover-intro = Choisissez ce qui vous arrive. Vos résultats restent à l’abri pendant ce temps.
recover-forgot-title = J’ai oublié mon mot de passe, ou il a été désactivé
recover-forgot-text = Avec votre application de codes et un de vos codes de secours, vous pouvez en choisir un nouveau tout de suite.
recover-submit = Choisir un nouveau mot de passe
recover-refused-title = Cela n’a pas pu se faire
recover-refused-which = L’identifiant, le code à 6 chiffres ou le code de secours ne convient pas. Pour protéger votre dossier, cette page ne dit pas lequel.
recover-refused-lab = Si cela continue, le laboratoire peut vous remettre une nouvelle feuille.
recover-phone-title = J’ai perdu mon téléphone ou l’application de codes
recover-phone-text = Connectez-vous comme d’habitude et, à la place du code à 6 chiffres, écrivez un de vos codes de secours.
recover-phone-link = Me connecter avec un code de secours
recover-phone-lost = Si le téléphone a été volé, prévenez aussi le laboratoire.
recover-lab-title = Je n’ai plus de codes de secours, ou j’ai tout perdu
recover-lab-text = Le laboratoire vous remet une nouvelle feuille avec un code, après avoir vérifié votre identité.
recover-lab-bring = Présentez-vous avec une pièce d’identité. Personne ne peut le faire par téléphone : c’est ce qui protège votre dossier.
recover-lab-link = J’ai une feuille avec un code
recover-call = Le laboratoire répond au { $phone }.
