# Identities of other providers (FranceConnect and others): signing in with one, and linking it.
upstream-login-title = With an identity you already have
upstream-login-text = If you have linked it with your account here.
upstream-login-submit = Continue with { $provider }
upstream-go-title = On to { $provider }
upstream-go-text = Your browser is now taking you to { $provider }. If nothing happens, follow this link.
upstream-go-link = Go to { $provider }
upstream-go-back = Back
upstream-not-linked-title = This { $provider } identity does not open an account here yet
upstream-not-linked-text = It has to be linked once. Sign in below as usual, then link it on your account page; or ask the laboratory, and link it while you open your access.
upstream-denied-title = The sign-in with { $provider } was not finished
upstream-denied-text = Nothing has changed. You can try again, or sign in as usual.
upstream-unreachable-title = { $provider } does not answer at the moment
upstream-unreachable-text = It is not your doing. You can try again later, or sign in as usual.
upstream-weak-title = { $provider } was used in a way that is not enough here
upstream-weak-text = To protect your results, the laboratory asks for a stronger way of signing in at { $provider }. You can choose another one there, or sign in as usual.
upstream-refused-title = What { $provider } answered could not be used
upstream-refused-text = For your safety, nobody was signed in. You can try again, or sign in as usual.
upstream-expired-text = It took too long, or it was begun in another browser. Please begin again.
upstream-code-title = One more code
upstream-code-intro = { $provider } has told us who you are. To protect your results, please give a code of your app as well.
upstream-code-refused-title = This code is not right
upstream-otherwise = Sign in another way

upstreams-title = Linked identities
upstreams-count = { $count ->
    [0] No identity is linked with your account. With one, you can sign in here by FranceConnect, for example.
    [one] { $count } identity is linked with your account.
   *[other] { $count } identities are linked with your account.
}
upstreams-link = Manage my linked identities
upstreams-intro = You can sign in here with an identity that you already have elsewhere. Link it once with your account, from this page.
upstreams-none = No identity is linked yet.
upstreams-linked = Linked on { $linked }
upstreams-unused = Not used yet
upstreams-unlink = Unlink
upstreams-unlink-named = Unlink { $name }, linked on { $linked }
upstreams-add = Link { $provider }
upstreams-full = You have { $most } linked identities, and cannot have more. Unlink one that you no longer use to link another.
upstreams-lost = Somebody may have got hold of your identity there? Unlink it here.
upstreams-kept = Linked identities stay when you choose a new password.
upstreams-ended = They all end when you open your access again with a sheet from the laboratory.
upstreams-done-linked = Done: this identity is linked. You can sign in with it the next time.
upstreams-done-unlinked = Done: this identity no longer opens anything here.
upstreams-elsewhere-title = This identity opens another account here
upstreams-elsewhere-text = One identity opens one account of a laboratory. Unlink it there first, or ask the laboratory.
upstreams-refused-title = The identity could not be linked
upstreams-expired-text = For your safety, nothing was linked. Please begin again.
upstreams-link-title = Link an identity
upstreams-unlink-title = Unlink an identity
again-link-intro = You are about to link: { $provider }. To protect your account, please give your password and a code once more.
again-unlink-intro = You are about to unlink: { $provider }. To protect your account, please give your password and a code once more.
again-unlink-submit = Unlink this identity

enrol-upstream-title = An identity you already have?
enrol-upstream-text = You can link it now, and sign in with it later. This is not needed: it can be done at any time on your account page.
enrol-upstream-noted = Done: { $provider } will be linked with your account when you have finished here.

signed-out-upstream-title = And at { $provider }?
signed-out-upstream = You had come in by { $provider }, where you may still be signed in. On a shared computer, sign out there too.
signed-out-upstream-link = Sign out of { $provider } too
