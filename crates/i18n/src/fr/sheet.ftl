# La feuille imprimée au guichet, en texte simple.
sheet-title = VOTRE ACCÈS À VOS RÉSULTATS EN LIGNE
sheet-title-desk = VOTRE ACCÈS À L’ESPACE DU PERSONNEL
sheet-for = Pour : { $holder }
sheet-code = Votre code du laboratoire :
sheet-valid = Ce code sert une seule fois, jusqu’au { $until }.
sheet-steps = Comment faire, en cinq minutes environ :
sheet-step-open = Ouvrez cette adresse dans un navigateur : { $address }
sheet-step-enter = Écrivez le code ci-dessus et la date de naissance du patient.
sheet-step-enter-desk = Écrivez le code ci-dessus. Votre identifiant sera ensuite : { $name }
sheet-step-password = Choisissez un mot de passe, par exemple une petite phrase.
sheet-step-app = Reliez une application de codes, sur téléphone ou sur ordinateur : la page vous guide.
sheet-step-codes = Gardez les codes de secours que la page affiche.
sheet-keep = Gardez cette feuille pour vous. Après usage, vous pouvez la détruire.
sheet-never-asks = Personne au laboratoire ne vous demandera votre mot de passe ni vos codes.
sheet-call = Une question ? Appelez le { $phone }.
sheet-ask = Une question ? Demandez au laboratoire.
