//! The page on which the browser makes a passkey.

use askama::Template;

use super::Chrome;

/// Form: POST with `name` and, filled in by the script, `answer`.
#[derive(Clone, Debug, Template)]
#[template(path = "passkeys_new.html")]
pub struct NewPasskey<'a> {
    pub chrome: Chrome<'a>,
    /// For the browser, as JSON.
    pub options: &'a str,
}

impl NewPasskey<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("passkeys-add-title"), false)
    }
}
