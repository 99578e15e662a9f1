//! An account and the facts that decide where its sign-in ends.

use std::str::FromStr;

use crate::kernel::clock::Timestamp;
use crate::kernel::ids::AccountId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// Imported; waits for a lab code to be used.
    Waiting,
    Active,
    Disabled,
}

impl AccountState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

impl FromStr for AccountState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        [Self::Waiting, Self::Active, Self::Disabled]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(UnknownState)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored state is not one this version knows")]
pub struct UnknownState;

#[derive(Clone, Copy, Debug)]
pub struct Account {
    pub id: AccountId,
    pub state: AccountState,
    /// Since when this account must choose a new password before anything else.
    pub rotation_required_at: Option<Timestamp>,
}

/// Why a complete sign-in may not go on yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldReason {
    RotatePassword,
}

impl Account {
    pub fn hold_reason(&self) -> Option<HoldReason> {
        self.rotation_required_at.map(|_| HoldReason::RotatePassword)
    }
}
