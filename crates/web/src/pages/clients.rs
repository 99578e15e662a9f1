//! What a person sees when a client asks for them: consent, the way back, and why it cannot continue.

use std::borrow::Cow;

use askama::Template;

use super::Chrome;
use domain::authorization::Claim;

/// The key of what it is called.
pub const fn claim_label(claim: Claim) -> &'static str {
    match claim {
        Claim::Name => "claim-name",
        Claim::GivenName => "claim-given-name",
        Claim::FamilyName => "claim-family-name",
        Claim::Birthdate => "claim-birthdate",
        Claim::Email => "claim-email",
        Claim::EmailVerified => "claim-email-verified",
        Claim::Records => "claim-records",
    }
}

/// One thing that goes out: the key of its label, and the value as it goes out.
#[derive(Clone, Debug)]
pub struct ClaimLine<'a> {
    pub label: &'a str,
    pub value: Cow<'a, str>,
}

/// Form: POST with `request`, `person` and `decision`, `allow` or `deny`.
#[derive(Clone, Debug, Template)]
#[template(path = "consent.html")]
pub struct Consent<'a> {
    pub chrome: Chrome<'a>,
    pub client: &'a str,
    pub action: &'a str,
    /// Handle of the client's request.
    pub request: &'a str,
    /// Names the session whose holder is asked.
    pub person: &'a str,
    /// Several services know the person by the same number.
    pub is_public: bool,
    pub told: Vec<ClaimLine<'a>>,
    pub offline_days: Option<u32>,
}

impl Consent<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.heading(), false)
    }

    fn heading(&self) -> String {
        self.of_client("consent-title")
    }

    fn of_client(&self, key: &str) -> String {
        self.chrome.t1(key, "client", self.client)
    }

    fn intro(&self) -> String {
        let lab = ("lab", self.chrome.lab.into());
        self.chrome.t2("consent-intro", ("client", self.client.into()), lab)
    }

    fn subject(&self) -> String {
        let lab = ("lab", self.chrome.lab.into());
        let key = match self.is_public {
            true => "consent-subject-public",
            false => "consent-subject-value",
        };
        self.chrome.t2(key, ("client", self.client.into()), lab)
    }

    fn days(&self, days: &u32) -> String {
        self.chrome.t1("consent-offline-value", "days", u64::from(*days))
    }
}

/// Carries the answer to the client in a form; its script sends it by itself.
#[derive(Clone, Debug, Template)]
#[template(path = "form_post.html")]
pub struct FormPost<'a> {
    pub chrome: Chrome<'a>,
    pub action: &'a str,
    pub fields: &'a [(&'static str, String)],
}

impl FormPost<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("form-post-title"), false)
    }
}

/// Form: POST with `asked`, the client's request.
#[derive(Clone, Debug, Template)]
#[template(path = "ask_sign_out.html")]
pub struct AskSignOut<'a> {
    pub chrome: Chrome<'a>,
    pub action: &'a str,
    pub asked: &'a str,
}

impl AskSignOut<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("ask-sign-out-title"), false)
    }
}

/// A request that cannot be answered at the client's address.
#[derive(Clone, Debug, Template)]
#[template(path = "oauth_error.html")]
pub struct OauthErrorPage<'a> {
    pub chrome: Chrome<'a>,
    /// The protocol's code and, in its language, what to fix: for the client's developers. `None` if the request is
    /// over.
    pub error: Option<(&'a str, &'a str)>,
}

impl OauthErrorPage<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.heading(), false)
    }

    fn heading(&self) -> Cow<'_, str> {
        self.chrome.t(match self.error {
            Some(_) => "oauth-error-title",
            None => "oauth-gone-title",
        })
    }
}
