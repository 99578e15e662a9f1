//! What people type and paste, as they meant it: codes, identifiers, dates.

use icu_properties::props::{
    BinaryProperty as _, Dash, DefaultIgnorableCodePoint, EnumeratedProperty as _, GeneralCategory,
};
use unicode_normalization::UnicodeNormalization as _;

/// In Unicode's compatible form (NFKC), without what cannot be seen: width, direction marks and joiners are gone. Digits
/// of any script are ASCII digits, dashes of any kind `-`, and white space of any kind, line ends included, a space.
pub fn plain(typed: &str) -> impl Iterator<Item = char> {
    typed
        .nfkc()
        .filter(|c| !DefaultIgnorableCodePoint::for_char(*c))
        .map(|c| {
            if c.is_ascii_graphic() {
                c
            } else if c.is_whitespace() {
                ' '
            } else if Dash::for_char(c) {
                '-'
            } else {
                digit(c).unwrap_or(c)
            }
        })
}

/// Letters and digits alone: all that counts in a code, however it is grouped and whatever stands between its groups.
pub fn letters_and_digits(typed: &str) -> impl Iterator<Item = char> {
    plain(typed).filter(|c| c.is_alphanumeric())
}

/// Whether nothing was meant: a form sent too early, or a stray space.
pub fn is_blank(typed: &str) -> bool {
    letters_and_digits(typed).next().is_none()
}

/// Every script's decimal digits stand in a row from zero to nine, and each row follows something else or another whole
/// row (Unicode, 4.6).
fn digit(c: char) -> Option<char> {
    let is_digit = |c: &char| GeneralCategory::for_char(*c) == GeneralCategory::DecimalNumber;
    if !is_digit(&c) {
        return None;
    }
    let before = ('\0'..c).rev().take_while(is_digit).count();
    u32::try_from(before % 10)
        .ok()
        .and_then(|value| char::from_digit(value, 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(typed: &str) -> String {
        plain(typed).collect()
    }

    #[test]
    fn digits_of_every_script_are_digits() {
        for zero in ['٠', '۰', '०', '০', '๐', '０', '߀', '𝟎', '𝟘', '𝟶', '᧐', '꩐'] {
            let ten: String = (zero..).take(10).collect();
            assert_eq!(of(&ten), "0123456789", "{ten}");
        }
        assert_eq!(of("²Ⅷ"), "2VIII", "compatible forms");
        assert_eq!(of("éß"), "éß");
    }

    #[test]
    fn what_is_not_seen_is_not_there() {
        for hidden in [
            "\u{200b}", "\u{feff}", "\u{200e}", "\u{2068}", "\u{202a}", "\u{ad}", "\u{2060}", "\u{fe0f}",
        ] {
            assert_eq!(
                of(&format!("{hidden}1{hidden}2{hidden}")),
                "12",
                "{}",
                hidden.escape_unicode()
            );
        }
        assert_eq!(of("1\r\n2\u{a0}3\t4\u{3000}5"), "1  2 3 4 5");
    }

    #[test]
    fn a_dash_is_a_dash() {
        for dash in "‐‑‒–—―−﹘－⸺".chars() {
            assert_eq!(of(&dash.to_string()), "-", "{}", dash.escape_unicode());
        }
    }

    #[test]
    fn nothing_was_meant_by_separators_alone() {
        for blank in ["", "–", "- - -", "...", "\u{200b}\u{200e}", " \u{a0}", "·•⋅"] {
            assert!(is_blank(blank), "{blank}");
        }
        assert!(!is_blank("– 1"));
        assert_eq!(letters_and_digits("12.3·4–5/6").collect::<String>(), "123456");
    }
}
