//! Passwords as a LIS kept them. What it kept is wrapped in Argon2id as it is, and made again from a typed password to
//! be compared: the LIS's own digest is never stored, and never enough.

use std::str::FromStr;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use bcrypt::HashParts;
use data_encoding::{BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use encoding_rs::WINDOWS_1252;
use md5::{Digest, Md5};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Dearer ones would keep a processor busy for seconds at one sign-in.
const DEAREST_BCRYPT: u32 = 14;
const LONGEST_CLEAR: usize = 4_096;

/// Bytes of a password or of its digest, wiped when dropped.
pub type Secret = Zeroizing<Vec<u8>>;

/// How a LIS kept its passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// As it was typed.
    Clear,
    /// MD5 of the password alone.
    Md5,
    /// MD5 of the salt and then the password.
    Md5SaltFirst,
    /// MD5 of the password and then the salt.
    Md5SaltLast,
    /// SHA-1 of the password alone.
    Sha1,
    /// SHA-256 of the password alone.
    Sha256,
    /// bcrypt in its modular form, `$2a$`, `$2b$` or `$2y$`, cost 14 at most.
    Bcrypt,
}

impl Scheme {
    const ALL: [Self; 7] = [
        Self::Clear,
        Self::Md5,
        Self::Md5SaltFirst,
        Self::Md5SaltLast,
        Self::Sha1,
        Self::Sha256,
        Self::Bcrypt,
    ];

    /// As in the configuration of an import.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Md5 => "md5",
            Self::Md5SaltFirst => "md5-salt-first",
            Self::Md5SaltLast => "md5-salt-last",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Bcrypt => "bcrypt",
        }
    }

    /// Is a salt kept beside it, in a column of its own?
    pub const fn has_salt_column(self) -> bool {
        matches!(self, Self::Md5SaltFirst | Self::Md5SaltLast)
    }
}

impl FromStr for Scheme {
    type Err = UnknownScheme;

    fn from_str(text: &str) -> Result<Self, UnknownScheme> {
        Self::ALL
            .into_iter()
            .find(|scheme| scheme.as_str() == text)
            .ok_or(UnknownScheme)
    }
}

/// The text names no scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of clear, md5, md5-salt-first, md5-salt-last, sha1, sha256, bcrypt")]
pub struct UnknownScheme;

/// Why the value in a column cannot be wrapped. Never contains the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says in its message what it is")]
pub enum UnreadableLegacy {
    #[error("no password")]
    Empty,
    #[error("not a password of this kind")]
    OtherKind,
    #[error("no salt beside the password")]
    NoSalt,
    #[error("a NUL, where some programs end a password and others do not")]
    Nul,
    #[error("$2x$: made by a program that mixed passwords up")]
    MixedUp,
    #[error("too expensive to check")]
    TooDear,
}

/// What a LIS kept of one password.
pub struct StoredPassword {
    /// How it was kept.
    pub scheme: Scheme,
    /// To be wrapped: the clear text in NFC, the raw digest, or bcrypt's text in its one spelling.
    pub secret: Secret,
    /// What it takes besides the password to make it again.
    pub salt: Option<Secret>,
}

kernel::opaque!(StoredPassword);

impl StoredPassword {
    /// # Errors
    /// It cannot be what the scheme says, or would not be safe to check.
    pub fn read(scheme: Scheme, text: &str, salt: &str) -> Result<Self, UnreadableLegacy> {
        if text.trim().is_empty() {
            return Err(UnreadableLegacy::Empty);
        }
        let mut salted = None;
        let secret = match scheme {
            Scheme::Clear => clear(text)?,
            Scheme::Md5 => raw(text, 16)?,
            Scheme::Md5SaltFirst | Scheme::Md5SaltLast => {
                if salt.is_empty() {
                    return Err(UnreadableLegacy::NoSalt);
                }
                salted = Some(Zeroizing::new(salt.as_bytes().to_vec()));
                raw(text, 16)?
            }
            Scheme::Sha1 => raw(text, 20)?,
            Scheme::Sha256 => raw(text, 32)?,
            Scheme::Bcrypt => {
                let parts = bcrypt_parts(text.trim())?;
                let cost = u8::try_from(parts.get_cost()).map_err(|_| UnreadableLegacy::TooDear)?;
                salted = Some(Zeroizing::new([&[cost], parts.get_salt_raw().as_slice()].concat()));
                Zeroizing::new(parts.to_string().into_bytes())
            }
        };
        Ok(Self {
            scheme,
            secret,
            salt: salted,
        })
    }
}

