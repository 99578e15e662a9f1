//! A leak, and what it means for one account. Nothing is written into accounts: what an account must do follows from
//! the lists it is on, its password's age and the clock, so a campaign takes effect on millions at once and can be
//! undone.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::Serialize;

use crate::unknown_state::UnknownState;
use kernel::clock::Timestamp;

/// Counted from 1 over the whole installation, so that it can be said on the telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct LeakId(i64);

impl LeakId {
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    pub const fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for LeakId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for LeakId {
    type Err = MalformedLeakId;

    fn from_str(text: &str) -> Result<Self, MalformedLeakId> {
        let number: i64 = text.parse().map_err(|_| MalformedLeakId)?;
        if number < 1 {
            return Err(MalformedLeakId);
        }
        Ok(Self(number))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a leak's number: 1, 2, 3…")]
pub struct MalformedLeakId;

/// Words that are stored and shown to machines.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl FromStr for $name {
            type Err = UnknownState;

            fn from_str(text: &str) -> Result<Self, UnknownState> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text).ok_or(UnknownState)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

/// The state of a leak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeakState {
    /// The list is being read; a kill leaves it here, and the same command continues.
    Reading,
    /// Read and matched: what would happen is known, nothing has.
    Drafted,
    /// One person wants it applied, a second has to agree.
    Awaiting,
    /// In effect.
    Applied,
    /// In effect, and nothing more is to be done about it.
    Closed,
    /// Was no leak: nothing follows from it any more.
    Undone,
    /// No list yet: a canary was touched.
    Suspected,
}

words!(LeakState {
    Reading = "reading",
    Drafted = "drafted",
    Awaiting = "awaiting-approval",
    Applied = "applied",
    Closed = "closed",
    Undone = "undone",
    Suspected = "suspected",
});

/// What an operator wants done to a leak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// The list is read and matched.
    Draft,
    /// In effect once a second person approves.
    Request,
    /// In effect now.
    Apply,
    Undo,
    Close,
}

pub(super) use words;

impl LeakState {
    /// None: this cannot be done to a leak in this state.
    pub fn after(self, wanted: Move) -> Option<Self> {
        Some(match (self, wanted) {
            (Self::Reading, Move::Draft) => Self::Drafted,
            (Self::Drafted, Move::Request) => Self::Awaiting,
            (Self::Drafted | Self::Awaiting, Move::Apply) => Self::Applied,
            (Self::Reading | Self::Drafted | Self::Awaiting | Self::Applied | Self::Suspected, Move::Undo) => {
                Self::Undone
            }
            (Self::Applied | Self::Suspected, Move::Close) => Self::Closed,
            _ => return None,
        })
    }

    /// Whether accounts feel it.
    pub const fn is_in_effect(self) -> bool {
        matches!(self, Self::Applied | Self::Closed)
    }
}

/// What a leak in effect requires of an account on its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Listed with a password, and a second factor is there: a new password at the next sign-in.
    Rotate,
    /// Listed with a password and without a second factor: the old password no longer works, a lab code is needed.
    Disable,
    /// Listed without a password.
    Tell,
}

words!(Effect {
    Rotate = "rotate",
    Disable = "disable",
    Tell = "tell",
});

impl Effect {
    pub const fn of(with_password: bool, has_second_factor: bool) -> Self {
        match (with_password, has_second_factor) {
            (true, true) => Self::Rotate,
            (true, false) => Self::Disable,
            (false, _) => Self::Tell,
        }
    }
}

/// An account on a list that is in effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    pub leak: LeakId,
    pub effect: Effect,
    /// When the list began to be read: a password set later cannot be the one in it.
    pub began_at: Timestamp,
    pub effective_at: Timestamp,
}

impl Listing {
    /// Whether the account's password may still be the one that circulates.
    fn concerns(&self, password_set_at: Option<Timestamp>) -> bool {
        password_set_at.is_none_or(|set_at| set_at <= self.began_at)
    }
}

/// What an account may do with the password it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Free,
    /// A complete sign-in is held until the password is a new one.
    RotationRequired {
        /// From then on the password is disabled.
        until: Timestamp,
    },
    /// Nothing that was in a list opens this account.
    PasswordDisabled,
}

