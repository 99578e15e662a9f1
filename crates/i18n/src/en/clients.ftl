# Services that ask for a person to be signed in.
consent-title = Do you want to share this with { $client }?
consent-intro = You are signed in at { $lab }. { $client } is asking for the details below, and will receive nothing else.
consent-what = What { $client } will receive
consent-subject = Who you are there
consent-subject-value = An ID number for you that only { $client } receives, with when and how you signed in
consent-subject-public = An ID number for you, the same at several services of { $lab }, with when and how you signed in
consent-offline = For how long
consent-offline-value = { $days ->
    [one] For one day, even when you are not signed in
   *[other] For { $days } days, even when you are not signed in
}
consent-back = You can remove this access at any time on your account page.
consent-allow = Allow
consent-deny = Don’t allow
claim-name = Name
claim-given-name = First name
claim-family-name = Family name
claim-birthdate = Date of birth
claim-email = E-mail address
claim-email-verified = E-mail address checked by us
claim-records = File numbers
claim-yes = yes
claim-no = no
claim-none = none
form-post-title = Back to the service
form-post-text = You will continue in a moment. If nothing happens, press the button.
form-post-submit = Continue
oauth-error-title = This sign-in cannot continue
oauth-error-text = The service that sent you here made a request that we cannot answer. You did nothing wrong. Go back to the service and try again; if it happens again, send the service the details below.
oauth-gone-title = This sign-in is over
oauth-gone-text = The page was open for too long, or you continued in another window. Go back to the service and begin again.
ask-sign-out-title = Do you want to sign out?
ask-sign-out-text = A service is asking to sign you out here, too. You will be signed out everywhere this sign-in was used.
ask-sign-out-submit = Sign out
ask-sign-out-stay = Stay signed in
