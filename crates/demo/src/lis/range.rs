//! Which bytes of a file a request asks for (RFC 9110, 14.2 and 13.1.5).

use actix_web::http::header::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    Whole,
    /// First and last byte, both included.
    Part(u64, u64),
    Unsatisfiable,
}

/// `if_range` is the validator under which the range counts; several ranges at once are answered with the whole file.
pub fn select(range: Option<&str>, if_range: Option<&str>, validators: &[&str], length: u64) -> Selection {
    let outdated = if_range.is_some_and(|wanted| !validators.contains(&wanted.trim()));
    let range = match range.map(str::parse::<Range>) {
        Some(Ok(range)) if !outdated => range,
        _ => return Selection::Whole,
    };
    match range {
        Range::Bytes(specs) => match specs.as_slice() {
            [only] => match only.to_satisfiable_range(length) {
                Some((first, last)) => Selection::Part(first, last),
                None => Selection::Unsatisfiable,
            },
            _ => Selection::Whole,
        },
        Range::Unregistered(..) => Selection::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::Selection::{Part, Unsatisfiable, Whole};
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (range, expected) in [
            ("bytes=0-99", Part(0, 99)),
            ("bytes=900-", Part(900, 999)),
            ("bytes=-10", Part(990, 999)),
            ("bytes=990-5000", Part(990, 999)),
            ("bytes=1000-", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=0-1,5-6", Whole),
            ("items=0-1", Whole),
            ("nonsense", Whole),
        ] {
            assert_eq!(select(Some(range), None, &[], 1000), expected, "{range}");
        }
        assert_eq!(select(None, None, &[], 1000), Whole);
    }

    #[test]
    fn an_outdated_validator_gives_the_whole_file() {
        let validators = ["\"a\"", "Mon, 05 Jan 2026 08:00:00 GMT"];
        assert_eq!(select(Some("bytes=0-0"), Some("\"a\""), &validators, 9), Part(0, 0));
        assert_eq!(select(Some("bytes=0-0"), Some("\"b\""), &validators, 9), Whole);
        assert_eq!(
            select(Some("bytes=0-0"), Some("Mon, 05 Jan 2026 08:00:00 GMT"), &validators, 9),
            Part(0, 0)
        );
    }
}
