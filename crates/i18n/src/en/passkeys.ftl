# Passkeys: signing in with one, and keeping them.
passkey-login-title = Sign in with a passkey
passkey-login-text = If you have added one to your account: use your fingerprint, your face, the PIN of your device or a security key. There is nothing to type.
passkey-login-submit = Use my passkey
passkey-follow = Your browser will now ask for your passkey. Follow its steps.
passkey-use = Use my passkey
passkey-trouble-title = Your passkey was not used
passkey-trouble-text = You may have closed the window, or this device does not have your passkey. You can try again, or sign in another way.
passkey-cannot = This browser cannot use passkeys. Please sign in another way.
passkey-otherwise = Sign in with identifier, password and code
passkey-refused-title = This passkey could not be used
passkey-refused-text = It may have been removed from your account, or the page was open for too long. You can try again.
passkey-refused-other = Your identifier, password and code still work.

passkeys-title = Passkeys
passkeys-count = { $count ->
    [0] You have no passkey. With one, you sign in with your fingerprint, your face or a security key, and nobody can steal it by a false page.
    [one] You have { $count } passkey.
   *[other] You have { $count } passkeys.
}
passkeys-link = Manage my passkeys
passkeys-intro = A passkey signs you in with your fingerprint, your face, the PIN of your device or a security key. It works on this site only, so a false page cannot get it from you.
passkeys-none = You have no passkey yet.
passkeys-added = Added on { $added }
passkeys-unused = Not used yet
passkeys-unnamed = Passkey without a name
passkeys-remove = Remove
passkeys-remove-named = Remove the passkey { $name }, added on { $added }
passkeys-add = Add a passkey
passkeys-cannot = This browser cannot create a passkey. Try another browser, or another device.
passkeys-full = You have { $most } passkeys, the most an account can have. To add another, remove one that you no longer use.
passkeys-ends-title = Good to know
passkeys-lost = Lost a device? Remove its passkey here.
passkeys-kept = Your passkeys stay when you choose a new password.
passkeys-ended = All of them are removed when you open your access again with a sheet from the laboratory.
passkeys-back = Back
passkeys-done-added = Your passkey has been added. You can use it the next time you sign in.
passkeys-done-removed = The passkey has been removed and no longer opens anything. You can delete it from your device as well.
passkeys-refused-title = The passkey could not be added
passkeys-refused-text = What the browser sent could not be used. Nothing has changed. You can try again, or use another device.
passkeys-expired-text = For your safety, nothing was added. Please begin again.

passkeys-add-title = Add a passkey
passkeys-remove-title = Remove a passkey
again-add-intro = To protect your account, please enter your password and a code once more.
again-remove-intro = You are about to remove: { $name }. To protect your account, please enter your password and a code once more.
again-code-hint = The one the app is showing now. If you have just used it, wait for the next one.
again-add-submit = Continue
again-remove-submit = Remove this passkey
again-cancel = Cancel
again-refused-title = We could not confirm that it is you
again-refused-which = The password or the code is not right. This page does not say which.
passkeys-name = A name for it
passkeys-name-hint = For example: my phone, the blue key. Only you will see it.
passkeys-make-text = Your browser will then ask where to keep the passkey. Follow its steps.
passkeys-make = Create the passkey
passkeys-trouble-text = You may have closed the window, or this device already has a passkey for this account. You can try again, or choose another device.

desk-role-limited = You have the security role here. It takes effect only when you sign in with a passkey: add one below, sign out, then sign in with it.
