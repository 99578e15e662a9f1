//! The page of a list that could not be read, in the place of its leak.

use askama::Template;

use crate::web::pages::{Chrome, Stay};

#[derive(Clone, Debug, Template)]
#[template(path = "desk_leak_failed.html")]
pub struct LeakFailedPage<'a> {
    pub chrome: Chrome<'a>,
    pub stay: Stay,
    /// What is wrong with the file and what to do about it, in the words of the command line.
    pub what: &'a str,
    pub remedy: &'a str,
}

impl LeakFailedPage<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("leak-failed-title"), false)
    }
}
