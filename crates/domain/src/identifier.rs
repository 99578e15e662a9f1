//! What a patient types to say who they are: a number issued by the lab, or an e-mail address.

use kernel::typed::plain;

/// Normalized (NFKC, lower case, no white space, nothing invisible, one kind of dash and of digits) and never empty, so
/// that a number typed in groups or copied from a page is the same number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Identifier(String);

impl Identifier {
    /// In characters, as typed.
    pub const MAX_LENGTH: usize = 254;

    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > Self::MAX_LENGTH * 4 {
            return None;
        }
        if typed.is_ascii() {
            return Self::of(Self::ascii(typed));
        }
        let normalized = plain(typed)
            .filter(|c| *c != ' ' && !c.is_control())
            .flat_map(char::to_lowercase)
            .collect();
        Self::of(normalized)
    }

    /// The same for what nearly every identifier is made of, several times faster: lists have millions.
    fn ascii(typed: &str) -> String {
        let mut kept = typed.to_ascii_lowercase();
        if kept.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            kept.retain(|c| c > ' ' && c != '\u{7f}');
        }
        kept
    }

    fn of(normalized: String) -> Option<Self> {
        let fits = normalized.len() <= Self::MAX_LENGTH || normalized.chars().count() <= Self::MAX_LENGTH;
        (fits && !normalized.is_empty()).then_some(Self(normalized))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

kernel::opaque!(Identifier);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_does_not_make_another_identifier() {
        let plain = Identifier::parse("p-1024 77").unwrap();
        for typed in [
            " P-1024 77 ",
            "P-102477",
            "Ｐ-102477",
            "p-1024\u{a0}77",
            "P\u{2011}102477",
            "P-10\u{200b}2477",
            "\u{202a}P-102477\u{202c}",
            "P–١٠٢٤٧٧",
        ] {
            assert_eq!(Identifier::parse(typed), Some(plain.clone()), "{typed}");
        }
        let ascii: String = (0..=127).map(char::from).collect();
        let wide: String = "é".to_owned() + &ascii;
        let both = (Identifier::parse(&ascii).unwrap(), Identifier::parse(&wide).unwrap());
        assert_eq!(
            "é".to_owned() + both.0.as_str(),
            both.1.as_str(),
            "one rule, written twice"
        );
        assert_eq!(Identifier::parse("  \u{0}"), None);
        assert_eq!(Identifier::parse(&"a".repeat(255)), None);
    }
}
