# The account of the person signed in.
account-title = Hello { $name }
account-results-title = Your results
account-results-only = See my results
account-results-link = See my results – { $site }
account-until = If you do nothing, you will be signed out on { $until }.
account-until-latest = In any case, you will be signed out by { $until }.
account-until-only = You will be signed out on { $until }.
account-soon = You will soon be signed out.
account-stay = Stay signed in
account-stayed = Done: you stay signed in.
account-places-title = Where you are signed in
account-places-text = A device you do not recognise? Sign it out, then tell the laboratory.
account-this = this device
account-unknown-device = Unknown device
account-since = Signed in since { $since }
account-used = Last used { $used }
account-end-one = Sign this device out
account-end-one-named = Sign this device out: { $device }, signed in since { $since }
account-end-all = Sign out everywhere
account-end-all-text = Ends every sign-in, including this one.
account-devices-title = Devices you use
account-devices-text = You have signed in on these devices. On them, someone else’s wrong attempts cannot make you wait. Remove a device that is no longer yours: it will be treated like a new one.
account-known-since = Known since { $since }
account-last-sign-in = Last sign-in { $used }
account-forget = Remove this device
account-forget-named = Remove this device: { $device }, known since { $since }
account-services-title = Services linked to your account
account-services-text = You allowed these services to know who you are. If you remove a service’s access, it receives nothing more from us; it keeps what it already has.
account-service-gets = Receives: { $what }
account-service-gets-nothing = Receives only an ID number for you
account-service-since = Allowed since { $since }
account-service-end = Remove access
account-service-end-named = Remove access: { $service }, allowed since { $since }
account-codes-title = Recovery codes
account-codes-left = { $count ->
    [0] You have no recovery codes left. The laboratory can open your access again.
    [one] You have { $count } recovery code left.
   *[other] You have { $count } recovery codes left.
}
