//! The page after signing out.

use askama::Template;

use super::Chrome;

#[derive(Clone, Debug, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOut<'a> {
    pub chrome: Chrome<'a>,
    /// Where they may still be signed in, and where that ends.
    pub elsewhere: Option<(&'a str, &'a str)>,
}

impl SignedOut<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("signed-out-title"), false)
    }
}
