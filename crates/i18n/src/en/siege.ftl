# When someone guesses codes across a whole laboratory: what patients read, then the staff.
two-codes-title = Two codes in a row
two-codes-why = For now, this page asks for two codes in a row instead of one. This protects everyone, for as long as it is needed.
two-codes-first = First 6-digit code
two-codes-first-hint = The one your app is showing now. Without the app, enter one of your recovery codes here and leave the next field empty.
two-codes-next = Next code
two-codes-next-hint = Wait until the app changes its code, 30 seconds at most, and enter the new one here. With a recovery code, leave it empty.
two-codes-next-hint-recover = Wait until the app changes its code, 30 seconds at most, and enter the new one here.

siege-title = Someone is guessing codes across the whole laboratory
siege-title-staff = Someone is guessing codes at the staff sign-in
siege-means = More sign-ins are failing than usual, and more than are succeeding. Someone is probably guessing codes, on many accounts at once.
siege-patients = From an unknown browser one code is no longer enough: the page asks for two in a row, a recovery code or a passkey. Everyone’s passwords and codes stay the same, and laboratory codes work as always.
siege-ends = It will end by itself after half an hour of quiet. If a list from this laboratory is circulating, import it.
siege-since = Since
siege-failures = Failed within ten minutes
siege-turned-away = Refused without being checked within ten minutes
siege-successes = Succeeded within ten minutes
siege-limit = Failures within ten minutes that trigger this
