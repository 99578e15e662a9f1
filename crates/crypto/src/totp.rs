//! Time-based one-time passwords (RFC 6238): 160-bit seeds, SHA-1, 6 digits, 30 seconds, current and previous step
//! only.

use totp_rs::{Algorithm, Builder, Totp, TotpError};
use zeroize::Zeroizing;

use super::keyring::{Keyring, Purpose};
use kernel::clock::Timestamp;
use kernel::entropy::{Entropy, random};
use kernel::ids::LabId;
use kernel::typed::letters_and_digits;

/// Bytes: the 160 bits that RFC 4226 (4, R6) recommends.
pub const SEED_LENGTH: usize = 20;
const STEP_SECONDS: u64 = 30;
const DIGITS: u8 = 6;

/// What an authenticator and we share. Wiped when dropped.
#[derive(Clone)]
pub struct Seed(Zeroizing<[u8; SEED_LENGTH]>);

/// Thirty-second steps since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(i64);

impl Step {
    /// As the database has it.
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// For the database.
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// Proof that a code was right for a seed at a time. Only [`Seed::check`] and [`Seed::check_in_a_row`] make one.
#[derive(Debug)]
pub struct StepMatched {
    step: Step,
}

impl StepMatched {
    /// The step whose code was typed: it and those before it are used up.
    pub fn step(&self) -> Step {
        self.step
    }
}

impl Seed {
    /// A new one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Zeroizing::new(random(entropy)))
    }

    /// `None`: it has another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// What an unknown identifier is checked against: always the same for the same identifier, and known to no one.
    pub fn decoy(keyring: &Keyring, lab: &LabId, identifier_index: &[u8]) -> Self {
        let key = keyring.lookup_key(Purpose::Decoy, &[lab.as_str()]);
        let tag = Zeroizing::new(super::mac(&key, &[identifier_index]));
        let mut seed = Zeroizing::new([0; SEED_LENGTH]);
        for (slot, byte) in seed.iter_mut().zip(tag.iter()) {
            *slot = *byte;
        }
        Self(seed)
    }

    /// To be sealed.
    pub fn as_bytes(&self) -> &[u8] {
        &*self.0
    }

    /// The text a person types into an authenticator.
    pub fn base32(&self) -> Zeroizing<String> {
        Zeroizing::new(data_encoding::BASE32_NOPAD.encode(&*self.0))
    }

    /// `otpauth://` address for the QR code.
    ///
    /// # Errors
    /// The names hold a character that the format reserves.
    pub fn otpauth(&self, issuer: &str, account: &str) -> Result<Zeroizing<String>, TotpError> {
        let plain = |text: &str| text.replace(':', " ");
        let totp = self
            .builder()
            .with_issuer(Some(plain(issuer)))
            .with_account_name(plain(account))
            .build()?;
        totp.to_url().map(|url| Zeroizing::new(url.to_string()))
    }

    /// Code of this moment.
    pub fn code(&self, now: Timestamp) -> String {
        self.totp().generate(seconds(now)).to_string()
    }

    /// The step in which `typed` is right: the current one or the one before, never the next.
    pub fn check(&self, typed: &str, now: Timestamp) -> Option<StepMatched> {
        let typed = digits(typed)?;
        let totp = self.totp();
        let now = seconds(now);
        let current = totp.check(&typed, now);
        let previous = totp.check(&typed, now.saturating_sub(STEP_SECONDS));
        let step = i64::try_from(current.or(previous)?).ok()?;
        Some(StepMatched { step: Step(step) })
    }

    /// The step in which `second` is right, as in [`Seed::check`], if `first` is the code of the step just before it.
    /// All four comparisons are made, whatever comes of them.
    pub fn check_in_a_row(&self, first: &str, second: &str, now: Timestamp) -> Option<StepMatched> {
        let (first, second) = (digits(first)?, digits(second)?);
        let totp = self.totp();
        let now = seconds(now);
        let ago = |steps: u64| now.saturating_sub(steps * STEP_SECONDS);
        let current = (totp.check(&first, ago(1)), totp.check(&second, now));
        let previous = (totp.check(&first, ago(2)), totp.check(&second, ago(1)));
        let both = |(first, second): (Option<u64>, Option<u64>)| first.and(second);
        let step = i64::try_from(both(current).or(both(previous))?).ok()?;
        Some(StepMatched { step: Step(step) })
    }

