//! The number under which the LIS files a patient. It decides who reads what, so it is compared exactly: no trimming, no
//! case folding, no leading zeros forgiven.

use std::sync::Arc;

const LONGEST: usize = 64;

/// 1 to 64 characters without control characters or `/`. `Debug` does not show it: with a lab's name it is
/// medical data, and logs are read by more people than results.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordNumber(Arc<str>);

impl RecordNumber {
    /// Fails with [`MalformedRecordNumber`] for text that no record can have.
    pub fn parse(text: &str) -> Result<Self, MalformedRecordNumber> {
        let length = text.chars().count();
        let plain = text.chars().all(|c| c != '/' && !c.is_control());
        if (1..=LONGEST).contains(&length) && plain {
            Ok(Self(Arc::from(text)))
        } else {
            Err(MalformedRecordNumber)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

kernel::opaque!(RecordNumber);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a record number is 1 to 64 printable characters without '/'")]
pub struct MalformedRecordNumber;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_number_is_short_printable_and_no_path() {
        for good in ["42", "LAB-2021/é".replace('/', "").as_str(), "A 17", &"9".repeat(64)] {
            assert_eq!(
                RecordNumber::parse(good).map(|r| r.as_str().to_owned()),
                Ok(good.to_owned())
            );
        }
        for bad in ["", "a/b", "a\0", "a\u{85}", "\n", &"9".repeat(65)] {
            assert_eq!(RecordNumber::parse(bad), Err(MalformedRecordNumber), "{bad:?}");
        }
    }

    #[test]
    fn comparison_is_exact() {
        let of = |text| RecordNumber::parse(text).unwrap();
        assert_ne!(of("042"), of("42"));
        assert_ne!(of("a1"), of("A1"));
        assert_ne!(of("42 "), of("42"));
    }

    #[test]
    fn debug_does_not_show_it() {
        assert!(!format!("{:?}", RecordNumber::parse("771234").unwrap()).contains("771234"));
    }
}
