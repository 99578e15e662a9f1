# Ce que l’on dit aux personnes d’une liste qui circule : le message électronique et la lettre.
notice-subject = Votre accès à vos résultats
notice-greeting = Bonjour { $name },
notice-found-password = Une liste d’identifiants et de mots de passe circule sur Internet. L’identifiant avec lequel vous consultez vos résultats en ligne y figure, avec un mot de passe. Ce n’est pas de votre fait.
notice-found-listed = Une liste d’identifiants circule sur Internet. L’identifiant avec lequel vous consultez vos résultats en ligne y figure, sans mot de passe. Ce n’est pas de votre fait.
notice-rotate = Ce mot de passe ne suffit pas pour ouvrir votre accès : il faut aussi le code de votre application. Par précaution, nous avons mis fin à vos connexions en cours. À votre prochaine visite, nous vous demanderons de choisir un nouveau mot de passe. Faites-le avant le { $until } : ensuite, l’ancien ne servira plus, et il faudra un code de secours ou un code du laboratoire.
notice-disabled = Par précaution, nous avons mis fin à vos connexions en cours, et ce mot de passe n’ouvre plus rien. Pour retrouver votre accès, demandez un code au laboratoire : il vous sera remis sur présentation d’une pièce d’identité. Si vous avez une application de codes et un code de secours, ils suffisent.
notice-disabled-code = Par précaution, nous avons mis fin à vos connexions en cours, et ce mot de passe n’ouvre plus rien. Le code ci-dessous vous permet de retrouver votre accès.
notice-listed = Vous n’avez rien à changer chez nous.
notice-changed = Vous avez choisi un nouveau mot de passe depuis : il n’y a plus rien à faire chez nous.
notice-elsewhere = Si vous utilisez le même mot de passe ailleurs, changez-le là aussi : d’abord celui de votre messagerie électronique, puis ceux de votre banque et des services publics, enfin les autres. Choisissez un mot de passe différent pour chacun.
notice-beware = Quelqu’un pourrait vous écrire ou vous appeler en se faisant passer pour nous. Le laboratoire ne vous demandera jamais votre mot de passe ni vos codes.
notice-no-link = Ce message ne contient aucun lien, et c’est voulu. Pour consulter vos résultats, écrivez vous-même cette adresse dans votre navigateur : { $address }
notice-address = Pour consulter vos résultats, écrivez cette adresse dans votre navigateur : { $address }
notice-contact = Protection des données : { $contact }
letter-title = Lettres au sujet de la liste { $leak }
letter-date = Le { $date }
letter-record = Dossier : { $record }
