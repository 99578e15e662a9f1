# The home page, signing in, and the page after signing out.
login-first-title = Your first visit?
login-first-text = The laboratory gave you a sheet with a code. It is all you need to open your access.
login-first-link = Open my access
login-trouble-title = Trouble getting in?
login-trouble-link = Forgotten password or lost phone

login-title = Sign in
login-intro = To read your results, please give these three details.
login-identifier = Identifier
login-identifier-hint = The number from the laboratory, or your e-mail address. Never your social security number.
login-password = Password
login-code = 6-digit code
login-code-hint = Your code app shows it. Without the app, enter one of your recovery codes here.
login-submit = Sign in
login-refused-title = We could not sign you in
login-refused-which = The identifier, the password or the code is not right. To protect your file, this page does not say which.
login-refused-code = A code works only once and changes every 30 seconds. Wait for the next one, then try again.
login-refused-clock = If it happens again, check that the clock of your phone or computer is right: the code depends on it.

signed-out-title = You are signed out
signed-out-text = To read your results on this device, you will have to sign in again.
signed-out-shared = On a shared computer, close the browser window as well.
signed-out-again = Sign in again