/// `password_set_at` is `None` if there is no password; `within` is the time given to rotate.
pub fn standing(
    listings: &[Listing],
    password_set_at: Option<Timestamp>,
    within: Duration,
    now: Timestamp,
) -> Standing {
    let concerning = listings.iter().filter(|listing| listing.concerns(password_set_at));
    let of_one = |listing: &Listing| match listing.effect {
        Effect::Tell => Standing::Free,
        Effect::Disable => Standing::PasswordDisabled,
        Effect::Rotate => {
            let until = listing.effective_at.plus(within);
            if now < until {
                Standing::RotationRequired { until }
            } else {
                Standing::PasswordDisabled
            }
        }
    };
    concerning.map(of_one).fold(Standing::Free, stricter)
}

/// Of two deadlines the earlier one holds.
fn stricter(left: Standing, right: Standing) -> Standing {
    match (left, right) {
        (Standing::RotationRequired { until: one }, Standing::RotationRequired { until: other }) => {
            Standing::RotationRequired { until: one.min(other) }
        }
        (left, right) => left.max(right),
    }
}

/// Until when the contacts of an account cannot be changed: anyone with the list may try to redirect its messages.
pub fn contacts_frozen_until(listings: &[Listing], freeze: Duration, now: Timestamp) -> Option<Timestamp> {
    let ends = listings.iter().map(|listing| listing.effective_at.plus(freeze));
    ends.max().filter(|end| *end > now)
}

/// How far one account of a leak has come, as the report counts it. It follows from the standing; it decides nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Listed,
    RotationRequired,
    Disabled,
    /// Listed without a password: there is nothing to change.
    NothingToChange,
    /// A new password was set, before or after the list was applied.
    Rotated,
    /// Back by a lab code, with everything new.
    ReEnrolled,
}

words!(Progress {
    Listed = "listed",
    RotationRequired = "rotation-required",
    Disabled = "disabled",
    NothingToChange = "nothing-to-change",
    Rotated = "rotated",
    ReEnrolled = "re-enrolled",
});

impl Progress {
    /// The leak came into effect.
    pub const fn settled(effect: Effect, password_is_newer: bool) -> Self {
        match effect {
            Effect::Tell => Self::NothingToChange,
            _ if password_is_newer => Self::Rotated,
            Effect::Rotate => Self::RotationRequired,
            Effect::Disable => Self::Disabled,
        }
    }

    /// The time to rotate is over.
    pub const fn expired(self) -> Self {
        match self {
            Self::RotationRequired => Self::Disabled,
            other => other,
        }
    }

    /// A new password was set.
    pub const fn with_new_password(self, by_enrolment: bool) -> Self {
        match self {
            Self::NothingToChange => Self::NothingToChange,
            _ if by_enrolment => Self::ReEnrolled,
            Self::ReEnrolled => Self::ReEnrolled,
            _ => Self::Rotated,
        }
    }
}

/// What the second pass over the list has shown of an account's password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A password of the list opened the account: confirmed reuse.
    Confirmed,
    /// None of them did.
    ListedOnly,
}

words!(Verdict {
    Confirmed = "confirmed",
    ListedOnly = "listed-only",
});

/// An incident: one list.
#[derive(Clone, Debug)]
pub struct Leak {
    pub id: LeakId,
    pub state: LeakState,
    pub source: String,
    /// As the operator gave it; empty where the columns were recognised.
    pub mapping: String,
    /// JSON; empty while the list is being read.
    pub census: String,
    pub aware_at: Timestamp,
    pub began_at: Timestamp,
    pub requested_by: Option<String>,
    pub effective_at: Option<Timestamp>,
    /// Every account's part is in the trail, and everyone's message is in the outbox.
    pub settled_at: Option<Timestamp>,
    /// Passwords that were not rotated are disabled.
    pub expired_at: Option<Timestamp>,
    pub verified_at: Option<Timestamp>,
    /// Closed or undone.
    pub ended_at: Option<Timestamp>,
}
