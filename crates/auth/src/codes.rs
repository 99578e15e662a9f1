//! What has to be typed as a code: one of the authenticator, or two of it in a row while the lab is under siege and the
//! browser is no trusted device. Two steps are accepted at any time, so one code is guessed with 2 in 10^6, and two in a
//! row with 2 in 10^12.

use crypto::human_code::HumanCode;
use crypto::totp::{Seed, StepMatched, reads_as_code};
use kernel::clock::Timestamp;
use kernel::ids::LabId;
use service::Core;

/// Codes as they were typed; what they are worth follows from the seed alone.
#[derive(Clone, Copy)]
pub struct Codes<'a> {
    pub code: &'a str,
    /// The one that the app shows after it. Empty outside a siege.
    pub next: &'a str,
}

impl std::fmt::Debug for Codes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Codes(..)")
    }
}

impl Codes<'_> {
    /// Whether this is enough to be looked at from a browser that is no trusted device. Neither the database nor a key is
    /// asked, so the answer is the same for every identifier.
    pub fn are_enough(&self, core: &Core, lab: &LabId) -> bool {
        self.are_enough_beside_a_recovery_code(core, lab) || self.recovery().is_some()
    }

    /// As [`Codes::are_enough`], where the recovery code has a field of its own and does not stand in for a code.
    pub fn are_enough_beside_a_recovery_code(&self, core: &Core, lab: &LabId) -> bool {
        !core.is_besieged(lab) || self.are_two()
    }

    fn are_two(&self) -> bool {
        reads_as_code(self.code) && reads_as_code(self.next)
    }

    /// What reads as a recovery code.
    pub fn recovery(&self) -> Option<HumanCode> {
        HumanCode::parse(self.code)
    }

    /// Whoever typed two has both checked, siege or not: it may have ended meanwhile.
    pub fn check(&self, seed: &Seed, now: Timestamp) -> Option<StepMatched> {
        if self.next.trim().is_empty() {
            seed.check(self.code, now)
        } else {
            seed.check_in_a_row(self.code, self.next, now)
        }
    }
}
