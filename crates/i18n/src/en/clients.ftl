# Services that ask for a person to be signed in.
consent-title = Do you want to give this to { $client }?
consent-intro = You are signed in at { $lab }. { $client } asks for what stands here, and gets nothing else.
consent-what = What { $client } gets
consent-subject = Who you are there
consent-subject-value = A number that stands for you at { $client } only, with when and how you signed in
consent-subject-public = A number that stands for you, the same at several services of { $lab }, with when and how you signed in
consent-offline = Also later
consent-offline-value = { $days ->
    [one] For one day, also when you are not signed in
   *[other] For { $days } days, also when you are not signed in
}
consent-back = You can take this back at any time on your account page.
consent-allow = Give it
consent-deny = Do not give it
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
form-post-text = This page goes on by itself; if it does not, press the button.
form-post-submit = Go on
oauth-error-title = This sign-in cannot go on
oauth-error-text = The service that sent you here asked in a way that we cannot answer. You did nothing wrong. Go back to the service and try again; if it happens again, tell the service what stands below.
oauth-gone-title = This sign-in is over
oauth-gone-text = The page was open for too long, or the sign-in went on in another window. Go back to the service and begin again.
ask-sign-out-title = Do you want to sign out?
ask-sign-out-text = A service asks to sign you out here, too. You will be signed out everywhere where this sign-in was used.
ask-sign-out-submit = Sign out
ask-sign-out-stay = Stay signed in
