# What surrounds every page, and the words for time.
page-title = { $page } – { $lab }
page-title-error = Error: { $page } – { $lab }
skip-link = Skip to content
language-choice = Language
account-link = My account
sign-out = Sign out
footer-label = Help and safety
footer-never-asks = The laboratory will never ask for your password or your codes: not by telephone, not by e-mail, not by text message.
footer-help = Need help? Call the laboratory on { $phone }.
show-password = Show password
step = Step { $number } of { $total }

busy-title = We are very busy right now
busy-text = We could not handle your request. Please send it again in { $wait }.
expired-title = This page was open for too long
expired-text = For your safety, the form is no longer valid. Here is a fresh one: please fill it in again.
over-title = The time for this step has run out
over-login-text = Nothing you had before has changed. Sign in again, and you continue where you were.
over-activate-text = Nothing has changed, and your laboratory code is used up only at the end: enter it once more.
over-session-title = You are no longer signed in
over-session-text = After a while without a click, or when another device asks for it, you are signed out. Sign in again to continue.
pause-title = A short pause
pause-text = There have been several attempts in a row. You can try again in { $wait }.
pause-calm = Nothing is lost: you only need to wait.

date = { $day } { $month } { $year }
moment = { $date } at { $hour }:{ $minute }
day-first = 1
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
wait-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
wait-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
wait-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
wait-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