fn clear(text: &str) -> Result<Secret, UnreadableLegacy> {
    if text.contains('\0') {
        return Err(UnreadableLegacy::Nul);
    }
    if text.len() > LONGEST_CLEAR {
        return Err(UnreadableLegacy::OtherKind);
    }
    Ok(composed(text))
}

/// NFC, as every password that is typed; never NFKC, which makes different passwords one.
fn composed(text: &str) -> Secret {
    Zeroizing::new(text.nfc().collect::<String>().into_bytes())
}

/// Hexadecimal or base64: their lengths tell them apart.
fn raw(text: &str, length: usize) -> Result<Secret, UnreadableLegacy> {
    let text = text.trim();
    let decoded = if text.len() == 2 * length {
        HEXLOWER_PERMISSIVE.decode(text.as_bytes())
    } else {
        BASE64_NOPAD.decode(text.trim_end_matches('=').as_bytes())
    };
    let decoded = Zeroizing::new(decoded.map_err(|_| UnreadableLegacy::OtherKind)?);
    if decoded.len() == length {
        Ok(decoded)
    } else {
        Err(UnreadableLegacy::OtherKind)
    }
}

/// `$2a$`, `$2b$` and `$2y$` are one algorithm under three names.
fn bcrypt_parts(text: &str) -> Result<HashParts, UnreadableLegacy> {
    if text.starts_with("$2x$") {
        return Err(UnreadableLegacy::MixedUp);
    }
    let parts = HashParts::from_str(text).map_err(|_| UnreadableLegacy::OtherKind)?;
    match parts.get_cost() {
        4..=DEAREST_BCRYPT => Ok(parts),
        0..4 => Err(UnreadableLegacy::OtherKind),
        _ => Err(UnreadableLegacy::TooDear),
    }
}

/// What the LIS may have kept of this password, likeliest first: it may have been typed in UTF-8 or in Windows-1252,
/// and nothing tells which. Takes as long as bcrypt does.
pub fn remade(scheme: Scheme, salt: Option<&[u8]>, typed: &str) -> Vec<Secret> {
    let utf8 = composed(typed);
    if scheme == Scheme::Clear {
        return vec![utf8];
    }
    let (windows, _, unmappable) = WINDOWS_1252.encode(std::str::from_utf8(&utf8).unwrap_or_default());
    let windows = Zeroizing::new(windows.into_owned());
    let mut forms = vec![utf8];
    if !unmappable && !forms.contains(&windows) {
        forms.push(windows);
    }
    forms.iter().filter_map(|form| made(scheme, salt, form)).collect()
}

