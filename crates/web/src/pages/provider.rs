//! Signing in with an identity of a provider: the button, the way there, and the code that may be needed as well.

use crate::kit::rebuff::Rebuff;
use askama::Template;

use super::{Alert, Chrome};

/// Begins such a sign-in.
pub const BEGIN: &str = "/login/provider";
/// Asks for a code of the authenticator as well.
pub const CODE: &str = "/login/provider/code";
/// Begins it in the middle of an enrolment.
pub const ENROL: &str = "/activate/provider";

/// A provider to choose.
#[derive(Clone, Copy, Debug)]
pub struct ProviderButton<'a> {
    /// The value of the form's `provider`.
    pub handle: &'a str,
    /// As patients know it.
    pub name: &'a str,
}

/// Why a provider did not sign the person in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderTrouble {
    /// No account has this identity, or none that can be used.
    NotLinked,
    /// The person, or the provider, said no.
    Denied,
    Unreachable,
    /// What was shown there is not strong enough here.
    Weak,
    /// What came back cannot be trusted.
    Refused,
}

impl ProviderTrouble {
    pub(super) fn alert(self, chrome: &Chrome<'_>, provider: &str) -> Alert {
        let (title, text) = match self {
            Self::NotLinked => ("provider-not-linked-title", "provider-not-linked-text"),
            Self::Denied => ("provider-denied-title", "provider-denied-text"),
            Self::Unreachable => ("provider-unreachable-title", "provider-unreachable-text"),
            Self::Weak => ("provider-weak-title", "provider-weak-text"),
            Self::Refused => ("provider-refused-title", "provider-refused-text"),
        };
        let title = chrome.t1(title, "provider", provider);
        Alert::new(title.into(), [chrome.t1(text, "provider", provider)])
    }
}

/// Leads on by itself, and by a link. A redirect would not do: browsers count where a form leads to in the end, and
/// that is the provider's to decide.
#[derive(Clone, Debug, Template)]
#[template(path = "provider_go.html")]
pub struct ProviderGo<'a> {
    pub chrome: Chrome<'a>,
    pub provider: &'a str,
    pub to: &'a str,
    /// The page that they come from.
    pub back: &'a str,
}

impl ProviderGo<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.heading(), false)
    }

    fn heading(&self) -> String {
        self.chrome.t1("provider-go-title", "provider", self.provider)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderCodeError {
    Refused,
    Wait { seconds: u64 },
    Expired,
}

/// Form: POST [`CODE`] with `code`.
#[derive(Clone, Debug, Template)]
#[template(path = "provider_code.html")]
pub struct ProviderCode<'a> {
    pub chrome: Chrome<'a>,
    pub provider: &'a str,
    pub error: Option<ProviderCodeError>,
}

impl ProviderCode<'_> {
    fn title(&self) -> String {
        self.chrome
            .title(&self.chrome.t("provider-code-title"), self.error.is_some())
    }

    fn alert(&self) -> Option<Alert> {
        let chrome = &self.chrome;
        self.error.map(|error| match error {
            ProviderCodeError::Refused => Alert::of(
                chrome,
                "provider-code-refused-title",
                &["login-refused-code", "login-refused-clock"],
            ),
            ProviderCodeError::Wait { seconds } => Alert::pause(chrome, seconds),
            ProviderCodeError::Expired => Alert::expired(chrome),
        })
    }

    fn is_refused(&self) -> bool {
        self.error == Some(ProviderCodeError::Refused)
    }
}

impl From<Rebuff> for ProviderCodeError {
    fn from(rebuff: Rebuff) -> Self {
        match rebuff {
            Rebuff::Refused | Rebuff::TwoCodes => Self::Refused,
            Rebuff::Wait { seconds } | Rebuff::Busy { seconds } => Self::Wait { seconds },
        }
    }
}
