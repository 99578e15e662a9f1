# Opening one's access with the code from the laboratory.
activate-title = Open my access
activate-intro = Have the sheet from the laboratory at hand. This takes about five minutes.
activate-code = Laboratory code
activate-code-hint = It is printed on the sheet. With or without dashes, in capitals or not.
activate-birth = Date of birth
activate-birth-hint = For example 12/05/1944 (day, month, year). The patient’s.
activate-submit = Continue
activate-no-sheet-title = No sheet, or the code is too old?
activate-no-sheet-text = Ask the laboratory for a new one, and bring an identity document.
activate-refused-title = This code and this date do not go together
activate-refused-check = Check the code on the sheet and the date of birth, then try again.
activate-refused-once = A laboratory code works only once and for a limited time. If it was used already or is too old, the laboratory will give you another one.
activate-birth-unread-title = We could not read the date of birth
activate-birth-unread-text = Write the day, the month and the year, for example 12/05/1944.

invite-intro = The laboratory has sent you this link. It works once, within seven days. Allow about five minutes.
invite-password = Password used so far
invite-password-hint = The one you used to read your results. In the next step you may keep it if it is safe enough.
invite-refused-title = These do not go together
invite-refused-check = Check the date of birth and the password, then try again.
invite-refused-once = A link works only once and for seven days. If it was used already or is too old, the laboratory will help you.
invite-sheet-title = Password forgotten, or link too old?