/// None: the LIS cannot have made anything of this password.
fn made(scheme: Scheme, salt: Option<&[u8]>, password: &[u8]) -> Option<Secret> {
    let md5 = |parts: [&[u8]; 2]| Md5::digest(Zeroizing::new(parts.concat()).as_slice()).to_vec();
    let digest = match scheme {
        Scheme::Clear => password.to_vec(),
        Scheme::Md5 => md5([password, &[]]),
        Scheme::Md5SaltFirst => md5([salt?, password]),
        Scheme::Md5SaltLast => md5([password, salt?]),
        Scheme::Sha1 => digest(&SHA1_FOR_LEGACY_USE_ONLY, password).as_ref().to_vec(),
        Scheme::Sha256 => digest(&SHA256, password).as_ref().to_vec(),
        Scheme::Bcrypt => {
            let (cost, salt) = salt?.split_first()?;
            let salt = salt.try_into().ok()?;
            if password.contains(&0) || u32::from(*cost) > DEAREST_BCRYPT {
                return None;
            }
            // Longer than what bcrypt reads is refused: the rest would count for nothing.
            let parts = bcrypt::non_truncating_hash_with_salt(password, u32::from(*cost), salt).ok()?;
            parts.to_string().into_bytes()
        }
    };
    Some(Zeroizing::new(digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opens(scheme: Scheme, text: &str, salt: &str, typed: &str) -> bool {
        let kept = StoredPassword::read(scheme, text, salt).unwrap();
        let salt = kept.salt.as_ref().map(|salt| salt.as_slice());
        remade(scheme, salt, typed).contains(&kept.secret)
    }

    /// Each made by another program: md5sum, sha1sum, sha256sum, crypt(3).
    #[test]
    fn what_a_lis_kept_is_made_again() {
        const BCRYPT: &str = "$04$abcdefghijklmnopqrstuuAf2LrJEMBWL5kvlFLvVo0CcumXBJIBC";
        for (scheme, salt, text) in [
            (Scheme::Clear, "", "soleil"),
            (Scheme::Md5, "", "23206deb7eba65b3fbc80a2ffbc53c28"),
            (Scheme::Md5, "", " 23206DEB7EBA65B3FBC80A2FFBC53C28 "),
            (Scheme::Md5, "", "IyBt6366ZbP7yAov+8U8KA=="),
            (Scheme::Md5, "", "IyBt6366ZbP7yAov+8U8KA"),
            (Scheme::Md5SaltFirst, "sel", "872599e5e0c9cd979eb1457a4952e12f"),
            (Scheme::Md5SaltLast, "sel", "03a00110f9c8010f383e19618ccd4b65"),
            (Scheme::Sha1, "", "45c8586a626ddabd233951066138d0efa7f4eb9d"),
            (Scheme::Sha1, "", "RchYamJt2r0jOVEGYTjQ76f0650="),
            (Scheme::Sha256, "", "6T4kwbh3oV315KjLsg81G4kbdQd5z16PuZEZpxQtic8="),
            (Scheme::Bcrypt, "", &format!("$2b{BCRYPT}")),
            (Scheme::Bcrypt, "", &format!("$2y{BCRYPT}")),
            (Scheme::Bcrypt, "", &format!("$2a{BCRYPT}")),
        ] {
            assert!(opens(scheme, text, salt, "soleil"), "{text}");
            assert!(!opens(scheme, text, salt, "soleil1"), "{text}");
            assert!(
                scheme == Scheme::Clear || !opens(scheme, text, salt, text),
                "R-17: this is not a password that the LIS could have stored: {text}"
            );
            assert_eq!(scheme.as_str().parse::<Scheme>().unwrap(), scheme);
        }
    }

    #[test]
    fn the_charset_of_the_lis_is_found_and_compatibility_forms_stay_apart() {
        let (utf8, windows) = ("deaf6a1e9612a4d8c221e68ee23d58d2", "70b06e3087350c8c4fc3f13e741879f3");
        for typed in ["été", "e\u{301}te\u{301}"] {
            assert!(opens(Scheme::Md5, utf8, "", typed) && opens(Scheme::Md5, windows, "", typed));
            assert!(opens(Scheme::Clear, "e\u{301}te\u{301}", "", typed));
        }
        assert!(opens(Scheme::Md5, "c8e2ac2a4df90bca5b6ba93a914d2277", "", "été€"));
        assert!(
            !opens(Scheme::Clear, "ﬁn", "", "fin"),
            "NFKC would take one for the other"
        );
    }

    #[test]
    fn what_is_not_safe_to_wrap_is_refused_with_the_reason() {
        use UnreadableLegacy::{Empty, MixedUp, NoSalt, Nul, OtherKind, TooDear};
        const TAIL: &str = "$abcdefghijklmnopqrstuuAf2LrJEMBWL5kvlFLvVo0CcumXBJIBC";
        for (scheme, text, reason) in [
            (Scheme::Clear, " ", Empty),
            (Scheme::Clear, "so\0leil", Nul),
            (Scheme::Md5, "soleil", OtherKind),
            (Scheme::Md5, "45c8586a626ddabd233951066138d0efa7f4eb9d", OtherKind),
            (Scheme::Md5SaltLast, "03a00110f9c8010f383e19618ccd4b65", NoSalt),
            (Scheme::Sha1, "IyBt6366ZbP7yAov+8U8KA==", OtherKind),
            (Scheme::Bcrypt, &format!("$2x$04{TAIL}"), MixedUp),
            (Scheme::Bcrypt, &format!("$2b$31{TAIL}"), TooDear),
            (Scheme::Bcrypt, &format!("$2b$03{TAIL}"), OtherKind),
            (Scheme::Bcrypt, &format!("$2c$04{TAIL}"), OtherKind),
        ] {
            assert_eq!(StoredPassword::read(scheme, text, "").unwrap_err(), reason, "{text}");
        }
    }

    #[test]
    fn bcrypt_reads_no_password_in_part() {
        let kept = StoredPassword::read(
            Scheme::Bcrypt,
            "$2b$04$abcdefghijklmnopqrstuuAf2LrJEMBWL5kvlFLvVo0CcumXBJIBC",
            "",
        );
        let salt = kept.unwrap().salt.unwrap();
        let ways = |typed: &str| remade(Scheme::Bcrypt, Some(&salt), typed).len();
        assert_eq!(ways("soleil"), 1);
        assert_eq!(
            (ways("soleil\0x"), ways(&"a".repeat(71)), ways(&"a".repeat(72))),
            (0, 1, 0)
        );
    }
}
