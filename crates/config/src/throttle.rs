//! `[throttle]`: how fast networks, labs and accounts may be tried.

use serde::Deserialize;

use super::Problems;

/// A `/48` may do as much as this many of its subscribers.
const SUBSCRIBERS_OF_A_SITE: u32 = 4;
/// A device belongs to a household, not to a ward.
const DEVICE: Rate = Rate {
    per_minute: 30,
    burst: 30,
};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Throttle {
    /// Form submissions from one client network (IPv4 address, IPv6 /64), steadily. A /48 may send four times as many.
    pub network_per_minute: u32,
    /// And at once: a hospital ward behind one address signs in together at eight.
    pub network_burst: u32,
    /// Sign-ins at one lab from browsers that are not known, by whatever network.
    pub lab_per_minute: u32,
    /// The same, at all labs of this server together.
    pub all_labs_per_minute: u32,
    /// Failures on one account in any 24 hours.
    pub account_failures_per_day: u32,
    /// The same, while the identifier is on the list of a leak that is not closed.
    pub listed_failures_per_day: u32,
    /// Consecutive failures after which an account's means are disabled.
    pub account_failures_in_a_row: u32,
}

/// Requests, steadily and at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub per_minute: u32,
    pub burst: u32,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            network_per_minute: 300,
            network_burst: 300,
            lab_per_minute: 6_000,
            all_labs_per_minute: 30_000,
            account_failures_per_day: 25,
            listed_failures_per_day: 5,
            account_failures_in_a_row: 100,
        }
    }
}

impl Throttle {
    pub fn subscriber(&self) -> Rate {
        Rate {
            per_minute: self.network_per_minute,
            burst: self.network_burst,
        }
    }

    pub fn site(&self) -> Rate {
        Rate {
            per_minute: self.network_per_minute.saturating_mul(SUBSCRIBERS_OF_A_SITE),
            burst: self.network_burst.saturating_mul(SUBSCRIBERS_OF_A_SITE),
        }
    }

    pub fn device(&self) -> Rate {
        DEVICE
    }

    /// A minute's worth at once.
    pub fn lab(&self) -> Rate {
        Rate {
            per_minute: self.lab_per_minute,
            burst: self.lab_per_minute,
        }
    }

    pub fn everybody(&self) -> Rate {
        Rate {
            per_minute: self.all_labs_per_minute,
            burst: self.all_labs_per_minute,
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        let rates = [
            self.network_per_minute,
            self.network_burst,
            self.lab_per_minute,
            self.all_labs_per_minute,
        ];
        if rates.contains(&0) {
            problems.add(
                "[throttle] network_per_minute, network_burst, lab_per_minute, all_labs_per_minute",
                "0 would refuse everyone",
                "allow some",
            );
        }
        if !(3..=25).contains(&self.account_failures_per_day) {
            problems.add(
                "[throttle] account_failures_per_day",
                "outside 3 to 25",
                "25 is the legal maximum",
            );
        }
        if !(3..=25).contains(&self.listed_failures_per_day) {
            problems.add(
                "[throttle] listed_failures_per_day",
                "outside 3 to 25",
                "5 is the default",
            );
        }
        if !(5..=100).contains(&self.account_failures_in_a_row) {
            problems.add(
                "[throttle] account_failures_in_a_row",
                "outside 5 to 100",
                "100 is the standard's maximum",
            );
        }
    }
}
