//! `[operator]`: what is required of operators beyond what is required of patients.

use std::time::Duration;

use serde::Deserialize;

use super::Problems;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Operator {
    /// Days after which an operator must choose a new password. None: passwords do not age.
    pub password_days: Option<u32>,
    pub security_passkey: SecurityPasskey,
}

/// Whether the role `security` takes a session opened with a passkey.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecurityPasskey {
    #[default]
    Required,
    Offered,
}

impl Operator {
    pub fn password_lasts(&self) -> Option<Duration> {
        let days = self.password_days?;
        Some(Duration::from_secs(u64::from(days) * 86_400))
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if self.password_days.is_some_and(|days| !(30..=3650).contains(&days)) {
            problems.add(
                "[operator] password_days",
                "outside 30 to 3650",
                "leave it out: a password that has not leaked need not change",
            );
        }
    }
}
