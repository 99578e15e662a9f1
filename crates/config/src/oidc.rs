//! `[oidc]`: the keys with which labs sign what they say to their clients.

use std::time::Duration;

use serde::Deserialize;

use super::Problems;

const DAY: Duration = Duration::from_secs(24 * 3600);

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Oidc {
    /// How long a key signs.
    pub key_active_days: u32,
    /// How long a key is published before it signs, for clients that remember the set of keys.
    pub key_announced_days: u32,
    /// How long a key is published after its last signature: longer than any token that it signed lives.
    pub key_kept_hours: u32,
}

impl Default for Oidc {
    fn default() -> Self {
        Self {
            key_active_days: 90,
            key_announced_days: 7,
            key_kept_hours: 24,
        }
    }
}

impl Oidc {
    pub fn key_active(&self) -> Duration {
        DAY * self.key_active_days
    }

    pub fn key_announced(&self) -> Duration {
        DAY * self.key_announced_days
    }

    pub fn key_kept(&self) -> Duration {
        Duration::from_secs(3600) * self.key_kept_hours
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if !(2..=730).contains(&self.key_active_days) {
            problems.add("[oidc] key_active_days", "outside 2 to 730", "90 is the default");
        }
        if self.key_announced_days == 0 || self.key_announced_days >= self.key_active_days {
            problems.add(
                "[oidc] key_announced_days",
                "less than 1, or not less than key_active_days",
                "7 is the default: clients may remember the keys for a day and more",
            );
        }
        if !(13..=720).contains(&self.key_kept_hours) {
            problems.add(
                "[oidc] key_kept_hours",
                "outside 13 to 720",
                "24 is the default: a session, and what was signed for it, may last 12 hours",
            );
        }
    }
}
