//! The page of someone whose password must be changed before anything else opens.

use askama::Template;

use super::{Alert, Chrome, PasswordError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldReason {
    /// The identifier is on a list that the lab imported.
    Listed,
    /// The password is in the breached-password file; the identifier need not be.
    KnownPassword,
}

#[derive(Clone, Debug, Template)]
#[template(path = "held.html")]
pub struct Held<'a> {
    pub chrome: Chrome<'a>,
    pub reason: HeldReason,
    /// Where the form is sent.
    pub action: &'a str,
    pub identifier: &'a str,
    pub error: Option<PasswordError>,
}

impl Held<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("held-title"), self.error.is_some())
    }

    fn alert(&self) -> Option<Alert> {
        self.error.map(|error| error.alert(&self.chrome))
    }

    fn is_password_invalid(&self) -> bool {
        self.error.is_some_and(PasswordError::is_about_the_password)
    }

    fn what_happened(&self) -> [&'static str; 3] {
        match self.reason {
            HeldReason::Listed => ["held-listed", "held-listed-results", "held-no-fault"],
            HeldReason::KnownPassword if self.chrome.door.is_desk => {
                ["held-common", "desk-held-common", "held-no-fault"]
            }
            HeldReason::KnownPassword => ["held-common", "held-common-results", "held-no-fault"],
        }
    }
}
