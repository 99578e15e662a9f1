//! `/desk`: who is signed in, and where to go.

use std::borrow::Cow;

use askama::Template;

use crate::domain::operator::Role;
use crate::web::pages::{Chrome, Stay};

#[derive(Clone, Debug, Template)]
#[template(path = "desk_home.html")]
pub struct DeskHome<'a> {
    pub chrome: Chrome<'a>,
    pub stay: Stay,
    pub holder: &'a str,
    /// In this lab.
    pub role: Role,
    /// They have more of a role, in a session opened with a passkey.
    pub is_limited: bool,
    /// "Stay signed in" was just asked for.
    pub stayed: bool,
}

impl DeskHome<'_> {
    fn role_text(&self) -> Cow<'_, str> {
        self.chrome.t(match self.role {
            Role::Desk => "desk-role-desk",
            Role::Security => "desk-role-security",
        })
    }

    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("desk-link"), false)
    }
}
