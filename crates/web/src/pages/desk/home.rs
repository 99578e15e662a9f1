//! `/desk`: who is signed in, and where to go.

use std::borrow::Cow;

use askama::Template;

use crate::pages::{Chrome, Stay};
use domain::operator::Role;
use service::siege::CurrentSiege;

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
    /// Of this lab's patients, and of the staff of all labs.
    pub siege: Option<CurrentSiege>,
    pub staff_siege: Option<CurrentSiege>,
    pub open_alerts: u64,
    /// "Stay signed in" was just pressed.
    pub stayed: bool,
}

impl DeskHome<'_> {
    fn role_text(&self) -> Cow<'_, str> {
        self.chrome.t(match self.role {
            Role::Desk => "desk-role-desk",
            Role::Security => "desk-role-security",
        })
    }

    fn sieges(&self) -> impl Iterator<Item = (&'static str, CurrentSiege)> + use<> {
        let patients = self.siege.map(|siege| ("siege-title", siege));
        let staff = self.staff_siege.map(|siege| ("siege-title-staff", siege));
        patients.into_iter().chain(staff)
    }

    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("desk-link"), false)
    }
}
