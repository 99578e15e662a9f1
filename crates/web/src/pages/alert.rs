//! The block that says what went wrong, with `id="error"`: a title and a few calm sentences.

use std::borrow::Cow;

use super::Chrome;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    pub title: String,
    pub lines: Vec<String>,
}

impl Alert {
    pub(super) fn new(title: Cow<'_, str>, lines: impl IntoIterator<Item = String>) -> Self {
        Self {
            title: title.into_owned(),
            lines: lines.into_iter().collect(),
        }
    }

    pub(super) fn of(chrome: &Chrome<'_>, title: &str, lines: &[&str]) -> Self {
        Self::new(chrome.t(title), lines.iter().map(|key| chrome.t(key).into_owned()))
    }

    /// The server has too much to do; says nothing about what was typed.
    pub(super) fn busy(chrome: &Chrome<'_>, seconds: u64) -> Self {
        let wait = chrome.wait(seconds);
        Self::new(chrome.t("busy-title"), [chrome.t1("busy-text", "wait", &wait)])
    }

    /// Too many tries; says how long to wait.
    pub(super) fn pause(chrome: &Chrome<'_>, seconds: u64) -> Self {
        let wait = chrome.wait(seconds);
        let lines = [
            chrome.t1("pause-text", "wait", &wait),
            chrome.t("pause-calm").into_owned(),
        ];
        Self::new(chrome.t("pause-title"), lines)
    }

    /// The form's `csrf` value is no longer valid.
    pub(super) fn expired(chrome: &Chrome<'_>) -> Self {
        Self::of(chrome, "expired-title", &["expired-text"])
    }
}
