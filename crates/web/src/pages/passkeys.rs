//! The list of a person's passkeys.

use std::borrow::Cow;

use askama::Template;

use super::{Alert, Chrome};
use kernel::clock::Timestamp;

#[derive(Clone, Copy, Debug)]
pub struct PasskeyLine<'a> {
    /// The value of the query's `passkey` on the page that removes it.
    pub handle: &'a str,
    /// As its holder called it; empty where they did not.
    pub name: &'a str,
    pub added_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// What was just done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeysDone {
    Added,
    Removed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeysError {
    /// What the browser made could not be taken.
    Refused,
    /// It took too long.
    Expired,
}

#[derive(Clone, Debug, Template)]
#[template(path = "passkeys.html")]
pub struct Passkeys<'a> {
    pub chrome: Chrome<'a>,
    pub lines: &'a [PasskeyLine<'a>],
    /// As many as there may be.
    pub most: u64,
    pub done: Option<PasskeysDone>,
    pub error: Option<PasskeysError>,
}

impl Passkeys<'_> {
    fn title(&self) -> String {
        self.chrome
            .title(&self.chrome.t("passkeys-title"), self.error.is_some())
    }

    fn alert(&self) -> Option<Alert> {
        self.error.map(|error| match error {
            PasskeysError::Refused => Alert::of(&self.chrome, "passkeys-refused-title", &["passkeys-refused-text"]),
            PasskeysError::Expired => Alert::of(&self.chrome, "expired-title", &["passkeys-expired-text"]),
        })
    }

    fn done_text(&self) -> Option<Cow<'_, str>> {
        self.done.map(|done| match done {
            PasskeysDone::Added => self.chrome.t("passkeys-done-added"),
            PasskeysDone::Removed => self.chrome.t("passkeys-done-removed"),
        })
    }

    fn name<'b>(&'b self, line: &PasskeyLine<'b>) -> Cow<'b, str> {
        name(&self.chrome, line.name)
    }

    /// What the link is called for those who do not see the line it is in.
    fn remove_label(&self, line: &PasskeyLine<'_>) -> String {
        let (name, added) = (self.name(line), self.chrome.moment(&line.added_at));
        self.chrome.t2(
            "passkeys-remove-named",
            ("name", (&name).into()),
            ("added", (&added).into()),
        )
    }

    fn is_full(&self) -> bool {
        self.lines.len() as u64 >= self.most
    }
}

pub(super) fn name<'a>(chrome: &Chrome<'a>, name: &'a str) -> Cow<'a, str> {
    if name.is_empty() {
        chrome.t("passkeys-unnamed")
    } else {
        Cow::Borrowed(name)
    }
}
