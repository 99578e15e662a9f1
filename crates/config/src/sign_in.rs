//! `[sign_in]`: the one moment at which every refusal leaves.

use std::time::Duration;

use serde::Deserialize;

use super::Problems;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignIn {
    /// A refusal leaves this long after the request arrived, whatever its reason.
    pub refusal_floor_ms: u64,
}

impl Default for SignIn {
    fn default() -> Self {
        Self { refusal_floor_ms: 400 }
    }
}

impl SignIn {
    pub fn refusal_floor(&self) -> Duration {
        Duration::from_millis(self.refusal_floor_ms)
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if !(100..=10_000).contains(&self.refusal_floor_ms) {
            problems.add(
                "[sign_in] refusal_floor_ms",
                format!("{} is outside 100 to 10000", self.refusal_floor_ms),
                "keep it above the time one hash takes; 400 is the default",
            );
        }
    }
}
