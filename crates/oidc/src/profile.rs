//! Two sets of rules for what clients sign.

use crypto::jose::Algorithm;
use domain::client::Policy;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    OpenId,
    /// FAPI 2.0 Security Profile.
    Fapi,
}

impl Profile {
    /// A client held to pushed requests and bound tokens is held to all of FAPI 2.0.
    pub fn of(policy: &Policy) -> Self {
        match policy.pushed_requests_only && policy.bound_tokens_only {
            true => Self::Fapi,
            false => Self::OpenId,
        }
    }

    pub const fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Self::OpenId => &Algorithm::CLIENTS,
            Self::Fapi => &Algorithm::FAPI,
        }
    }
}
