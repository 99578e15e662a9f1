//! When a token of a client's counts.

use std::time::Duration;

use crypto::jose::VerifiedToken;
use kernel::clock::Timestamp;

/// How far a client's clock may be off. FAPI 2.0 wants 10 seconds to be borne and 60 not to be.
pub const SKEW: Duration = Duration::from_secs(30);

/// NumericDates (RFC 7519), where they are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    pub exp: Option<Timestamp>,
    pub nbf: Option<Timestamp>,
    pub iat: Option<Timestamp>,
}

impl Dates {
    /// None: one of them is not a date.
    pub fn of(token: &VerifiedToken) -> Option<Self> {
        let date = |claim: &str| match token.claims.contains_key(claim) {
            true => token.seconds(claim).map(Timestamp::from_seconds).map(Some),
            false => Some(None),
        };
        Some(Self {
            exp: date("exp")?,
            nbf: date("nbf")?,
            iat: date("iat")?,
        })
    }

    /// Neither over, nor of the future.
    pub fn hold(&self, now: Timestamp) -> bool {
        let begun = |date: Option<Timestamp>| date.is_none_or(|date| date <= now.plus(SKEW));
        self.exp.is_none_or(|exp| now < exp.plus(SKEW)) && begun(self.nbf) && begun(self.iat)
    }
}
