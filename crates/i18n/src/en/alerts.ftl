# Alerts: what happened, what it means, what to do. For the laboratory’s staff.
alert-stuffing = Many identifiers are being tried
alert-stuffing-text = Within minutes, sign-ins were refused for a large number of different identifiers: someone is probably trying out a list. A stolen password opens nothing without the code, so there is nothing to block. Find out whether a list from the laboratory is circulating; if you find one, import it.
alert-siege-began = Extra protection is on
alert-siege-began-text = So many attempts are being refused that signing in from an unknown device now takes one more proof. This ends by itself. Tell the front desk: patients may call.
alert-siege-ended = Extra protection is off
alert-siege-ended-text = Signing in works as usual again. There is nothing to do.
alert-one-network = One address is trying many identifiers
alert-one-network-text = Sign-ins to many accounts were refused from the same network address. If it belongs to a hospital or a care home that you know, call them. Otherwise ask your IT team to block it.
alert-one-account = One account is being tried from many addresses
alert-one-account-text = Someone keeps trying to get into one account. Its code still protects it. If its owner calls because they have to wait, a recovery code or a new laboratory code will help.
alert-mass-reading = An account is reading far more than a person does
alert-mass-reading-text = A program may be reading in this person’s name. Call them. If it is not them, give them a new laboratory code: once it has been used, every earlier sign-in is ended.
alert-other-records = An account is asking for other people’s files
alert-other-records-text = Someone may be changing the numbers in page addresses. They were shown nothing. Look up in the audit trail what this account asked for, and call its owner.
alert-export = Files about a leak were written
alert-export-text = Letters, a list of people or a report have left Vestibule. If this was not planned, ask the person named here why.
alert-new-network = An operator signed in from a new place
alert-new-network-text = Ask them, in person or by telephone, whether it was them. If not, have their access disabled at once.
alert-other-lab = An operator asked for a page that is not theirs
alert-other-lab-text = The page belongs to another laboratory, or to one where this person has no role. They were shown nothing. Ask them what they were looking for.
alert-replayed = An application’s pass was used twice
alert-replayed-text = Each code and each pass that an application receives works once. One was used again, so someone else may have a copy. Everything obtained with it has been ended, and the person has to sign in again. Ask the people who run the application whether it stored a pass or sent it twice; if it did not, give it a new secret.
alert-canary = A canary account was tried
alert-canary-text = This account exists only to be stolen, and no person uses it: a list from the laboratory is therefore circulating. A suspected leak is open and the 72 hours are running. Look for the list and import it.
alert-leak-awaiting = A leak is waiting for approval
alert-leak-awaiting-text = One person has asked to apply a list. A second person, in charge of security, has to approve it.
alert-leak-applied = A leaked list has been applied
alert-leak-applied-text = The accounts concerned have been signed out and everyone is being told. If this was not intended, undo the leak. Keep an eye on the 72 hours.
alert-deadline = The 72 hours are nearly over
alert-deadline-text = The authority must be notified before they end. The report on the leak contains a draft. If you have already done this, or if it is not a leak, close it or undo it.

alert-mail-raised = Alert: { $title }
alert-mail-again = The alert continues: { $title }
alert-mail-reminder = Reminder, alert still open: { $title }
alert-mail-unowned = No one is dealing with it yet.
alert-mail-owned = { $owner } is dealing with it.
alert-mail-times = Noticed { $times ->
    [one] once
   *[other] { $times } times
 }, first on { $first }, last on { $last }.
alert-mail-where = To say that you are dealing with it, type the address { $address } and open the alerts page. This message contains no link.
alert-about = About: { $subject }
alert-figure = Counted: { $figure }

alerts-title = Alerts
alerts-intro = What the laboratory should look into, and who is dealing with it.
alerts-open = { $count ->
    [0] No alert is open.
    [one] One alert is open.
   *[other] { $count } alerts are open.
 }
alerts-link = See the alerts
alerts-none = No alert has been raised.
alerts-back = All alerts
alert-state-open = no one is dealing with it
alert-state-owned = being dealt with
alert-state-closed = closed
alert-since = Since { $moment }
alert-first = First noticed
alert-last = Last noticed
alert-times = Noticed
alert-times-count = { $times ->
    [one] once
   *[other] { $times } times
 }
alert-subject = About
alert-counted = Counted
alert-owner = Dealt with by
alert-owned-at = Since
alert-closed-at = Closed
alert-note = What was done
alert-facts-title = The facts
alert-take = I’ll deal with it
alert-take-text = Your name will appear here, and the message will no longer be repeated every hour.
alert-close = Close the alert
alert-note-label = What was found and done, in one sentence
alert-note-hint = Please leave out patients’ names.
alert-note-missing = Write in one sentence what was found or done.
alert-refused-title = The alert was not changed
alert-not-now = Someone is already dealing with it, or it is closed.
alert-told-title = Messages
alert-channel-log = Server log
alert-channel-mail = E-mail
alert-channel-webhook = Connected program
alert-delivery-due = waiting to be sent
alert-delivery-sending = being sent
alert-delivery-sent = sent
alert-delivery-given-up = given up after many attempts
