# What people on a circulating list are told: the e-mail and the letter.
notice-subject = Your access to your results
notice-greeting = Hello { $name },
notice-found-password = A list of identifiers and passwords is circulating on the Internet. The identifier you use to read your results online is on it, with a password. You did nothing wrong.
notice-found-listed = A list of identifiers is circulating on the Internet. The identifier you use to read your results online is on it, without a password. You did nothing wrong.
notice-rotate = That password alone does not open your access: the code from your app is needed too. As a precaution, we have signed you out everywhere. At your next visit we will ask you to choose a new password. Please do so before { $until }: after that the old one will no longer work, and you will need a recovery code or a laboratory code.
notice-disabled = As a precaution, we have signed you out everywhere, and that password no longer opens anything. To get your access back, ask the laboratory for a code: you will receive it when you show an identity document. If you have a code app and a recovery code, these are enough.
notice-disabled-code = As a precaution, we have signed you out everywhere, and that password no longer opens anything. You can get your access back with the code below.
notice-listed = There is nothing you need to change with us.
notice-changed = You have chosen a new password since then: there is nothing more to do with us.
notice-elsewhere = If you use the same password elsewhere, change it there too: first for your mailbox, then for your bank and public services, then everywhere else. Choose a different password for each.
notice-beware = Someone might write to you or call you and pretend to be us. The laboratory will never ask for your password or your codes.
notice-no-link = This message contains no link, on purpose. To read your results, type this address into your browser yourself: { $address }
notice-address = To read your results, type this address into your browser: { $address }
notice-contact = Data protection: { $contact }
letter-title = Letters about list { $leak }
letter-date = { $date }
letter-record = File: { $record }
