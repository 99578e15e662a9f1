# When somebody tries codes over a whole laboratory: what patients read, then the staff.
two-codes-title = Two codes in a row
two-codes-why = Just now, this page asks for two codes in a row instead of one. It protects everybody, for as long as it takes.
two-codes-first = First 6-digit code
two-codes-first-hint = The one your app is showing now. Without the app, write one of your recovery codes here and leave the next field empty.
two-codes-next = Next code
two-codes-next-hint = Wait until the app changes its code, 30 seconds at most, and write the new one here. Leave it empty with a recovery code.
two-codes-next-hint-recover = Wait until the app changes its code, 30 seconds at most, and write the new one here.

siege-title = Somebody is trying codes over the whole laboratory
siege-title-staff = Somebody is trying codes at the staff entrance
siege-means = More sign-ins fail than usual, and more than succeed. Somebody is probably guessing codes, on many accounts at once.
siege-patients = From an unknown browser one code is not enough any more: the page asks for two in a row, a recovery code or a passkey. Everybody’s passwords and codes stay the same, and a laboratory code works as always.
siege-ends = It will end by itself after half an hour of quiet. If a list of this laboratory circulates, import it.
siege-since = Since
siege-failures = Failed within ten minutes
siege-turned-away = Turned away unexamined within ten minutes
siege-successes = Succeeded within ten minutes
siege-limit = Failures within ten minutes beyond which it was too much
