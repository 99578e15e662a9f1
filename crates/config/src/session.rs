//! `[session]`: how long a sign-in lasts.

use std::time::Duration;

use serde::Deserialize;

use super::Problems;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    pub idle_minutes: u64,
    pub absolute_hours: u64,
    /// After this many days without a sign-in, a browser counts as a stranger's again.
    pub trusted_device_days: u32,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            idle_minutes: 30,
            absolute_hours: 12,
            trusted_device_days: 180,
        }
    }
}

impl Session {
    pub fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_minutes * 60)
    }

    pub fn absolute(&self) -> Duration {
        Duration::from_secs(self.absolute_hours * 3600)
    }

    pub fn trusted_device_lasts(&self) -> Duration {
        Duration::from_secs(u64::from(self.trusted_device_days) * 24 * 3600)
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if !(1..=30).contains(&self.idle_minutes) {
            problems.add(
                "[session] idle_minutes",
                "outside 1 to 30",
                "30 minutes is the maximum for health data",
            );
        }
        if !(1..=12).contains(&self.absolute_hours) {
            problems.add(
                "[session] absolute_hours",
                "outside 1 to 12",
                "12 hours is the maximum for health data",
            );
        }
        if !(1..=400).contains(&self.trusted_device_days) {
            problems.add(
                "[session] trusted_device_days",
                "outside 1 to 400",
                "browsers keep no cookie for longer than 400 days",
            );
        }
    }
}
