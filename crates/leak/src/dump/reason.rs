//! Why a record of a list was left out.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    TooFewColumns,
    TooManyColumns,
    UnclosedQuote,
    LineTooLong,
    NoIdentifier,
    DamagedNumber,
    NotAnIdentifier,
    Undecodable,
    NotJson,
    NoSeparator,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooFewColumns => "fewer columns than the mapped ones",
            Self::TooManyColumns => "more columns than the others: there is a delimiter inside a field",
            Self::UnclosedQuote => "a quote is not closed",
            Self::LineTooLong => "longer than a line can be",
            Self::NoIdentifier => "no identifier",
            Self::DamagedNumber => "the identifier was destroyed by a spreadsheet",
            Self::NotAnIdentifier => "the identifier is too long, or not text",
            Self::Undecodable => "half a character in the identifier",
            Self::NotJson => "not a JSON object",
            Self::NoSeparator => "nothing separates identifier and password",
        })
    }
}
