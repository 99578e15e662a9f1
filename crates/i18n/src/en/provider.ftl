# Identities of other providers (FranceConnect and others): signing in with one, and linking it.
provider-login-title = With an identity you already have
provider-login-text = If you have linked it to your account here.
provider-login-submit = Continue with { $provider }
provider-go-title = Continuing to { $provider }
provider-go-text = Your browser is now taking you to { $provider }. If nothing happens, follow this link.
provider-go-link = Go to { $provider }
provider-go-back = Back
provider-not-linked-title = This { $provider } identity does not open an account here yet
provider-not-linked-text = You need to link it once. Sign in below as usual, then link it on your account page. Or ask the laboratory for a sheet, and link it when you open your access.
provider-denied-title = The sign-in with { $provider } was not completed
provider-denied-text = Nothing has changed. You can try again, or sign in as usual.
provider-unreachable-title = { $provider } is temporarily unavailable
provider-unreachable-text = You did nothing wrong. You can try again later, or sign in as usual.
provider-weak-title = Signing in at { $provider } that way is not enough here
provider-weak-text = To protect your results, the laboratory requires a stronger way of signing in at { $provider }. You can choose another one there, or sign in as usual.
provider-refused-title = The answer from { $provider } could not be used
provider-refused-text = For your safety, you were not signed in. You can try again, or sign in as usual.
provider-expired-text = It took too long, or it was started in another browser. Please start again.
provider-code-title = One more code
provider-code-intro = { $provider } has told us who you are. To protect your results, please enter a code from your app as well.
provider-code-refused-title = This code is not right
provider-otherwise = Sign in another way

providers-title = Linked identities
providers-count = { $count ->
    [0] No identity is linked with your account. With one, you can sign in here by FranceConnect, for example.
    [one] { $count } identity is linked with your account.
   *[other] { $count } identities are linked with your account.
}
providers-link = Manage my linked identities
providers-intro = You can sign in here with an identity that you already have elsewhere. Link it to your account once, from this page.
providers-none = No identity is linked yet.
providers-linked = Linked on { $linked }
providers-unused = Not used yet
providers-unlink = Unlink
providers-unlink-named = Unlink { $name }, linked on { $linked }
providers-add = Link { $provider }
providers-full = You have { $most } linked identities, the most an account can have. To link another, unlink one that you no longer use.
providers-lost = Could someone else have got hold of your identity there? Unlink it here.
providers-kept = Linked identities stay when you choose a new password.
providers-ended = All of them are unlinked when you open your access again with a sheet from the laboratory.
providers-done-linked = This identity is now linked. You can sign in with it the next time.
providers-done-unlinked = This identity is no longer linked and opens nothing here.
providers-elsewhere-title = This identity is linked to another account here
providers-elsewhere-text = An identity can be linked to one account of a laboratory. Unlink it there first, or ask the laboratory.
providers-refused-title = The identity could not be linked
providers-expired-text = For your safety, nothing was linked. Please start again.
providers-link-title = Link an identity
providers-unlink-title = Unlink an identity
again-link-intro = You are about to link: { $provider }. To protect your account, please enter your password and a code once more.
again-unlink-intro = You are about to unlink: { $provider }. To protect your account, please enter your password and a code once more.
again-unlink-submit = Unlink this identity

enrol-provider-title = Do you already have an identity elsewhere?
enrol-provider-text = You can link it now, and sign in with it later. This is optional: you can do it at any time on your account page.
enrol-provider-noted = { $provider } will be linked to your account when you have finished here.

signed-out-provider-title = And at { $provider }?
signed-out-provider = You signed in through { $provider } and may still be signed in there. On a shared computer, sign out there too.
signed-out-provider-link = Sign out of { $provider } too
