//! A password as typed, and the lengths we accept: 8 to 1,024 characters, Unicode NFC, nothing cut, nothing
//! required of its composition.

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

pub const MIN_CHARACTERS: usize = 8;
pub const MAX_CHARACTERS: usize = 1_024;

#[derive(Clone, Debug)]
pub struct Password(SecretString);

impl Password {
    /// None beyond what any stored password can be: such a text is refused without being hashed.
    pub fn typed(text: &str) -> Option<Self> {
        if text.len() > MAX_CHARACTERS * 4 {
            return None;
        }
        Some(Self(SecretString::from(text.nfc().collect::<String>())))
    }

    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub fn characters(&self) -> usize {
        self.expose().chars().count()
    }
}

/// Why a new password was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsuitable {
    TooShort,
    TooLong,
    Common,
    Guessable,
    Personal(Personal),
    SameAsBefore,
    /// It, or a small variation of it, is beside the person's identifier in a leaked list.
    Leaked,
}

/// What of the person's surroundings an attacker would try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Personal {
    Name,
    BirthDate,
    Identifier,
    LabName,
}
