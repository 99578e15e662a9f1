//! What is no value any more, or never was one: what a spreadsheet made of it, and words that stand where there is none.

use unicode_normalization::UnicodeNormalization as _;

/// A number in scientific notation has lost its last digits; a formula, an error or an apostrophe is not what the LIS
/// wrote.
pub(super) fn is_damaged(text: &str) -> bool {
    let text = text.trim();
    let is_error =
        text.starts_with('#') && (text.ends_with(['!', '?']) || text == "#N/A" || text.chars().all(|c| c == '#'));
    is_error || text.starts_with('=') || text.starts_with('\'') || is_scientific(text)
}

/// `1,84128E+14`
fn is_scientific(text: &str) -> bool {
    let Some((number, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_signed = exponent.starts_with(['+', '-']);
    let is_number = match number.split_once([',', '.']) {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        // 12E4 may be a number that a laboratory gave.
        None => digits(number) && is_signed,
    };
    is_number && digits(exponent.trim_start_matches(['+', '-']))
}

/// Typed where somebody has no address and no number: everybody's, and nobody's.
const PLACEHOLDERS: [&str; 21] = [
    "inconnu",
    "inconnue",
    "unknown",
    "noemail",
    "nomail",
    "pasdemail",
    "pasdemel",
    "pasdadresse",
    "sansmail",
    "sansemail",
    "sansadresse",
    "aucun",
    "aucune",
    "neant",
    "none",
    "null",
    "noreply",
    "nepasrepondre",
    "absent",
    "nonrenseigne",
    "pasdadressemail",
];

/// `inconnu@lab.example`, `NÉANT`, `-`
pub(super) fn is_placeholder(identifier: &str) -> bool {
    let name = identifier.split('@').next().unwrap_or_default();
    let name: String = name
        .nfd()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    name.is_empty()
        || PLACEHOLDERS.contains(&name.as_str())
        || (!identifier.contains('@') && matches!(name.as_str(), "na" | "nc" | "nr" | "0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_recognised_and_numbers_are_not() {
        for text in [
            "=\"007\"",
            "'007",
            "7,71E+05",
            "1.84128e14",
            "1E+05",
            "#REF!",
            "#NOM?",
            "#N/A",
            "#####",
            "=A1",
        ] {
            assert!(is_damaged(text), "{text}");
        }
        for text in ["007", "P-1024", "12E4", "E4", "1,5", "#12", "D'Arc", "2E", "A1E+5"] {
            assert!(!is_damaged(text), "{text}");
        }
    }

    #[test]
    fn a_word_for_nobody_is_nobody() {
        for text in ["inconnu@lab.example", "NÉANT", "pas-de-mail@x.example", "-", "n/a", "@"] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["nc@mail.example", "P-1", "aucunet@mail.example"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
