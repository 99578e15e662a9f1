//! What kind of thing is in a field or a column: enough to help an operator, without showing any content.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Empty,
    Email,
    /// Digits only.
    Number,
    /// Letters and digits without a space: `P-000123`.
    Code,
    Date,
    /// Thirteen or fifteen digits that begin as a social-security number does.
    SocialSecurity,
    /// A digest of something.
    Hash,
    /// A number that a spreadsheet has destroyed: `1,23E+14`, `#REF!`.
    Damaged,
    /// Letters and spaces.
    Words,
    Text,
    Mixed,
}

impl Kind {
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            Self::Empty
        } else if is_damaged(text) {
            Self::Damaged
        } else if is_hash(text) {
            Self::Hash
        } else if is_email(text) {
            Self::Email
        } else if is_date(text) {
            Self::Date
        } else {
            Self::of_letters_and_digits(text)
        }
    }

    fn of_letters_and_digits(text: &str) -> Self {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let spaced = text.contains(' ');
        let all = text.chars().count();
        if digits + text.chars().filter(|c| matches!(c, ' ' | '.' | '-')).count() == all && digits > 0 {
            let social = matches!(digits, 13 | 15) && text.starts_with(['1', '2', '7', '8']);
            return if social { Self::SocialSecurity } else { Self::Number };
        }
        if digits == 0 && letters > 0 && text.chars().all(|c| c.is_alphabetic() || " '-’.".contains(c)) {
            Self::Words
        } else if digits > 0 && !spaced && text.chars().all(|c| c.is_alphanumeric() || "-_./".contains(c)) {
            Self::Code
        } else {
            Self::Text
        }
    }

    /// What an identifier looks like.
    pub fn identifies(self) -> bool {
        matches!(self, Self::Email | Self::Number | Self::Code | Self::SocialSecurity)
    }
}

/// What a spreadsheet makes of a long number or of a broken formula.
pub(super) fn is_damaged(text: &str) -> bool {
    if let Some(error) = text.strip_prefix('#') {
        return matches!(
            error,
            "REF!" | "N/A" | "NOM?" | "NAME?" | "VALEUR!" | "VALUE!" | "NUM!" | "NOMBRE!"
        ) || (!error.is_empty() && error.bytes().all(|byte| byte == b'#'));
    }
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let exponent = exponent.strip_prefix(['+', '-']);
    let (whole, part) = mantissa.split_once([',', '.']).unwrap_or((mantissa, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    whole.len() == 1 && digits(whole) && digits(part) && exponent.is_some_and(|text| text.len() <= 3 && digits(text))
}

/// A form that only a hash function writes, with its own name in front: no password looks like this.
pub(super) fn is_marked_hash(text: &str) -> bool {
    const MARKS: &[&str] = &[
        "$2a$", "$2b$", "$2x$", "$2y$", "$argon2", "$1$", "$5$", "$6$", "$7$", "$y$", "$P$", "$H$", "$S$", "$scrypt$",
        "$pbkdf2", "pbkdf2_", "{SSHA", "{SHA", "{MD5}", "{CRYPT}",
    ];
    text.len() >= 20 && MARKS.iter().any(|mark| text.starts_with(mark))
}

pub(super) fn is_hash(text: &str) -> bool {
    let hex = text.strip_prefix('*').filter(|rest| rest.len() == 40);
    let hex = hex.or_else(|| text.strip_prefix("0x")).unwrap_or(text);
    let length = matches!(hex.len(), 32 | 40 | 56 | 64 | 96 | 128);
    length && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) || is_marked_hash(text)
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && host.contains('.')
            && !host.contains('@')
            && text.len() <= 254
            && !text.contains(|c: char| c.is_whitespace() || ":;,|\"".contains(c))
    })
}

fn is_date(text: &str) -> bool {
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let shape: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    matches!(shape.as_slice(), [4, 2, 2] | [2, 2, 4] | [1..=2, 1..=2, 2 | 4])
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "empty",
            Self::Email => "e-mail addresses",
            Self::Number => "numbers",
            Self::Code => "codes of letters and digits",
            Self::Date => "dates",
            Self::SocialSecurity => "social-security-like numbers",
            Self::Hash => "hashes",
            Self::Damaged => "numbers damaged by a spreadsheet",
            Self::Words => "words",
            Self::Text => "text",
            Self::Mixed => "mixed",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        for (text, kind) in [
            ("", Kind::Empty),
            ("odette@example.org", Kind::Email),
            ("102477", Kind::Number),
            ("06 12 34 56 78", Kind::Number),
            ("P-102477", Kind::Code),
            ("12/05/1944", Kind::Date),
            ("1944-05-12", Kind::Date),
            ("1 44 05 75 123 456 78", Kind::SocialSecurity),
            ("5f4dcc3b5aa765d61d8327deb882cf99", Kind::Hash),
            (
                "$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
                Kind::Hash,
            ),
            ("1,23E+14", Kind::Damaged),
            ("#REF!", Kind::Damaged),
            ("Le Goff", Kind::Words),
            ("dosage : 12 mg/l", Kind::Text),
            ("1E5", Kind::Code),
        ] {
            assert_eq!(Kind::of(text), kind, "{text}");
        }
    }
}
