# Ouvrir son accès avec le code remis par le laboratoire.
activate-title = Ouvrir mon accès
activate-intro = Munissez-vous de la feuille remise par le laboratoire. Comptez environ cinq minutes.
activate-open = Votre accès est ouvert : il n’y a plus rien à faire ici.
activate-open-link = Continuer
activate-open-other = Pour ouvrir l’accès d’une autre personne, utilisez le formulaire ci-dessous.
activate-code = Code du laboratoire
activate-code-hint = Il est imprimé sur la feuille. Avec ou sans tirets, en majuscules ou en minuscules.
activate-birth = Date de naissance
activate-birth-hint = Par exemple 12/05/1944. Celle du patient. Si seule l’année est connue : 1944.
activate-submit = Continuer
activate-no-sheet-title = Pas de feuille, ou code trop ancien ?
activate-no-sheet-text = Demandez-en une nouvelle au laboratoire, avec une pièce d’identité.
activate-refused-title = Ce code et cette date ne vont pas ensemble
activate-refused-check = Vérifiez le code sur la feuille et la date de naissance, puis réessayez.
activate-refused-once = Un code du laboratoire ne sert qu’une fois et pendant un temps limité. S’il a déjà servi ou s’il est trop ancien, le laboratoire vous en remettra un autre.
activate-birth-unread-title = La date de naissance n’a pas été comprise
activate-birth-unread-text = Écrivez le jour, le mois et l’année avec quatre chiffres, par exemple 12/05/1944.

invite-intro = Le laboratoire vous a envoyé ce lien. Il sert une seule fois, dans les sept jours. Comptez environ cinq minutes.
invite-password = Mot de passe utilisé jusqu’ici
invite-password-hint = Celui avec lequel vous lisiez vos résultats. À l’étape suivante, vous pourrez le garder s’il est assez sûr.
invite-refused-title = Ces informations ne vont pas ensemble
invite-refused-check = Vérifiez la date de naissance et le mot de passe, puis réessayez.
invite-refused-once = Un lien ne sert qu’une fois et pendant sept jours. S’il a déjà servi ou s’il est trop ancien, le laboratoire vous aidera.
invite-sheet-title = Mot de passe oublié, ou lien trop ancien ?
