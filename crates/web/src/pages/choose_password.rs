//! Choosing the password during activation; [`super::Held`] shows the same field after a leak.

use askama::Template;

use super::{Alert, Chrome, ProviderButton, ProvidersError, Step, provider};
use crate::kit::rebuff::Rebuff;
use domain::password::Personal;

/// Why a new password was not accepted. The person is told which of these it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    TooShort,
    TooLong,
    /// In the breached or common passwords.
    TooCommon,
    /// The estimator finds it too quickly.
    Guessable,
    ContainsPersonal(Personal),
    SameAsBefore,
    /// A small variation of a leaked one.
    CloseToLeaked,
    /// The password was suitable; the recovery code with it was not right.
    WrongRecoveryCode,
    Wait {
        seconds: u64,
    },
    Busy {
        seconds: u64,
    },
    Expired,
}

impl PasswordError {
    /// Whether the password itself is at fault, not the moment.
    pub(super) const fn is_about_the_password(self) -> bool {
        !matches!(
            self,
            Self::WrongRecoveryCode | Self::Wait { .. } | Self::Busy { .. } | Self::Expired
        )
    }

    pub(super) fn alert(self, chrome: &Chrome<'_>) -> Alert {
        let reason = match self {
            Self::TooShort => "password-too-short",
            Self::TooLong => "password-too-long",
            Self::TooCommon => "password-common",
            Self::Guessable => "password-guessable",
            Self::ContainsPersonal(Personal::Name) => "password-has-name",
            Self::ContainsPersonal(Personal::BirthDate) => "password-has-birth",
            Self::ContainsPersonal(Personal::Identifier) => "password-has-identifier",
            Self::ContainsPersonal(Personal::LabName) => "password-has-lab",
            Self::SameAsBefore => "password-same",
            Self::CloseToLeaked => "password-close",
            Self::WrongRecoveryCode => {
                return Alert::of(chrome, "held-code-refused-title", &["held-code-refused-text"]);
            }
            Self::Wait { seconds } => return Alert::pause(chrome, seconds),
            Self::Busy { seconds } => return Alert::busy(chrome, seconds),
            Self::Expired => return Alert::expired(chrome),
        };
        Alert::of(chrome, "password-refused-title", &[reason])
    }
}

#[derive(Clone, Debug, Template)]
#[template(path = "choose_password.html")]
pub struct ChoosePassword<'a> {
    pub chrome: Chrome<'a>,
    pub step: Option<Step>,
    /// Where the form is sent.
    pub action: &'a str,
    /// Shown read-only, so that password managers keep both together.
    pub identifier: &'a str,
    /// Providers whose identities may be linked on the way.
    pub providers: &'a [ProviderButton<'a>],
    /// The provider of the one that is linked at the end.
    pub noted: Option<&'a str>,
    /// Why none is.
    pub not_noted: Option<ProvidersError<'a>>,
    pub error: Option<PasswordError>,
}

impl ChoosePassword<'_> {
    fn title(&self) -> String {
        self.chrome
            .title(&self.chrome.t("password-title"), self.error.is_some())
    }

    fn alert(&self) -> Option<Alert> {
        self.error.map(|error| error.alert(&self.chrome))
    }

    fn provider_alert(&self) -> Option<Alert> {
        self.not_noted.map(|error| error.alert(&self.chrome))
    }

    fn is_password_invalid(&self) -> bool {
        self.error.is_some_and(PasswordError::is_about_the_password)
    }
}

impl From<Rebuff> for PasswordError {
    fn from(rebuff: Rebuff) -> Self {
        match rebuff {
            Rebuff::Refused | Rebuff::TwoCodes => Self::WrongRecoveryCode,
            Rebuff::Wait { seconds } => Self::Wait { seconds },
            Rebuff::Busy { seconds } => Self::Busy { seconds },
        }
    }
}
