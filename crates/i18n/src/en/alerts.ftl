# Alerts: what happened, what it means, what is to be done. For the laboratory’s staff.
alert-stuffing = Many identifiers are being tried
alert-stuffing-text = Within minutes, sign-ins were refused for a large number of different identifiers: somebody is probably trying a list. A stolen password opens nothing without the code, so there is nothing to block. Find out whether a list of the laboratory circulates; if you find it, import it.
alert-siege-began = The defence is reinforced
alert-siege-began-text = So many attempts are refused that signing in from an unknown device now takes one more proof. It ends by itself. Tell the front desk: patients may call.
alert-siege-ended = The defence is back to normal
alert-siege-ended-text = Signing in works as usual again. There is nothing to do.
alert-one-network = One address tries many identifiers
alert-one-network-text = Sign-ins to many accounts were refused from the same network address. If it belongs to a hospital or a care home that you know, call them. Otherwise ask your IT people to block it.
alert-one-account = One account is tried from many addresses
alert-one-account-text = Somebody keeps trying one account. It is still protected by its code. If the person calls because they have to wait, a recovery code or a new code of the laboratory will help.
alert-mass-reading = An account reads far more than a person does
alert-mass-reading-text = A program may be reading in somebody’s place. Call the person. If it is not them, hand them a new code of the laboratory: once it has been used, every older sign-in is ended.
alert-other-records = An account asks for other people’s files
alert-other-records-text = Somebody may be changing the numbers in page addresses. Nothing was shown to them. Look up in the trail what this account asked for, and call the person.
alert-export = Files about a leak were written
alert-export-text = Letters, a list of people or a report have left Vestibule. If this was not planned, ask the person named here why.
alert-new-network = An operator signs in from a new place
alert-new-network-text = Ask them, in person or by telephone, whether it was them. If not, have their access disabled at once.
alert-other-lab = An operator asked for what is not theirs
alert-other-lab-text = The page belongs to another laboratory, or to one in which this person has no role. Nothing was shown to them. Ask them what they were looking for.
alert-replayed = A pass of an application came twice
alert-replayed-text = Each code and each pass that an application gets serves once. One came again, so somebody else may have a copy. Everything that came of it has been ended, and the person signs in anew. Ask whoever runs the application whether it kept or sent a pass twice; if not, give it a new secret.
alert-canary = A canary account was tried
alert-canary-text = This account exists only to be stolen, and nobody knows of it: so a list of the laboratory circulates. A suspected leak is open and the 72 hours are running. Look for the list and import it.
alert-leak-awaiting = A leak waits for approval
alert-leak-awaiting-text = One person asked for a list to be applied. A second one, in charge of security, has to approve it.
alert-leak-applied = A leaked list is applied
alert-leak-applied-text = Sign-ins of the accounts concerned are ended and everybody is told. If this was not intended, undo the leak. Keep an eye on the 72 hours.
alert-deadline = The 72 hours are nearly over
alert-deadline-text = The authority has to be notified before they end. The report of the leak holds a draft. If that is done, or if it is no leak, close it or undo it.

alert-mail-raised = Alert: { $title }
alert-mail-again = The alert goes on: { $title }
alert-mail-reminder = Reminder, alert still open: { $title }
alert-mail-unowned = Nobody takes care of it yet.
alert-mail-owned = { $owner } takes care of it.
alert-mail-times = Noticed { $times ->
    [one] once
   *[other] { $times } times
 }, first on { $first }, last on { $last }.
alert-mail-where = To say that you take care of it, type the address { $address } and open the page of alerts. This message holds no link.
alert-about = About: { $subject }
alert-figure = Counted: { $figure }

alerts-title = Alerts
alerts-intro = What the laboratory should look into, and who takes care of it.
alerts-open = { $count ->
    [0] No alert is open.
    [one] One alert is open.
   *[other] { $count } alerts are open.
 }
alerts-link = See the alerts
alerts-none = No alert has been raised.
alerts-back = All alerts
alert-state-open = nobody takes care of it
alert-state-owned = somebody takes care of it
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
alert-owner = Taken care of by
alert-owned-at = Since
alert-closed-at = Closed
alert-note = What was done
alert-facts-title = The facts
alert-take = I take care of it
alert-take-text = Your name will stand here, and the message will no longer be repeated every hour.
alert-close = Close the alert
alert-note-label = What was found and done, in one sentence
alert-note-hint = Please leave out patients’ names.
alert-note-missing = Write in one sentence what was found or done.
alert-refused-title = The alert was not changed
alert-not-now = Somebody already takes care of it, or it is closed.
alert-told-title = Messages
alert-channel-log = Log of the server
alert-channel-mail = E-mail
alert-channel-webhook = Connected program
alert-delivery-due = to be sent
alert-delivery-sending = being sent
alert-delivery-sent = has left
alert-delivery-given-up = given up after many attempts
