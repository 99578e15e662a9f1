//! `/`: the portal's first page, before signing in.

use askama::Template;

use super::Chrome;

#[derive(Clone, Debug, Template)]
#[template(path = "home.html")]
pub struct Home<'a> {
    pub chrome: Chrome<'a>,
}

impl Home<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("home-title"), false)
    }
}
