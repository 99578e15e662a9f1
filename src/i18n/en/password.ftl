# Choosing a password, for the first time or after a leak.
password-title = Choose a password
password-rule = At least 8 characters. Safest and easiest to remember: a short sentence, spaces included.
password-free = Capitals, digits and symbols are allowed but not required. You may also paste it.
password-identifier = Your identifier
password-identifier-hint = Write it down: you will need it each time you sign in.
password-new = New password
password-submit = Keep this password

password-refused-title = Please choose another one
password-too-short = This password is too short. It needs at least 8 characters; a short sentence works very well.
password-too-long = This password is too long to be stored. A sentence of a few words is enough.
password-common = This password is in lists of passwords that circulate. Others could try it.
password-guessable = This password is too easy to guess. Add one or two words that have nothing to do with each other.
password-has-name = This password contains your name. Someone who knows you could guess it.
password-has-birth = This password contains your date of birth. Someone who knows you could guess it.
password-has-identifier = This password contains your identifier. Someone who knows it could guess the rest.
password-has-lab = This password contains the laboratory’s name. It is one of the first that others would try.
password-same = This password is the same as before. It has to be an entirely new one.
password-close = This password is too close to one that circulates. It has to be an entirely new one.

held-title = You need a new password
held-listed = The laboratory has learnt that a list of identifiers and passwords is circulating. Your identifier is on it.
held-listed-results = This does not mean that your results were seen.
held-common = Your password is in lists of passwords that circulate on the Internet.
held-common-results = Your identifier is not necessarily on them, and this does not mean that your results were seen.
held-no-fault = You did nothing wrong. Your access is kept safe until you have chosen another password.
held-elsewhere-title = Do you use the same password elsewhere?
held-elsewhere-mail = Change it first for your e-mail: it is the way to everything else.
held-elsewhere-rest = Then change it wherever you use it: bank, health insurance, taxes, shopping.
held-choose = Your new password
held-submit = Keep this password and continue
