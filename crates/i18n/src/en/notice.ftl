# What people on a circulating list are told: the e-mail and the letter.
notice-subject = Your access to your results
notice-greeting = Hello { $name },
notice-found-password = A list of identifiers and passwords is circulating on the Internet. The identifier with which you read your results online is on it, with a password. This is no fault of yours.
notice-found-listed = A list of identifiers is circulating on the Internet. The identifier with which you read your results online is on it, without a password. This is no fault of yours.
notice-rotate = That password alone does not open your access: the code of your app is needed too. As a precaution, we have signed you out everywhere. At your next visit we will ask you to choose a new password. Please do so before { $until }: after that the old one is of no more use, and you will need a recovery code or a laboratory code.
notice-disabled = As a precaution, we have signed you out everywhere, and that password no longer opens anything. To get your access back, ask the laboratory for a code: it is handed over when you show an identity document. If you have a code app and a recovery code, these are enough.
notice-disabled-code = As a precaution, we have signed you out everywhere, and that password no longer opens anything. With the code below you get your access back.
notice-listed = There is nothing you need to change with us.
notice-changed = You have chosen a new password since: there is nothing more to do with us.
notice-elsewhere = If you use the same password elsewhere, change it there too: first the one of your mailbox, then those of your bank and of public services, then the others. Choose a different password for each.
notice-beware = Somebody might write to you or call you and pretend to be us. The laboratory will never ask for your password or your codes.
notice-no-link = This message contains no link, on purpose. To read your results, type this address into your browser yourself: { $address }
notice-address = To read your results, type this address into your browser: { $address }
notice-contact = Data protection: { $contact }
letter-title = Letters about list { $leak }
letter-date = { $date }
letter-record = File: { $record }
