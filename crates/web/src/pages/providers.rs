//! The list of the identities that open one's account.

use std::borrow::Cow;

use askama::Template;

use super::{Alert, Chrome, ProviderButton, ProviderTrouble};
use domain::provider::MOST;
use kernel::clock::Timestamp;

pub const LIST: &str = "/account/links";
/// Asks again before one is linked.
pub const LINK: &str = "/account/links/add";
/// Asks again before one is removed.
pub const UNLINK: &str = "/account/links/remove";

#[derive(Clone, Copy, Debug)]
pub struct LinkLine<'a> {
    /// The value of the query's `link` on the page that removes it.
    pub handle: &'a str,
    pub provider: &'a str,
    /// As the provider calls the person; it may be empty.
    pub name: &'a str,
    pub linked_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// What was just done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvidersDone {
    Linked,
    Unlinked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvidersError<'a> {
    /// Another account has it.
    Elsewhere,
    Full,
    Trouble(ProviderTrouble, &'a str),
    /// It took too long.
    Expired,
}

impl ProvidersError<'_> {
    pub(super) fn alert(self, chrome: &Chrome<'_>) -> Alert {
        match self {
            Self::Elsewhere => Alert::of(chrome, "providers-elsewhere-title", &["providers-elsewhere-text"]),
            Self::Full => Alert::new(
                chrome.t("providers-refused-title"),
                [chrome.t1("providers-full", "most", MOST as u64)],
            ),
            Self::Trouble(trouble, provider) => trouble.alert(chrome, provider),
            Self::Expired => Alert::of(chrome, "expired-title", &["providers-expired-text"]),
        }
    }
}

#[derive(Clone, Debug, Template)]
#[template(path = "providers.html")]
pub struct Providers<'a> {
    pub chrome: Chrome<'a>,
    pub lines: &'a [LinkLine<'a>],
    /// What can be linked.
    pub providers: &'a [ProviderButton<'a>],
    pub done: Option<ProvidersDone>,
    pub error: Option<ProvidersError<'a>>,
}

impl Providers<'_> {
    fn title(&self) -> String {
        self.chrome
            .title(&self.chrome.t("providers-title"), self.error.is_some())
    }

    fn alert(&self) -> Option<Alert> {
        self.error.map(|error| error.alert(&self.chrome))
    }

    fn done_text(&self) -> Option<Cow<'_, str>> {
        self.done.map(|done| match done {
            ProvidersDone::Linked => self.chrome.t("providers-done-linked"),
            ProvidersDone::Unlinked => self.chrome.t("providers-done-unlinked"),
        })
    }

    fn described(&self, line: &LinkLine<'_>) -> String {
        described(line)
    }

    /// What the link is called for those who do not see the line it is in.
    fn unlink_label(&self, line: &LinkLine<'_>) -> String {
        let (name, linked) = (described(line), self.chrome.moment(&line.linked_at));
        self.chrome.t2(
            "providers-unlink-named",
            ("name", (&name).into()),
            ("linked", (&linked).into()),
        )
    }

    fn full(&self) -> String {
        self.chrome.t1("providers-full", "most", MOST as u64)
    }

    fn is_full(&self) -> bool {
        self.lines.len() >= MOST
    }
}

fn described(line: &LinkLine<'_>) -> String {
    match line.name {
        "" => line.provider.to_owned(),
        name => format!("{} – {name}", line.provider),
    }
}
