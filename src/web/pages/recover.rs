//! `/recover`: what to do when one cannot get in.

use askama::Template;

use super::Chrome;

#[derive(Clone, Debug, Template)]
#[template(path = "recover.html")]
pub struct Recover<'a> {
    pub chrome: Chrome<'a>,
}

impl Recover<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("recover-title"), false)
    }
}
