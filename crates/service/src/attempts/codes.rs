//! What has to be typed as a code: one of the authenticator, or two of it in a row while the lab is under siege and the
//! browser is not a trusted device. Two steps are accepted at any time, so one code is guessed with 2 in 10^6, and two
//! in a row with 2 in 10^12.

use secrecy::{ExposeSecret, SecretString};

use crate::Core;
use crypto::blind_index::BlindIndex;
use crypto::human_code::HumanCode;
use crypto::totp::{Seed, StepMatched, reads_as_code};
use kernel::clock::Timestamp;
use kernel::ids::LabId;
use store::account::accounts::ForSignIn;

/// Codes as they were typed; what they are worth follows from the seed alone.
#[derive(Clone, Copy, Debug)]
pub struct Codes<'a> {
    code: &'a SecretString,
    /// The one that the app shows after it.
    next: Option<&'a SecretString>,
}

impl<'a> Codes<'a> {
    pub fn one(code: &'a SecretString) -> Self {
        Self { code, next: None }
    }

    /// `next`: empty where only one was required.
    pub fn two(code: &'a SecretString, next: &'a SecretString) -> Self {
        let next = Some(next).filter(|next| !next.expose_secret().trim().is_empty());
        Self { code, next }
    }

    /// The one that every door takes.
    pub fn first(&self) -> &'a SecretString {
        self.code
    }

    /// Whether this is enough to be looked at from a browser that is not a trusted device. Neither the database nor a
    /// key is asked, so the answer is the same for every identifier. `takes_recovery`: whether a recovery code may
    /// stand in for a code, or has a field of its own.
    pub fn are_enough(&self, core: &Core, lab: &LabId, takes_recovery: bool) -> bool {
        !core.is_besieged(lab) || self.are_two() || (takes_recovery && self.recovery().is_some())
    }

    fn are_two(&self) -> bool {
        let next = self.next.is_some_and(|next| reads_as_code(next.expose_secret()));
        reads_as_code(self.code.expose_secret()) && next
    }

    /// What reads as a recovery code.
    pub fn recovery(&self) -> Option<HumanCode> {
        HumanCode::parse(self.code.expose_secret())
    }

    /// If two were typed both are checked, siege or not: it may have ended meanwhile.
    fn check(&self, seed: &Seed, now: Timestamp) -> Option<StepMatched> {
        let code = self.code.expose_secret();
        match self.next {
            None => seed.check(code, now),
            Some(next) => seed.check_in_a_row(code, next.expose_secret(), now),
        }
    }
}

/// The step of the account's authenticator that the codes belong to. If there is no account, or no authenticator, the
/// same work is done on a decoy, and the result must not be used.
pub fn check_step(
    core: &Core,
    lab: &LabId,
    identifier: &BlindIndex,
    found: Option<&ForSignIn>,
    codes: Codes<'_>,
) -> Option<StepMatched> {
    let authenticator = found.and_then(|found| found.authenticator.as_ref());
    let seed = authenticator.map_or_else(
        || Seed::decoy(&core.keyring, lab, identifier.as_bytes()),
        |authenticator| authenticator.seed.clone(),
    );
    let matched = codes.check(&seed, core.now());
    matched.filter(|_| authenticator.is_some())
}
