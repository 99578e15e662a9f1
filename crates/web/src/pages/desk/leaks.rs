//! `/desk/leaks`: the lab's leaks, newest first.

use std::borrow::Cow;

use askama::Template;

use super::state;
use crate::pages::{Chrome, Stay};
use domain::leak::{LeakId, LeakState};
use kernel::clock::Timestamp;

#[derive(Clone, Copy, Debug)]
pub struct LeakLine<'a> {
    pub id: LeakId,
    pub state: LeakState,
    pub source: &'a str,
    pub aware_at: Timestamp,
}

#[derive(Clone, Debug, Template)]
#[template(path = "desk_leaks.html")]
pub struct LeaksPage<'a> {
    pub chrome: Chrome<'a>,
    pub stay: Stay,
    pub leaks: &'a [LeakLine<'a>],
    /// The role allows to import a list.
    pub may_act: bool,
}

impl LeaksPage<'_> {
    fn state(&self, leak: &LeakLine<'_>) -> Cow<'_, str> {
        state(&self.chrome, leak.state)
    }

    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("leaks-title"), false)
    }
}
