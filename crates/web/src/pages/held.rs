//! The page of someone whose password must be changed before anything else opens.

use askama::Template;

use super::{Alert, Chrome, PasswordError};
use domain::account::HoldReason;
use domain::pending::Remedy;

#[derive(Clone, Debug, Template)]
#[template(path = "held.html")]
pub struct Held<'a> {
    pub chrome: Chrome<'a>,
    pub reason: HoldReason,
    pub wanted: Remedy,
    /// Where the form is sent.
    pub action: &'a str,
    pub identifier: &'a str,
    pub error: Option<PasswordError>,
}

impl Held<'_> {
    fn title(&self) -> String {
        let title = self.chrome.t(self.headline());
        self.chrome.title(&title, self.error.is_some())
    }

    fn headline(&self) -> &'static str {
        match self.wanted {
            Remedy::LabCode => "held-lab-title",
            Remedy::NewPassword | Remedy::NewPasswordAndRecoveryCode => "held-title",
        }
    }

    fn alert(&self) -> Option<Alert> {
        self.error.map(|error| error.alert(&self.chrome))
    }

    fn is_password_invalid(&self) -> bool {
        self.error.is_some_and(PasswordError::is_about_the_password)
    }

    fn is_recovery_code_invalid(&self) -> bool {
        self.error == Some(PasswordError::WrongRecoveryCode)
    }

    fn wants_recovery_code(&self) -> bool {
        self.wanted == Remedy::NewPasswordAndRecoveryCode
    }

    fn wants_lab_code(&self) -> bool {
        self.wanted == Remedy::LabCode
    }

    fn what_happened(&self) -> &'static [&'static str] {
        match self.reason {
            HoldReason::Listed => &["held-listed", "held-listed-results", "held-no-fault"],
            HoldReason::KnownPassword if self.chrome.door.is_desk => {
                &["held-common", "desk-held-common", "held-no-fault"]
            }
            HoldReason::KnownPassword => &["held-common", "held-common-results", "held-no-fault"],
            HoldReason::Disabled => &["held-disabled", "held-listed-results", "held-disabled-calm"],
            HoldReason::Aged => &["held-aged"],
            HoldReason::Forgotten => &["held-forgotten"],
        }
    }

    /// A forgotten or an old password need not be changed elsewhere.
    fn circulates(&self) -> bool {
        !matches!(self.reason, HoldReason::Forgotten | HoldReason::Aged)
    }
}
