# The sheet printed at the desk, as plain text.
sheet-title = YOUR ONLINE ACCESS TO YOUR RESULTS
sheet-title-desk = YOUR ACCESS TO THE STAFF AREA
sheet-for = For: { $holder }
sheet-code = Your laboratory code:
sheet-valid = This code works only once, until { $until }.
sheet-steps = What to do, in about five minutes:
sheet-step-open = Open this address in a browser: { $address }
sheet-step-enter = Enter the code above and the patient’s date of birth.
sheet-step-enter-desk = Enter the code above. From then on, your identifier is: { $name }
sheet-step-password = Choose a password, for example a short sentence.
sheet-step-app = Link a code app, on a phone or a computer: the page guides you.
sheet-step-codes = Keep the recovery codes that the page shows.
sheet-keep = Keep this sheet to yourself. You may destroy it after use.
sheet-never-asks = The laboratory will never ask for your password or your codes.
sheet-call = A question? Call { $phone }.
sheet-ask = A question? Ask the laboratory.
