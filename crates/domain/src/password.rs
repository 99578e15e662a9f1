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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_password_up_to_what_the_longest_one_takes_in_bytes() {
        let longest = MAX_CHARACTERS * 4;
        for (length, taken) in [(0, true), (longest - 1, true), (longest, true), (longest + 1, false)] {
            assert_eq!(Password::typed(&"a".repeat(length)).is_some(), taken, "{length}");
        }
    }

    #[test]
    fn r09_characters_are_counted_in_one_form_whatever_the_keyboard_sends() {
        let (one, two) = (
            Password::typed("\u{e9}te").unwrap(),
            Password::typed("e\u{301}te").unwrap(),
        );
        assert_eq!((one.expose(), one.characters()), (two.expose(), 3));
    }
}
