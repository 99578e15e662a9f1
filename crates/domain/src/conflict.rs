//! A line of an import that contradicts what is stored of its record: somebody decides, no program.

use std::str::FromStr;

use serde::Serialize;

use crate::unknown_state::UnknownState;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// The record is an account's own file, and the LIS files it under another identifier now: parted or merged.
    OtherIdentifier,
    /// It is an account's own file, and birth date or names are another person's.
    OtherPerson,
    /// Nobody's own file yet: its identifier is an account's, whose birth date or names are another person's.
    NotJoined,
    /// The account is on a leaked list, and the line has another e-mail address.
    Contact,
}

impl Conflict {
    pub const ALL: [Self; 4] = [Self::OtherIdentifier, Self::OtherPerson, Self::NotJoined, Self::Contact];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OtherIdentifier => "other-identifier",
            Self::OtherPerson => "other-person",
            Self::NotJoined => "not-joined",
            Self::Contact => "contact",
        }
    }

    /// Whether nobody reads the record, and nobody is given a lab code for it, until it is decided.
    pub const fn stops_reading(self) -> bool {
        !matches!(self, Self::Contact)
    }
}

impl FromStr for Conflict {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL
            .into_iter()
            .find(|conflict| conflict.as_str() == text)
            .ok_or(UnknownState)
    }
}

/// What somebody decided about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Correction {
    Kept,
    Detached,
    Moved,
    Merged,
    /// A merge was undone.
    Parted,
}
