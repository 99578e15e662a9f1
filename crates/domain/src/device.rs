//! A trusted device: a browser in which the holder of an account signed in completely. It opens nothing, but has
//! failures of its own, so that a stranger who hammers the identifier does not slow down the person at home.

use crate::backoff::Limits;
use kernel::clock::Timestamp;
use kernel::ids::DeviceId;

/// The most browsers that one account trusts; the one unused for longest makes room.
pub const MOST: usize = 20;

/// After this many failures in a row it counts as a stranger's: a stolen device cannot guess any further.
const FAILURES_IN_A_ROW: u32 = 10;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub id: DeviceId,
    /// What its owner is told about it.
    pub description: String,
    pub trusted_at: Timestamp,
    pub last_used_at: Timestamp,
}

/// The day's limit is that of the public bucket.
pub fn limits(public: Limits) -> Limits {
    Limits {
        failures_in_a_row: FAILURES_IN_A_ROW.min(public.failures_in_a_row),
        ..public
    }
}
