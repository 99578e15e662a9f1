# Quand quelqu’un essaie des codes sur tout un laboratoire : ce que lisent les patients, puis le personnel.
two-codes-title = Deux codes à la suite
two-codes-why = En ce moment, cette page demande deux codes à la suite au lieu d’un. C’est une protection pour tous, le temps qu’il faut.
two-codes-first = Premier code à 6 chiffres
two-codes-first-hint = Celui que votre application affiche maintenant. Sans elle, saisissez ici un de vos codes de secours et laissez vide la case d’après.
two-codes-next = Code suivant
two-codes-next-hint = Attendez que l’application change de code, 30 secondes au plus, et saisissez le nouveau. Laissez vide avec un code de secours.
two-codes-next-hint-recover = Attendez que l’application change de code, 30 secondes au plus, et saisissez le nouveau.

siege-title = Quelqu’un essaie des codes sur tout le laboratoire
siege-title-staff = Quelqu’un essaie des codes à l’entrée du personnel
siege-means = Plus de connexions échouent que d’habitude, et plus qu’il n’en réussit. Quelqu’un essaie sans doute de deviner des codes, sur beaucoup de comptes à la fois.
siege-patients = Depuis un navigateur inconnu, un code ne suffit plus : la page en demande deux à la suite, un code de secours ou une clé d’accès. Les mots de passe et les codes de chacun restent les mêmes, et un code remis par le laboratoire s’utilise comme toujours.
siege-ends = Cela prendra fin de soi-même après une demi-heure de calme. Si une liste de ce laboratoire circule, importez-la.
siege-since = Depuis le
siege-failures = Échecs en dix minutes
siege-turned-away = Renvoyées sans être examinées, en dix minutes
siege-successes = Réussites en dix minutes
siege-limit = Échecs en dix minutes, au-delà desquels c’était trop
