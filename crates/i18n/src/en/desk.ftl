# The staff area: the way in and the first page.
desk-link = Staff area
desk-login-intro = This page is for the staff of the laboratory. Please give these three details.
desk-identifier-hint = Your operator’s name, printed on your sheet.
desk-trouble-text = Lost your phone, forgotten your password, no sheet? The person in charge of security will give you a new one.
desk-signed-out-text = Nobody can act in your name on this device any more without signing in again.
desk-refused-title = This code does not fit
desk-refused-check = Check the code on the sheet, then try again.
desk-refused-once = It works only once, for a week. If it was used already or is too old, the person in charge of security will give you another one.
desk-held-common = Your identifier is not necessarily on them, and this does not mean that somebody signed in in your place.
desk-role-desk = Your role here: desk. You can follow leaks.
desk-role-security = Your role here: security. You can import a list, apply it, approve and undo.
held-aged = Your password has reached the age that the laboratory has set. Choose a new one to go on.