    fn builder(&self) -> Builder {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_skew(0)
            .with_step_duration(STEP_SECONDS)
            .with_secret(self.0.to_vec())
    }

    fn totp(&self) -> Totp {
        self.builder().build_noncompliant()
    }
}

/// Whether a text has the form of a code.
pub fn reads_as_code(typed: &str) -> bool {
    digits(typed).is_some()
}

fn digits(typed: &str) -> Option<Zeroizing<String>> {
    let mut digits = Zeroizing::new(String::with_capacity(usize::from(DIGITS)));
    for c in letters_and_digits(typed) {
        if !c.is_ascii_digit() || digits.len() == usize::from(DIGITS) {
            return None;
        }
        digits.push(c);
    }
    (digits.len() == usize::from(DIGITS)).then_some(digits)
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.unix_seconds()).unwrap_or(0)
}

kernel::opaque!(Seed);

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1, last six of the eight digits given there.
    #[test]
    fn r22_the_codes_are_those_of_the_standard() {
        let seed = Seed::from_bytes(b"12345678901234567890").unwrap();
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(seed.code(Timestamp::from_seconds(time)), code);
        }
    }

    #[test]
    fn r22_only_the_current_and_the_previous_step_are_right() {
        let seed = Seed::from_bytes(b"12345678901234567890").unwrap();
        let at = Timestamp::from_seconds;
        let code = seed.code(at(3_000));
        assert_eq!(seed.check(&code, at(3_000)).unwrap().step().number(), 100);
        assert_eq!(seed.check(&code, at(3_059)).unwrap().step().number(), 100);
        assert!(
            seed.check(&code, at(2_999)).is_none(),
            "the next step is not accepted early"
        );
        assert!(seed.check(&code, at(3_060)).is_none());
        let (first, last) = code.split_at(3);
        let of_zero = |zero: u32| -> String {
            code.bytes()
                .filter_map(|digit| char::from_u32(zero + u32::from(digit - b'0')))
                .collect()
        };
        for typed in [
            format!("{first} {last}"),
            format!("{first}\u{a0}{last}\r\n"),
            format!("{first}\u{2013}{last}"),
            format!("{first}·{last}."),
            format!("\u{2068}{first}\u{200b}{last}\u{2069}"),
            of_zero(0x660),
            of_zero(0x966),
            of_zero(0xff10),
        ] {
            assert!(seed.check(&typed, at(3_000)).is_some(), "{typed}");
        }
        for typed in ["", "12345", "1234567", "abcdef", "x23456", "–", "..."] {
            assert!(seed.check(typed, at(3_000)).is_none(), "{typed}");
        }
    }

    #[test]
    fn two_codes_are_right_only_as_neighbours_in_their_order() {
        let seed = Seed::from_bytes(b"12345678901234567890").unwrap();
        let now = Timestamp::from_seconds(3_015);
        let code = |step: i64| seed.code(Timestamp::from_seconds(step * 30));
        let step = |first: i64, second: i64| {
            let matched = seed.check_in_a_row(&code(first), &code(second), now);
            matched.map(|matched| matched.step().number())
        };
        assert_eq!(step(99, 100), Some(100), "the current one and the one before");
        assert_eq!(step(98, 99), Some(99), "the previous one and the one before");
        for (first, second) in [
            (97, 98),
            (100, 101),
            (98, 100),
            (97, 99),
            (100, 99),
            (99, 98),
            (100, 100),
            (99, 99),
        ] {
            assert_eq!(step(first, second), None, "{first}, {second}");
        }
        assert!(seed.check_in_a_row(&code(99), "", now).is_none());
        assert!(seed.check_in_a_row("", &code(100), now).is_none());
        let spaced = format!(" {} {}", &code(100)[..3], &code(100)[3..]);
        assert!(seed.check_in_a_row(&code(99), &spaced, now).is_some());
    }

    #[test]
    fn the_address_for_the_qr_code_carries_the_secret_and_the_names() {
        let seed = Seed::from_bytes(b"12345678901234567890").unwrap();
        let url = seed.otpauth("Laboratoire: du Port", "P-1").unwrap();
        assert!(url.starts_with("otpauth://totp/"), "{}", *url);
        assert!(url.contains(&format!("secret={}", *seed.base32())));
    }
}
