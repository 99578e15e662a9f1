//! `[throttle]`: how fast one network and one account may try.

use serde::Deserialize;

use super::Problems;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Throttle {
    /// Form submissions from one client network (IPv4 address, IPv6 /64), steadily.
    pub network_per_minute: u32,
    /// And at once: a hospital ward behind one address signs in together at eight.
    pub network_burst: u32,
    /// Failures on one account in any 24 hours.
    pub account_failures_per_day: u32,
    /// Consecutive failures after which an account's means are disabled.
    pub account_failures_in_a_row: u32,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            network_per_minute: 300,
            network_burst: 300,
            account_failures_per_day: 25,
            account_failures_in_a_row: 100,
        }
    }
}

impl Throttle {
    pub(super) fn check(&self, problems: &mut Problems) {
        if self.network_per_minute == 0 || self.network_burst == 0 {
            problems.add(
                "[throttle] network_per_minute, network_burst",
                "0 would refuse everybody",
                "allow some",
            );
        }
        if !(3..=25).contains(&self.account_failures_per_day) {
            problems.add(
                "[throttle] account_failures_per_day",
                "outside 3 to 25",
                "25 is the legal most",
            );
        }
        if !(5..=100).contains(&self.account_failures_in_a_row) {
            problems.add(
                "[throttle] account_failures_in_a_row",
                "outside 5 to 100",
                "100 is the standard's most",
            );
        }
    }
}
