//! `/login`: one form, three fields.

use crate::kit::rebuff::Rebuff;
use askama::Template;

use super::{Alert, Chrome, ProviderButton, ProviderTrouble, provider};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginError {
    /// Wrong identifier, password or code: one text for all three.
    Refused,
    /// The lab is under siege: one code is not enough from this browser.
    TwoCodes,
    /// Too many tries.
    Wait { seconds: u64 },
    /// The server has too much to do (503).
    Busy { seconds: u64 },
    /// The form is too old, or came from elsewhere.
    Expired,
    /// What this browser had begun has ended.
    Over,
    /// The person was signed in here, and is no more.
    SignedOut,
    /// A passkey did not sign in, whatever the reason.
    Passkey,
    /// A provider did not sign anyone in.
    Provider(ProviderTrouble),
    /// The person who comes back from a provider was not sent there recently, or not from this browser.
    ProviderExpired,
}

#[derive(Clone, Debug, Template)]
#[template(path = "login.html")]
pub struct Login<'a> {
    pub chrome: Chrome<'a>,
    /// What was typed before, kept in the field.
    pub identifier: &'a str,
    /// The site to return to.
    pub site: Option<&'a str>,
    /// The path on that site.
    pub to: Option<&'a str>,
    /// The mark of the browser that the site sent here.
    pub via: Option<&'a str>,
    /// The handle of a client's request to continue.
    pub request: Option<&'a str>,
    /// Two codes in a row.
    pub asks_two: bool,
    /// Providers that may sign people in.
    pub providers: &'a [ProviderButton<'a>],
    /// The one that the error is about.
    pub provider: &'a str,
    pub error: Option<LoginError>,
}

impl Login<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("login-title"), self.error.is_some())
    }

    fn alert(&self) -> Option<Alert> {
        let chrome = &self.chrome;
        self.error.map(|error| match error {
            LoginError::Refused => Alert::of(
                chrome,
                "login-refused-title",
                &["login-refused-which", "login-refused-code", "login-refused-clock"],
            ),
            LoginError::TwoCodes => Alert::of(chrome, "two-codes-title", &["two-codes-why"]),
            LoginError::Wait { seconds } => Alert::pause(chrome, seconds),
            LoginError::Busy { seconds } => Alert::busy(chrome, seconds),
            LoginError::Expired => Alert::expired(chrome),
            LoginError::Over => Alert::of(chrome, "over-title", &["over-login-text"]),
            LoginError::SignedOut => Alert::of(chrome, "over-session-title", &["over-session-text"]),
            LoginError::Passkey => Alert::of(
                chrome,
                "passkey-refused-title",
                &["passkey-refused-text", "passkey-refused-other"],
            ),
            LoginError::Provider(trouble) => trouble.alert(chrome, self.provider),
            LoginError::ProviderExpired => Alert::of(chrome, "expired-title", &["provider-expired-text"]),
        })
    }

    /// Said once: by the alert, or before the fields.
    fn says_why_two(&self) -> bool {
        self.asks_two && self.error != Some(LoginError::TwoCodes)
    }

    /// Which field is wrong is never said, so the refusal describes all three.
    fn is_refused(&self) -> bool {
        self.error == Some(LoginError::Refused)
    }
}

impl From<Rebuff> for LoginError {
    fn from(rebuff: Rebuff) -> Self {
        match rebuff {
            Rebuff::Refused => Self::Refused,
            Rebuff::TwoCodes => Self::TwoCodes,
            Rebuff::Wait { seconds } => Self::Wait { seconds },
            Rebuff::Busy { seconds } => Self::Busy { seconds },
        }
    }
}
