//! An account and the facts that decide where its sign-in ends.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ending::Generation;
use crate::leak::Standing;
use crate::unknown_state::UnknownState;
use kernel::ids::AccountId;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountState {
    /// Imported; waits for a lab code to be used.
    Waiting,
    Active,
    /// The lab stopped it, for now.
    Suspended,
    Disabled,
}

impl AccountState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Disabled => "disabled",
        }
    }

    /// Whether a lab code or a mailed link may begin and end an enrolment.
    pub const fn may_enrol(self) -> bool {
        matches!(self, Self::Waiting | Self::Active)
    }
}

impl FromStr for AccountState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        [Self::Waiting, Self::Active, Self::Suspended, Self::Disabled]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(UnknownState)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Account {
    pub id: AccountId,
    pub state: AccountState,
    pub generation: Generation,
}

/// Why a complete sign-in may not continue before its password is a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldReason {
    /// The account is on a list that the lab imported.
    Listed,
    /// It is on such a list, and the time to change the password is over: that password no longer works.
    Disabled,
    /// Many people's breached passwords are this one; the account need not be on any list.
    KnownPassword,
    /// An operator's password is older than the configuration allows.
    Aged,
    /// No password was shown: the code and a recovery code were.
    Forgotten,
}

impl HoldReason {
    /// None: nothing that is known of lists keeps the account from going on.
    pub const fn of(standing: Standing) -> Option<Self> {
        match standing {
            Standing::Free => None,
            Standing::RotationRequired { .. } => Some(Self::Listed),
            Standing::PasswordDisabled => Some(Self::Disabled),
        }
    }

    /// A list that came into effect meanwhile asks for more, never for less.
    #[must_use]
    pub const fn tightened(self, listed: Option<Self>) -> Self {
        match (self, listed) {
            (_, Some(Self::Disabled)) => Self::Disabled,
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_state_reads_back_as_what_it_was() {
        for (state, word) in [
            (AccountState::Waiting, "waiting"),
            (AccountState::Active, "active"),
            (AccountState::Disabled, "disabled"),
        ] {
            assert_eq!((state.as_str(), word.parse()), (word, Ok(state)));
        }
        assert_eq!("closed".parse::<AccountState>(), Err(UnknownState));
    }
}
