//! `/account`: what the person signed in has and may end.

use std::collections::BTreeSet;

use askama::Template;

use super::{Chrome, Stay, claim_label, providers};
use domain::authorization::Claim;
use kernel::clock::Timestamp;

/// A place with results, to go to.
#[derive(Clone, Copy, Debug)]
pub struct SiteLink<'a> {
    pub name: &'a str,
    /// In full, with `https://`.
    pub address: &'a str,
}

/// One sign-in of this account.
#[derive(Clone, Copy, Debug)]
pub struct SessionLine<'a> {
    /// The value of the hidden field `session` of the form that ends it; not the cookie's value.
    pub handle: &'a str,
    /// For example "Firefox, Windows"; `None` when nothing is known.
    pub device: Option<&'a str>,
    pub signed_in_at: Timestamp,
    pub last_used_at: Timestamp,
    /// The sign-in that reads this page.
    pub is_current: bool,
}

/// One trusted device.
#[derive(Clone, Copy, Debug)]
pub struct DeviceLine<'a> {
    /// The value of the hidden field `device` of the form that forgets it; not the cookie's value.
    pub handle: &'a str,
    pub description: Option<&'a str>,
    pub trusted_at: Timestamp,
    pub last_used_at: Timestamp,
    /// The browser that reads this page.
    pub is_this: bool,
}

/// One service that this account lets know it.
#[derive(Clone, Copy, Debug)]
pub struct ServiceLine<'a> {
    /// The value of the hidden field `service` of the form that takes it back.
    pub handle: &'a str,
    pub name: &'a str,
    pub claims: &'a BTreeSet<Claim>,
    pub since: Timestamp,
}

/// Forms: POST `/logout`; `/account/stay`; `/account/sessions/end` with `session`; `/account/sessions/end-all`;
/// `/account/devices/forget` with `device`; `/account/services/end` with `service`.
#[derive(Clone, Debug, Template)]
#[template(path = "account.html")]
pub struct Account<'a> {
    pub chrome: Chrome<'a>,
    pub holder: &'a str,
    pub sites: &'a [SiteLink<'a>],
    pub sessions: &'a [SessionLine<'a>],
    pub devices: &'a [DeviceLine<'a>],
    pub services: &'a [ServiceLine<'a>],
    pub recovery_codes_left: u64,
    pub passkeys: u64,
    /// How many identities are linked. None: the lab has no provider for any.
    pub links: Option<u64>,
    pub stay: Stay,
    /// "Stay signed in" was just pressed.
    pub stayed: bool,
}

impl Account<'_> {
    fn heading(&self) -> String {
        self.chrome.t1("account-title", "name", self.holder)
    }

    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("account-link"), false)
    }

    fn described(&self, device: &Option<&str>) -> String {
        device.map_or_else(
            || self.chrome.t("account-unknown-device").into_owned(),
            ToOwned::to_owned,
        )
    }

    /// What the button that ends one sign-in is called for those who do not see the line it is in.
    fn end_label(&self, session: &SessionLine<'_>) -> String {
        let (device, since) = (
            self.described(&session.device),
            self.chrome.moment(&session.signed_in_at),
        );
        self.chrome.t2(
            "account-end-one-named",
            ("device", (&device).into()),
            ("since", (&since).into()),
        )
    }

    fn service_gets(&self, service: &ServiceLine<'_>) -> String {
        if service.claims.is_empty() {
            return self.chrome.t("account-service-gets-nothing").into_owned();
        }
        // Next to the address itself, it need not be said whether it was checked.
        let unsaid = |claim: Claim| claim == Claim::EmailVerified && service.claims.contains(&Claim::Email);
        let said = service.claims.iter().copied().filter(|claim| !unsaid(*claim));
        let what: Vec<_> = said.map(|claim| self.chrome.t(claim_label(claim))).collect();
        self.chrome.t1("account-service-gets", "what", &what.join(", "))
    }

    fn remove_label(&self, service: &ServiceLine<'_>) -> String {
        let since = self.chrome.moment(&service.since);
        self.chrome.t2(
            "account-service-end-named",
            ("service", service.name.into()),
            ("since", (&since).into()),
        )
    }

    fn forget_label(&self, device: &DeviceLine<'_>) -> String {
        let (name, since) = (
            self.described(&device.description),
            self.chrome.moment(&device.trusted_at),
        );
        self.chrome.t2(
            "account-forget-named",
            ("device", (&name).into()),
            ("since", (&since).into()),
        )
    }
}
