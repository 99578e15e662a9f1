//! Which language a page is written in: what the person chose, else what their browser asks for, else French.

use fluent_langneg::{NegotiationStrategy, negotiate_languages};
use unic_langid::LanguageIdentifier;

/// A browser sends a few dozen characters; what is longer is not read.
const LONGEST_HEADER: usize = 500;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    #[default]
    Fr,
    En,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// The tag for `lang` attributes, the cookie and `?lang=`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The language's name in that language.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Fr => "Français",
            Self::En => "English",
        }
    }

    /// `None` for anything but the exact code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    pub(super) fn identifier(self) -> LanguageIdentifier {
        // The two codes are well-formed; the tests format plurals and negotiate with both.
        self.code().parse().unwrap_or_default()
    }
}

/// The choice made with the links of the page (`?lang=`, kept in a cookie) wins over the browser's setting.
pub fn negotiate(accept_language: Option<&str>, cookie: Option<&str>, query: Option<&str>) -> Language {
    query
        .and_then(Language::from_code)
        .or_else(|| cookie.and_then(Language::from_code))
        .or_else(|| accept_language.and_then(from_browser))
        .unwrap_or_default()
}

/// What a client's `ui_locales` asks for: tags with spaces between them, dearest first. None: nothing that is spoken here.
pub fn wished(ui_locales: &str) -> Option<Language> {
    from_browser(&ui_locales.replace(' ', ","))
}

fn from_browser(header: &str) -> Option<Language> {
    let requested = wishes(
        header
            .get(..header.floor_char_boundary(LONGEST_HEADER))
            .unwrap_or_default(),
    );
    let offered = Language::ALL.map(Language::identifier);
    let found = negotiate_languages(&requested, &offered, None, NegotiationStrategy::Lookup);
    found
        .first()
        .and_then(|best| Language::from_code(best.language.as_str()))
}

/// The wished languages, dearest first; those with a weight of zero are not wished.
fn wishes(header: &str) -> Vec<LanguageIdentifier> {
    let mut weighted: Vec<(u32, LanguageIdentifier)> = header
        .split(',')
        .filter_map(|part| {
            let mut pieces = part.split(';').map(str::trim);
            let tag = pieces.next()?.parse().ok()?;
            let weight = pieces
                .find_map(|piece| piece.strip_prefix("q="))
                .map_or(Some(1.0), |q| q.parse().ok())?;
            Some((thousandths(weight), tag))
        })
        .filter(|(weight, _)| *weight > 0)
        .collect();
    weighted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    weighted.into_iter().map(|(_, tag)| tag).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=1000 first"
)]
fn thousandths(weight: f32) -> u32 {
    (weight * 1000.0).clamp(0.0, 1000.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_made_on_the_page_wins() {
        assert_eq!(negotiate(Some("fr"), Some("fr"), Some("en")), Language::En);
        assert_eq!(negotiate(Some("fr"), Some("en"), None), Language::En);
        assert_eq!(negotiate(Some("en"), Some("xx"), Some("EN'<>")), Language::En);
    }

    #[test]
    fn the_browser_is_read_by_weight() {
        for (header, expected) in [
            ("en-GB,en;q=0.9", Language::En),
            ("de,en;q=0.5,fr;q=0.8", Language::Fr),
            ("fr;q=0,en", Language::En),
            ("fr-CA", Language::Fr),
            ("de,ja", Language::Fr),
            ("*", Language::Fr),
            ("", Language::Fr),
            (";;;,,,q=9", Language::Fr),
            ("en;q=abc", Language::Fr),
        ] {
            assert_eq!(negotiate(Some(header), None, None), expected, "{header:?}");
        }
    }

    #[test]
    fn a_client_wishes_in_order() {
        assert_eq!(wished("de en-GB fr"), Some(Language::En));
        assert_eq!(wished("fr en"), Some(Language::Fr));
        assert_eq!((wished("de ja"), wished("")), (None, None));
    }

    #[test]
    fn a_header_of_any_length_is_survived() {
        assert_eq!(negotiate(Some(&"é,".repeat(100_000)), None, None), Language::Fr);
        assert_eq!(
            negotiate(Some(&format!("en,{}", "x".repeat(10_000))), None, None),
            Language::En
        );
    }
}
