//! `/activate`: lab code and date of birth.

use crate::kit::rebuff::Rebuff;
use askama::Template;

use super::{Alert, Chrome, Step};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivateError {
    /// Unknown, used or expired code, or another date of birth: one text for all.
    Refused,
    /// The value of the date field is not a date.
    BirthDateUnread,
    Wait {
        seconds: u64,
    },
    Busy {
        seconds: u64,
    },
    Expired,
    /// What this browser had begun has ended.
    Over,
}

impl ActivateError {
    /// `title` and `lines` of a refusal are the page's own.
    pub(super) fn alert(self, chrome: &Chrome<'_>, title: &str, lines: &[&str]) -> Alert {
        match self {
            Self::Refused => Alert::of(chrome, title, lines),
            Self::BirthDateUnread => Alert::of(chrome, "activate-birth-unread-title", &["activate-birth-unread-text"]),
            Self::Wait { seconds } => Alert::pause(chrome, seconds),
            Self::Busy { seconds } => Alert::busy(chrome, seconds),
            Self::Expired => Alert::expired(chrome),
            Self::Over => Alert::of(chrome, "over-title", &["over-activate-text"]),
        }
    }
}

#[derive(Clone, Debug, Template)]
#[template(path = "activate_start.html")]
pub struct ActivateStart<'a> {
    pub chrome: Chrome<'a>,
    pub step: Option<Step>,
    /// What was typed before, kept in the fields.
    pub lab_code: &'a str,
    pub birth_date: &'a str,
    pub error: Option<ActivateError>,
}

impl ActivateStart<'_> {
    fn title(&self) -> String {
        self.chrome
            .title(&self.chrome.t("activate-title"), self.error.is_some())
    }

    fn alert(&self) -> Option<Alert> {
        let [title, check, once] = if self.chrome.door.is_desk {
            ["desk-refused-title", "desk-refused-check", "desk-refused-once"]
        } else {
            [
                "activate-refused-title",
                "activate-refused-check",
                "activate-refused-once",
            ]
        };
        self.error.map(|error| error.alert(&self.chrome, title, &[check, once]))
    }

    fn is_refused(&self) -> bool {
        self.error == Some(ActivateError::Refused)
    }

    fn is_birth_unread(&self) -> bool {
        self.error == Some(ActivateError::BirthDateUnread)
    }
}

impl From<Rebuff> for ActivateError {
    fn from(rebuff: Rebuff) -> Self {
        match rebuff {
            Rebuff::Refused | Rebuff::TwoCodes => Self::Refused,
            Rebuff::Wait { seconds } => Self::Wait { seconds },
            Rebuff::Busy { seconds } => Self::Busy { seconds },
        }
    }
}
