//! From a password to the keys it may stand under.

use std::str::FromStr;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use md4::{Digest as _, Md4};
use unicode_normalization::{UnicodeNormalization, is_nfc};
use zeroize::Zeroizing;

/// How the published lists are hashed. The hashes protect nothing here: they name entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Of the bytes as they stand.
    Sha1,
    /// MD4 of UTF-16LE.
    Ntlm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither sha1 nor ntlm")]
pub struct UnknownAlgorithm;

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        let known = [Self::Sha1, Self::Ntlm];
        known
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
            .ok_or(UnknownAlgorithm)
    }
}

/// The first 64 bits of a hash: the key of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub u64);

impl Algorithm {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Ntlm => "ntlm",
        }
    }

    /// Of a whole hash, as it is written in lists.
    pub const fn hex_digits(self) -> usize {
        match self {
            Self::Sha1 => 40,
            Self::Ntlm => 32,
        }
    }

    /// Of one line of a plain list, whatever its encoding.
    pub fn digest(self, line: &[u8]) -> Digest {
        match self {
            Self::Sha1 => first_bits(digest(&SHA1_FOR_LEGACY_USE_ONLY, line).as_ref()),
            Self::Ntlm => match std::str::from_utf8(line) {
                Ok(text) => ntlm(text.chars()),
                Err(_) => ntlm(line.iter().copied().map(char::from)),
            },
        }
    }

    /// As typed, in NFC and, where it can be written so, in Latin-1: lists hold what each broken site had stored.
    pub fn keys(self, typed: &str) -> Vec<Digest> {
        let mut keys = vec![self.digest(typed.as_bytes())];
        let mut add = |key| {
            if !keys.contains(&key) {
                keys.push(key);
            }
        };
        if typed.is_ascii() {
            return keys;
        }
        let nfc: Zeroizing<String> = Zeroizing::new(typed.nfc().collect());
        if !is_nfc(typed) {
            add(self.digest(nfc.as_bytes()));
        }
        let latin: Option<Vec<u8>> = nfc.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
        if let (Self::Sha1, Some(latin)) = (self, latin) {
            add(self.digest(&Zeroizing::new(latin)));
        }
        keys
    }
}

fn ntlm(characters: impl Iterator<Item = char>) -> Digest {
    let mut hash = Md4::new();
    let mut units = Zeroizing::new([0_u16; 2]);
    for character in characters {
        for unit in character.encode_utf16(&mut *units) {
            hash.update(unit.to_le_bytes());
        }
    }
    first_bits(&hash.finalize())
}

fn first_bits(hash: &[u8]) -> Digest {
    Digest(hash.first_chunk().map_or(0, |first| u64::from_be_bytes(*first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_published_lists() {
        // SHA-1 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8, NTLM 8846F7EAEE8FB117AD06BDD830B7586C: "password".
        assert_eq!(Algorithm::Sha1.keys("password"), [Digest(0x5BAA_61E4_C9B9_3F3F)]);
        assert_eq!(Algorithm::Ntlm.keys("password"), [Digest(0x8846_F7EA_EE8F_B117)]);
    }

    #[test]
    fn one_password_is_looked_for_in_each_form_it_may_have_been_stored_in() {
        let decomposed = "e\u{301}te\u{301}1234";
        let sha1 = Algorithm::Sha1;
        let keys = sha1.keys(decomposed);
        assert_eq!(keys.len(), 3);
        for stored in [decomposed.as_bytes(), "été1234".as_bytes(), b"\xe9t\xe91234"] {
            assert!(keys.contains(&sha1.digest(stored)), "{stored:?}");
        }
        assert_eq!(sha1.keys("été1234").len(), 2);
        assert_eq!(sha1.keys("лето1234").len(), 1, "no Latin-1 form");
        assert_eq!(Algorithm::Ntlm.keys(decomposed).len(), 2, "UTF-16 has no Latin-1 form");
        assert_eq!(
            Algorithm::Ntlm.digest(b"\xe9t\xe9"),
            Algorithm::Ntlm.digest("été".as_bytes())
        );
    }
}
