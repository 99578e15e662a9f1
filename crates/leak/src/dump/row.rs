//! What is taken from a record: who, and the password that circulates with it.

use encoding_rs::WINDOWS_1252;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use zeroize::Zeroizing;

use super::reason::Reason;
use super::{entities, kinds};
use domain::identifier::Identifier;
use domain::password::MAX_CHARACTERS;

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charset {
    Ascii,
    Utf8,
    Windows1252,
}

#[derive(Debug)]
pub struct Row {
    /// The line it begins in, counted from 1.
    pub line: u64,
    pub identifier: Identifier,
    /// None: listed without one.
    pub password: Option<LeakedPassword>,
    /// What stands in the password's place is a digest: somebody knows the password, or will.
    pub is_digest: bool,
    /// Of the fields that were read.
    pub charset: Charset,
}

/// A password that circulates. Wiped when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct LeakedPassword(Zeroizing<String>);

impl LeakedPassword {
    /// In NFC, with every space and sign that was in the list.
    pub fn as_found(&self) -> &str {
        &self.0
    }

    /// What the holder may have typed instead, most likely first: without the outer spaces; without character
    /// references; without the damage of an encoding misread.
    pub fn other_forms(&self) -> Vec<Zeroizing<String>> {
        let mut forms = Vec::new();
        // Nearly all of them.
        if self.0.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'&') {
            return forms;
        }
        let mut add = |form: Option<String>| {
            if let Some(form) = form.map(Zeroizing::new)
                && !form.is_empty()
                && form != self.0
                && !forms.contains(&form)
            {
                forms.push(form);
            }
        };
        add(Some(self.0.trim().to_owned()));
        add(entities::decode(&self.0).map(|text| text.nfc().collect()));
        add(read_as_windows_1252(&self.0).map(|text| text.nfc().collect()));
        forms
    }

    /// None for what cannot be the password of an account.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_CHARACTERS * 4 {
            return None;
        }
        let composed = if text.is_ascii() {
            text.to_owned()
        } else if text.contains('\u{fffd}') {
            return None;
        } else if is_nfc_quick(text.chars()) == IsNormalized::Yes {
            text.to_owned()
        } else {
            text.nfc().collect()
        };
        let composed = Zeroizing::new(composed);
        // No one types NUL: it is what fixed-width exports pad with.
        let typed = if memchr::memchr(0, composed.as_bytes()).is_some() {
            Zeroizing::new(composed.replace('\0', ""))
        } else {
            composed
        };
        (!typed.is_empty()).then_some(Self(typed))
    }
}

kernel::opaque!(LeakedPassword);

/// `Ã©` back to `é`.
fn read_as_windows_1252(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let (bytes, _, unmappable) = WINDOWS_1252.encode(text);
    if unmappable {
        return None;
    }
    String::from_utf8(bytes.into_owned()).ok()
}

/// Why the password of a row was not taken, though the row was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MissingPassword {
    Nothing,
    Unusable,
}

/// # Errors
/// No person can be recognised by this text.
pub(super) fn identifier(text: &str) -> Result<Identifier, Reason> {
    // Nearly all of them: nothing to look at twice.
    if !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() && byte | 0x20 != b'e' || byte == b'-')
    {
        return if text == "NULL" {
            Err(Reason::NoIdentifier)
        } else {
            Identifier::parse(text).ok_or(Reason::NotAnIdentifier)
        };
    }
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}');
    if trimmed.is_empty() || matches!(trimmed, "\\N" | "NULL") {
        return Err(Reason::NoIdentifier);
    }
    let trimmed = unwrapped(trimmed);
    if kinds::is_damaged(trimmed) {
        return Err(Reason::DamagedNumber);
    }
    if trimmed.contains('\u{fffd}') {
        return Err(Reason::Undecodable);
    }
    let decoded = if trimmed.contains('&') {
        entities::decode(trimmed)
    } else {
        None
    };
    Identifier::parse(decoded.as_deref().unwrap_or(trimmed)).ok_or(Reason::NotAnIdentifier)
}

/// Without what exports write around a text so that it stays one: `="007"`, `'007`, `<mailto:a@b.fr>`.
fn unwrapped(text: &str) -> &str {
    let formula = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let text = formula.unwrap_or(text).trim();
    let text = text.strip_prefix('\'').unwrap_or(text);
    let text = text
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .unwrap_or(text);
    match text.split_at_checked("mailto:".len()) {
        Some((scheme, address)) if scheme.eq_ignore_ascii_case("mailto:") => address,
        _ => text,
    }
}

/// With whether it is a digest.
///
/// # Errors
/// The password is left out, and why.
pub(super) fn password(text: &str) -> Result<(LeakedPassword, bool), MissingPassword> {
    let bare = text.trim();
    if bare.is_empty() || matches!(bare, "\\N" | "NULL") {
        return Err(MissingPassword::Nothing);
    }
    let password = LeakedPassword::read(text).ok_or(MissingPassword::Unusable)?;
    Ok((password, kinds::is_hash(bare)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<String> {
        let (password, _) = password(text).unwrap();
        let others = password.other_forms();
        std::iter::once(password.as_found().to_owned())
            .chain(others.iter().map(|form| form.to_string()))
            .collect()
    }

    #[test]
    fn a_password_keeps_its_spaces_and_has_the_forms_its_holder_may_have_typed() {
        assert_eq!(forms(" soleil 1 "), [" soleil 1 ", "soleil 1"]);
        assert_eq!(forms("l&eacute;a&amp;1"), ["l&eacute;a&amp;1", "léa&1"]);
        assert_eq!(forms("e\u{301}te\u{301}"), ["été"]);
        assert_eq!(forms("Ã©tÃ©"), ["Ã©tÃ©", "été"]);
        assert_eq!(forms("=cmd|' /C calc'!A0"), ["=cmd|' /C calc'!A0"]);
        assert_eq!(forms("abc\0\0"), ["abc"]);
    }

    #[test]
    fn what_is_no_password_or_no_identifier_is_said() {
        assert_eq!(password("  ").unwrap_err(), MissingPassword::Nothing);
        for digest in [
            "$2y$10$N9qo8uLOickgx2ZMRZoMye",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
        ] {
            assert!(password(digest).unwrap().1, "{digest}");
        }
        assert!(!password("soleil 1").unwrap().1);
        assert_eq!(password("a\u{fffd}b").unwrap_err(), MissingPassword::Unusable);
        assert_eq!(password(&"a".repeat(5_000)).unwrap_err(), MissingPassword::Unusable);
        for (text, reason) in [
            ("", Reason::NoIdentifier),
            ("\\N", Reason::NoIdentifier),
            ("1,23E+14", Reason::DamagedNumber),
            ("#####", Reason::DamagedNumber),
            ("P-\u{fffd}", Reason::Undecodable),
            ("\u{1}", Reason::NotAnIdentifier),
        ] {
            assert_eq!(identifier(text).unwrap_err(), reason, "{text}");
        }
        assert_eq!(identifier("a&#64;b.fr"), identifier("A@B.fr"));
        for (wrapped, bare) in [
            ("=\"007\"", "007"),
            ("'007", "007"),
            ("<mailto:a@b.fr>", "a@b.fr"),
            ("MAILTO:a@b.fr", "a@b.fr"),
            ("<a@b.fr>", "a@b.fr"),
        ] {
            assert_eq!(identifier(wrapped), identifier(bare), "{wrapped}");
        }
        assert_eq!(format!("{:?}", password("x").unwrap().0), "LeakedPassword(..)");
    }
}
