//! `[siege]`: when a whole lab is under a guessing attack, and unknown browsers have to show more.

use serde::Deserialize;

use super::Problems;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Siege {
    pub enabled: bool,
    /// Failures within ten minutes that are no siege yet, however quiet the lab usually is.
    pub at_least: u32,
    /// How many times the failures that are usual in ten minutes a siege takes.
    pub factor: u32,
}

impl Default for Siege {
    fn default() -> Self {
        Self {
            enabled: true,
            at_least: 100,
            factor: 3,
        }
    }
}

impl Siege {
    pub(super) fn check(&self, problems: &mut Problems) {
        if !(5..=1_000_000).contains(&self.at_least) {
            problems.add(
                "[siege] at_least",
                "outside 5 to 1000000",
                "100 is the default: an attack below this limit is never noticed",
            );
        }
        if !(2..=100).contains(&self.factor) {
            problems.add("[siege] factor", "outside 2 to 100", "3 is the default");
        }
    }
}
