//! `[leak]`: what happens to the accounts that stand on an imported list, and who decides it.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::Problems;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approval {
    /// One person applies, another one with the role `security` approves.
    TwoPerson,
    OnePerson,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Leak {
    pub approval: Approval,
    /// Hours in which a listed password must be changed; then it is disabled.
    pub rotation_hours: u32,
    /// Days for which contacts of listed accounts cannot be changed.
    pub contact_freeze_days: u32,
    /// Days for which a closed leak's digests are kept, to refuse its passwords.
    pub kept_days: u32,
    /// Where the desk finds lists that were put on the server. None: uploads only.
    pub folder: Option<PathBuf>,
}

impl Default for Leak {
    fn default() -> Self {
        Self {
            approval: Approval::TwoPerson,
            rotation_hours: 24,
            contact_freeze_days: 7,
            kept_days: 365,
            folder: None,
        }
    }
}

impl Leak {
    pub fn rotation_within(&self) -> Duration {
        Duration::from_secs(u64::from(self.rotation_hours) * 3600)
    }

    pub fn contact_freeze(&self) -> Duration {
        Duration::from_secs(u64::from(self.contact_freeze_days) * 86_400)
    }

    pub fn kept(&self) -> Duration {
        Duration::from_secs(u64::from(self.kept_days) * 86_400)
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if !(1..=24).contains(&self.rotation_hours) {
            problems.add("[leak] rotation_hours", "outside 1 to 24", "a day is the maximum");
        }
        if self.contact_freeze_days > 60 {
            problems.add("[leak] contact_freeze_days", "more than 60", "7 is the default");
        }
        if !(30..=3650).contains(&self.kept_days) {
            problems.add("[leak] kept_days", "outside 30 to 3650", "365 is the default");
        }
    }
}
