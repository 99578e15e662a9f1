//! Record numbers, and the few people whom the sample LIS knows by name.

use std::fmt;

/// A patient file: what the demo's import gave to Vestibule, as the LIS knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patient {
    pub record: String,
    pub family_name: String,
    pub given_name: String,
    /// As `1984-03-21`.
    pub birth_date: String,
}

/// A record number that can be one: 1 to 20 ASCII letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record(String);

impl Record {
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let plausible = (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        plausible.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plausible_numbers_are_records() {
        assert_eq!(Record::parse(" 26-104512 ").unwrap().as_str(), "26-104512");
        for text in ["", "   ", "../1", "a b", "é", "123456789012345678901", "<b>"] {
            assert_eq!(Record::parse(text), None, "{text}");
        }
    }
}
