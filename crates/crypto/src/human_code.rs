//! Codes that people read from paper and type: lab codes and recovery codes.

use zeroize::Zeroizing;

use super::keyring::{Keyring, Purpose};
use kernel::entropy::{Entropy, random};
use kernel::ids::LabId;
use kernel::typed::{letters_and_digits, plain};

/// Crockford's alphabet: no I, L, O or U to mistake.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUP: usize = 4;

/// What a code is for: one never passes for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// Opens an enrolment; from the lab's sheet of paper.
    Lab,
    /// Stands in for a lost authenticator or password; its holder has a list of them.
    Recovery,
}

impl CodeKind {
    fn label(self) -> &'static str {
        match self {
            Self::Lab => "lab-code",
            Self::Recovery => "recovery-code",
        }
    }
}

/// Sixteen characters, 80 random bits.
pub struct HumanCode(Zeroizing<String>);

impl HumanCode {
    const LENGTH: usize = 16;
    /// Bytes, as typed: each character may come with others that are not seen.
    const LONGEST: usize = 400;

    /// A new one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let bytes = Zeroizing::new(random::<{ Self::LENGTH }>(entropy));
        let characters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31)));
        Self(Zeroizing::new(characters.map(|c| char::from(*c)).collect()))
    }

    /// Forgives case, whatever stands between the groups, the number of the line before them, and the letters that look
    /// like digits. None if it cannot be a code.
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > Self::LONGEST {
            return None;
        }
        Self::read(typed).or_else(|| Self::read(without_line_number(typed)?))
    }

    fn read(typed: &str) -> Option<Self> {
        let mut code = Zeroizing::new(String::with_capacity(Self::LENGTH));
        for c in letters_and_digits(typed) {
            let c = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if code.len() == Self::LENGTH || !u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte)) {
                return None;
            }
            code.push(c);
        }
        (code.len() == Self::LENGTH).then_some(Self(code))
    }

    /// In groups of four, as printed.
    pub fn grouped(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::new());
        for (index, c) in self.0.chars().enumerate() {
            if index > 0 && index % GROUP == 0 {
                text.push('-');
            }
            text.push(c);
        }
        text
    }

    /// None if `stored` was made of another code.
    pub fn check(&self, keyring: &Keyring, lab: &LabId, kind: CodeKind, stored: &[u8]) -> Option<CodeMatched> {
        let key = keyring.lookup_key(Purpose::HumanCode, &[lab.as_str(), kind.label()]);
        super::mac_matches(&key, &[self.0.as_bytes()], stored).then_some(CodeMatched(()))
    }

    /// What is stored: a MAC under the lab's key, so that a stolen database alone tests no guess.
    pub fn mac(&self, keyring: &Keyring, lab: &LabId, kind: CodeKind) -> [u8; 32] {
        let key = keyring.lookup_key(Purpose::HumanCode, &[lab.as_str(), kind.label()]);
        super::mac(&key, &[self.0.as_bytes()])
    }
}

/// `1. ` to `10. `, as in the printed list. It is no part of a group: something that is neither follows it.
fn without_line_number(typed: &str) -> Option<&str> {
    let mark = typed.find(['.', ')', ':', ' ', '\u{a0}', '\t'])?;
    let (number, rest) = typed.split_at(mark);
    let number: u8 = plain(number).collect::<String>().trim().parse().ok()?;
    (1..=10).contains(&number).then_some(rest)
}

/// Proof that a typed code is the stored one. Only [`HumanCode::check`] makes one.
#[derive(Debug)]
pub struct CodeMatched(());

kernel::opaque!(HumanCode);

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::entropy::SystemEntropy;

    #[test]
    fn r26_a_code_carries_64_bits_or_more_and_survives_a_human() {
        const { assert!(HumanCode::LENGTH * 5 >= 64) };
        let code = HumanCode::generate(&SystemEntropy);
        let spoken = code
            .grouped()
            .to_lowercase()
            .replace('-', " ")
            .replace('0', "o")
            .replace('1', "l");
        assert_eq!(HumanCode::parse(&spoken).unwrap().0, code.0);
        assert_eq!(code.grouped().len(), 19);
    }

    #[test]
    fn a_code_is_read_as_it_was_pasted() {
        let code = HumanCode::generate(&SystemEntropy);
        let printed = code.grouped();
        let wide: String = printed
            .bytes()
            .filter_map(|byte| char::from_u32(0xff00 + u32::from(byte) - 0x20))
            .collect();
        for typed in [
            printed.replace('-', ""),
            printed.replace('-', "\u{2014}"),
            printed.replace('-', "\u{200b}"),
            printed.replace('-', " · "),
            format!("\u{feff}{}\r\n", &*printed),
            format!("1. {}", &*printed),
            format!("10.\u{a0}{}", &*printed),
            format!("3) {}", &*printed),
            format!("\u{200e}2.\u{200e} {}", &*printed),
            wide,
        ] {
            assert_eq!(
                HumanCode::parse(&typed).map(|read| read.0),
                Some(code.0.clone()),
                "{typed}"
            );
        }
        for typed in [
            format!("11. {}", &*printed),
            format!("0. {}", &*printed),
            format!("1{}", &*printed),
        ] {
            assert!(HumanCode::parse(&typed).is_none(), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_a_code_is_none() {
        for typed in [
            "",
            "123456",
            "ABCD-EFGH",
            "ABCD-EFGH-JKMN-PQRÉ",
            "ABCD-EFGH-JKMN-PQR!",
            &"A".repeat(500),
        ] {
            assert!(HumanCode::parse(typed).is_none(), "{typed}");
        }
    }
}
