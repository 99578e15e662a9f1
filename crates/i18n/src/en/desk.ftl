# The staff area: the way in and the first page.
desk-link = Staff area
desk-login-intro = This page is for the staff of the laboratory. Please give these three details.
desk-identifier-hint = Your operator name, printed on your sheet.
desk-trouble-text = Lost your phone, your sheet or your password? The person in charge of security will give you a new sheet.
desk-signed-out-text = To act in your name on this device, someone would have to sign in again.
desk-refused-title = This code is not right
desk-refused-check = Check the code on the sheet, then try again.
desk-refused-once = It works only once, within a week. If it has already been used or has expired, the person in charge of security will give you another one.
desk-held-common = Your identifier is not necessarily on them, and this does not mean that someone signed in as you.
desk-role-desk = Your role here: desk. You can follow leaks.
desk-role-security = Your role here: security. You can import a list, apply it, approve and undo.
held-aged = Your password has reached the age that the laboratory has set. Choose a new one to go on.
