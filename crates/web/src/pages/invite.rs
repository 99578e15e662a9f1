//! `/invite`: the page of a mailed link, for date of birth and the password of the LIS.

use askama::Template;

use super::{ActivateError, Alert, Chrome, Step};

#[derive(Clone, Debug, Template)]
#[template(path = "invite.html")]
pub struct Invite<'a> {
    pub chrome: Chrome<'a>,
    pub step: Option<Step>,
    /// What was typed before, kept in the field.
    pub birth_date: &'a str,
    pub error: Option<ActivateError>,
}

impl Invite<'_> {
    fn title(&self) -> String {
        self.chrome
            .title(&self.chrome.t("activate-title"), self.error.is_some())
    }

    fn alert(&self) -> Option<Alert> {
        let refused = ["invite-refused-check", "invite-refused-once"];
        self.error
            .map(|error| error.alert(&self.chrome, "invite-refused-title", &refused))
    }

    fn is_refused(&self) -> bool {
        self.error == Some(ActivateError::Refused)
    }

    fn is_birth_unread(&self) -> bool {
        self.error == Some(ActivateError::BirthDateUnread)
    }
}
