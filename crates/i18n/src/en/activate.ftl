# Opening one's access with the code from the laboratory.
activate-title = Open my access
activate-intro = Have the sheet from the laboratory at hand. This takes about five minutes.
activate-open = Your access is open: nothing is left to do here.
activate-open-link = Continue
activate-open-other = To open another person’s access, use the form below.
activate-code = Laboratory code
activate-code-hint = It is printed on the sheet. Dashes and capital letters do not matter.
activate-birth = Date of birth
activate-birth-hint = The patient’s, for example 12/05/1944 (day, month, year). If only the year is known: 1944.
activate-submit = Continue
activate-no-sheet-title = No sheet, or has the code expired?
activate-no-sheet-text = Ask the laboratory for a new one, and bring an identity document.
activate-refused-title = This code and this date do not match
activate-refused-check = Check the code on the sheet and the date of birth, then try again.
activate-refused-once = A laboratory code works only once and for a limited time. If it has already been used or has expired, the laboratory will give you another one.
activate-birth-unread-title = We could not read the date of birth
activate-birth-unread-text = Enter the day, the month and the year with four digits, for example 12/05/1944.

invite-intro = The laboratory has sent you this link. It works once, within seven days. Allow about five minutes.
invite-password = The password you have used so far
invite-password-hint = The one you used to read your results. In the next step you may keep it if it is safe enough.
invite-refused-title = These details do not match
invite-refused-check = Check the date of birth and the password, then try again.
invite-refused-once = A link works only once, within seven days. If it has already been used or has expired, the laboratory will help you.
invite-sheet-title = Forgotten your password, or has the link expired?
