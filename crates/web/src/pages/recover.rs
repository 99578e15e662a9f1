//! `/recover`: the ways back for those who cannot get in.

use crate::kit::rebuff::Rebuff;
use askama::Template;

use super::{Alert, Chrome};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoverError {
    /// Wrong identifier, code or recovery code: one text for all three.
    Refused,
    /// As at a sign-in.
    TwoCodes,
    Wait {
        seconds: u64,
    },
    Expired,
}

#[derive(Clone, Debug, Template)]
#[template(path = "recover.html")]
pub struct Recover<'a> {
    pub chrome: Chrome<'a>,
    /// What was typed before, kept in the field.
    pub identifier: &'a str,
    /// Two codes in a row.
    pub asks_two: bool,
    pub error: Option<RecoverError>,
}

impl Recover<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("recover-title"), self.error.is_some())
    }

    fn alert(&self) -> Option<Alert> {
        let chrome = &self.chrome;
        self.error.map(|error| match error {
            RecoverError::Refused => Alert::of(
                chrome,
                "recover-refused-title",
                &["recover-refused-which", "login-refused-code", "recover-refused-lab"],
            ),
            RecoverError::TwoCodes => Alert::of(chrome, "two-codes-title", &["two-codes-why"]),
            RecoverError::Wait { seconds } => Alert::pause(chrome, seconds),
            RecoverError::Expired => Alert::expired(chrome),
        })
    }

    /// Said once: by the alert, or before the fields.
    fn says_why_two(&self) -> bool {
        self.asks_two && self.error != Some(RecoverError::TwoCodes)
    }

    /// Which field is wrong is never said, so the refusal describes all three.
    fn is_refused(&self) -> bool {
        self.error == Some(RecoverError::Refused)
    }
}

impl From<Rebuff> for RecoverError {
    fn from(rebuff: Rebuff) -> Self {
        match rebuff {
            Rebuff::Refused => Self::Refused,
            Rebuff::TwoCodes => Self::TwoCodes,
            Rebuff::Wait { seconds } | Rebuff::Busy { seconds } => Self::Wait { seconds },
        }
    }
}
