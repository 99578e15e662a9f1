# Leaks, as the staff sees them.
leaks-title = Leaks
leaks-intro = Is a list of identifiers circulating? Import it: you will see who is concerned before anything happens.
leaks-link = See the leaks
leaks-none = No leak has been recorded.
leaks-back = All leaks
leak-report = The report: 72 hours, figures, drafts
leak-report-drafts = Drafts
leak-report-drafts-text = For the authority (GDPR article 33) and for the sector. What is not known is marked: complete it before sending.
leak-report-json = The same figures for a program (JSON)
leak-title = Leak no. { $number }
leak-aware-since = Known to the laboratory since { $moment }

leak-state-reading = being read
leak-state-drafted = to be reviewed
leak-state-awaiting = waiting for approval
leak-state-applied = applied
leak-state-closed = closed
leak-state-undone = undone
leak-state-suspected = suspected

leak-reading-text = The list is being read. Nothing has happened to anyone yet.
leak-reading-stopped = Reading the list was interrupted. Import the same file again: reading continues where it stopped.
leak-drafted-text = The list has been read. Nothing has happened to anyone yet: this is what would happen.
leak-awaiting-text = Someone has asked to apply this list. Nothing has happened yet: a second person has to approve.
leak-awaiting-mine = You asked to apply this list. Another person in charge of security has to approve.
leak-settling-text = The list has been applied and everyone is safe. The messages are being prepared.
leak-applied-text = The list has been applied: everyone is safe.
leak-closed-text = The leak is closed. Everyone still has to do what they were asked to do.
leak-undone-text = The leak has been undone: no one has to do anything because of it any more.
leak-suspected-text = Someone tried a canary account, which exists only to be stolen. A list may be circulating.
leak-work-loading = Storing the digests
leak-work-matching = Comparing with the accounts
leak-settled = Up to date: { $done } of { $count }
leak-live = Follow live (the page reloads every 5 seconds)
leak-live-stop = Stop following live

leak-warnings-title = Check before deciding
leak-warning-nothing = No identifier on the list is known here: is it a list from this laboratory, and is it the right column?
leak-warning-few = Fewer than one identifier in ten is known here.
leak-warning-part = More than two identifiers in a hundred belong to no account here. The people behind them are not protected: is it another laboratory’s list, or are the identifiers in another column?
leak-warning-everybody = Nearly every account of the laboratory is on it. A list made up to lock everyone out looks like this.
leak-warning-bad-rows = More than one row in fifty could not be read.
leak-warning-no-passwords = The list holds no readable passwords: no one would have to change theirs.
leak-warning-damaged = The file is damaged: part of it may be missing.
leak-warning-seeds = The list contains code-app keys: the codes of these apps no longer protect their owners.
leak-warning-canaries = Canary accounts are on it: this list was taken from this laboratory.
leak-unmatched-email = { $count ->
    [one] { $count } e-mail address belongs to no account
   *[other] { $count } e-mail addresses belong to no account
}
leak-unmatched-number = { $count ->
    [one] { $count } number belongs to no account
   *[other] { $count } numbers belong to no account
}
leak-unmatched-code = { $count ->
    [one] { $count } code of letters and digits belongs to no account
   *[other] { $count } codes of letters and digits belong to no account
}
leak-unmatched-other = { $count ->
    [one] { $count } other text belongs to no account
   *[other] { $count } other texts belong to no account
}
leak-unmatched-lines = (lines { $first } to { $last }).
leak-accept-unmatched = { $count ->
    [one] I have checked that { $count } identifier belongs to no patient of this laboratory.
   *[other] I have checked that { $count } identifiers belong to no patient of this laboratory.
}

