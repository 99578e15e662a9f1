//! The page on which the browser asks for a passkey.

use askama::Template;

use super::Chrome;

/// Form: POST `/login/passkey/answer` with `challenge` and, filled in by the script, `answer`.
#[derive(Clone, Debug, Template)]
#[template(path = "passkey_sign_in.html")]
pub struct PasskeySignIn<'a> {
    pub chrome: Chrome<'a>,
    /// For the browser, as JSON.
    pub options: &'a str,
    pub challenge: &'a str,
    /// The sign-in by identifier, password and code, towards the same place.
    pub login: &'a str,
    pub site: Option<&'a str>,
    pub to: Option<&'a str>,
    pub via: Option<&'a str>,
    pub request: Option<&'a str>,
}

impl PasskeySignIn<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("passkey-login-title"), false)
    }
}
