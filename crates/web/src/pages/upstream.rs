//! Signing in with an identity of an upstream provider: the button, the way there, and the code that is asked for beside it.

use askama::Template;

use super::{Alert, Chrome};

/// Begins such a sign-in.
pub const BEGIN: &str = "/login/upstream";
/// Asks for a code of the authenticator beside it.
pub const CODE: &str = "/login/upstream/code";
/// Begins it in the middle of an enrolment.
pub const ENROL: &str = "/activate/upstream";

/// A provider to choose.
#[derive(Clone, Copy, Debug)]
pub struct UpstreamButton<'a> {
    /// The value of the form's `upstream`.
    pub handle: &'a str,
    /// As patients know it.
    pub name: &'a str,
}

/// Why nobody was signed in by a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamTrouble {
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

impl UpstreamTrouble {
    pub(super) fn alert(self, chrome: &Chrome<'_>, provider: &str) -> Alert {
        let (title, text) = match self {
            Self::NotLinked => ("upstream-not-linked-title", "upstream-not-linked-text"),
            Self::Denied => ("upstream-denied-title", "upstream-denied-text"),
            Self::Unreachable => ("upstream-unreachable-title", "upstream-unreachable-text"),
            Self::Weak => ("upstream-weak-title", "upstream-weak-text"),
            Self::Refused => ("upstream-refused-title", "upstream-refused-text"),
        };
        let title = chrome.t1(title, "provider", provider);
        Alert::new(title.into(), [chrome.t1(text, "provider", provider)])
    }
}

/// Leads on by itself, and by a link. A redirect would not do: browsers count where a form leads to in the end, and
/// that is the provider's to decide.
#[derive(Clone, Debug, Template)]
#[template(path = "upstream_go.html")]
pub struct UpstreamGo<'a> {
    pub chrome: Chrome<'a>,
    pub provider: &'a str,
    pub to: &'a str,
    /// The page that they come from.
    pub back: &'a str,
}

impl UpstreamGo<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.heading(), false)
    }

    fn heading(&self) -> String {
        self.chrome.t1("upstream-go-title", "provider", self.provider)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamCodeError {
    Refused,
    Wait { seconds: u64 },
    Expired,
}

/// Form: POST [`CODE`] with `code`.
#[derive(Clone, Debug, Template)]
#[template(path = "upstream_code.html")]
pub struct UpstreamCode<'a> {
    pub chrome: Chrome<'a>,
    pub provider: &'a str,
    pub error: Option<UpstreamCodeError>,
}

impl UpstreamCode<'_> {
    fn title(&self) -> String {
        self.chrome
            .title(&self.chrome.t("upstream-code-title"), self.error.is_some())
    }

    fn alert(&self) -> Option<Alert> {
        let chrome = &self.chrome;
        self.error.map(|error| match error {
            UpstreamCodeError::Refused => Alert::of(
                chrome,
                "upstream-code-refused-title",
                &["login-refused-code", "login-refused-clock"],
            ),
            UpstreamCodeError::Wait { seconds } => Alert::pause(chrome, seconds),
            UpstreamCodeError::Expired => Alert::expired(chrome),
        })
    }

    fn is_refused(&self) -> bool {
        self.error == Some(UpstreamCodeError::Refused)
    }
}