leak-effects-title = If you apply it
leak-effect-rotate = { $count ->
    [one] { $count } person will have to choose a new password at the next sign-in. The old one stops working altogether after { $hours } h.
   *[other] { $count } people will have to choose a new password at their next sign-in. The old one stops working altogether after { $hours } h.
}
leak-effect-disable = { $count ->
    [one] { $count } person without a code app will not get in with the password any more, and needs a laboratory code.
   *[other] { $count } people without a code app will not get in with their password any more, and need a laboratory code.
}
leak-effect-tell = { $count ->
    [one] { $count } person, listed without a password, will only be told.
   *[other] { $count } people, listed without a password, will only be told.
}
leak-effect-sessions = { $count ->
    [one] { $count } open sign-in will end at once.
   *[other] { $count } open sign-ins will end at once.
}
leak-effect-told = Everyone concerned will be told. Applying a list by mistake can be undone.

leak-apply = Apply now
leak-apply-one = It takes effect at once for everyone concerned.
leak-apply-ask = Ask to apply it
leak-apply-two = Nothing happens until a second person in charge of security has approved.
leak-approve = Approve and apply
leak-approve-text = It takes effect at once for everyone concerned. Approve only if you have looked at the figures on this page.
leak-undo = Undo this leak
leak-undo-text = For a list that was imported by mistake. No one will have to do anything because of it any more; sign-ins that have ended stay ended.
leak-undo-submit = Yes, undo this leak
leak-close = Close this leak
leak-close-text = For when there is nothing more to wait for. Everyone still has to do what they were asked to do, and nothing can be undone any more.
leak-close-submit = Yes, close this leak
leak-code-hint = To confirm that it is you: the code your app is showing now. The one you signed in with no longer works.

leak-refused-title = Nothing was done
leak-same-person = You asked for this yourself. Another person in charge of security has to approve it.
leak-not-now = The leak has changed in the meantime. This is its current state.
leak-unmatched-unaccepted = Identifiers on the list belong to no account. Check them, and tick the box that gives their number.
leak-not-settled = The messages to those concerned are still being prepared. Try again in a moment.
leak-code-again = Nothing was done. Wait for the next code, then try again.

leak-figures-title = The figures
leak-aware = Known to the laboratory since
leak-began = Reading began
leak-effective = Applied
leak-rows = Rows read
leak-rows-with-password = Rows with a password
leak-rows-digests = Of these, passwords as digests
leak-rows-bad = Unreadable rows
leak-identifiers = Different identifiers
leak-not-found = Identifiers of no account
leak-format = Format of the file
leak-column-identifier = Identifier column
leak-column-password = Password column
leak-found = Accounts found
leak-found-of = { $found } of the laboratory’s { $of }
leak-rotation-required = Still have to change their password
leak-rotated = Have changed their password
leak-disabled = Old password disabled
leak-re-enrolled = Have opened their access again
leak-told = Only told

leak-new-title = Import a list
leak-new-intro = The list is read and compared with the accounts, and nothing happens to anyone. Only digests of its content are kept.
leak-new-source = Where was the list found?
leak-new-source-hint = For example “forum, reported by the CERT”. These words will appear in the report.
leak-new-aware = Since when has the laboratory known?
leak-new-aware-hint = The 72 hours to notify the authority begin then. If left empty: now.
leak-new-mapping = Columns (optional)
leak-new-mapping-hint = They are recognised automatically. To choose them yourself: identifier=3,password=7, counting from 1.
leak-new-file = A file already on the server
leak-new-file-hint = The better choice for a large file.
leak-new-file-none = None: I will send mine
leak-new-upload = Or a file on this device
leak-new-upload-hint = CSV, text or JSON, compressed or not. It is read as it arrives and is not stored anywhere.
leak-new-submit = Read the list
leak-new-refused = The list was not read
leak-new-no-list = Choose a file on the server, or send one.
leak-new-no-source = Say where the list was found.
leak-new-time-unread = The date and time could not be read. Choose them in the field, or leave it empty if it is now.
leak-new-time-future = This date is in the future.
leak-new-mapping-unread = The columns could not be read. Write them like this: identifier=3,password=7
leak-new-broken = The file did not arrive in full. Please start again.
leak-new-unreadable = Nothing was stored. The technical details:
