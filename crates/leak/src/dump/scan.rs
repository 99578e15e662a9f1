//! Finds where a record ends and how many fields it has, without looking at one field after the other.

use memchr::{memchr, memchr_iter, memchr2};

/// A quoted field may hold this many line breaks, and this many bytes.
const MOST_BREAKS: usize = 50;
const LONGEST_QUOTED: usize = 128 * 1024;

#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub delimiter: u8,
    pub line_end: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// Without the line's end, and with it.
    pub end: usize,
    pub next: usize,
    /// Delimiters outside quotes, plus one.
    pub fields: usize,
    pub quoted: bool,
    /// Line breaks inside quotes.
    pub breaks: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScanResult {
    Record(Extent),
    /// A quote that is never closed, or closed in the middle of a field: the extent of the line, quotes not heeded.
    Broken(Extent),
    Incomplete,
}

/// `last`: nothing comes after `data`.
pub(super) fn record(data: &[u8], shape: Shape, last: bool) -> ScanResult {
    let mut extent = Extent {
        end: 0,
        next: 0,
        fields: 1,
        quoted: false,
        breaks: 0,
    };
    // Delimiters inside quotes: one count over the whole record is cheaper than one for each part between them.
    let mut hidden = 0;
    let mut at = 0;
    loop {
        let rest = data.get(at..).unwrap_or_default();
        let Some(found) = memchr2(shape.line_end, b'"', rest).map(|found| at + found) else {
            if !last {
                return ScanResult::Incomplete;
            }
            extent.fields += delimiters(data, data.len(), shape) - hidden;
            (extent.end, extent.next) = (data.len(), data.len());
            return ScanResult::Record(extent);
        };
        if data.get(found) == Some(&shape.line_end) {
            extent.fields += delimiters(data, found, shape) - hidden;
            (extent.end, extent.next) = (without_return(data, found), found + 1);
            return ScanResult::Record(extent);
        }
        extent.quoted = true;
        let opens = found == 0 || data.get(found - 1) == Some(&shape.delimiter);
        if !opens {
            at = found + 1;
            continue;
        }
        match closing(data, found + 1, shape, last) {
            Closing::At(close) => {
                let inside = data.get(found..close).unwrap_or_default();
                hidden += inside.iter().filter(|byte| **byte == shape.delimiter).count();
                extent.breaks += inside.iter().filter(|byte| **byte == shape.line_end).count();
                if extent.breaks > MOST_BREAKS {
                    return broken(data, shape, last);
                }
                at = close + 1;
            }
            Closing::Nowhere => return broken(data, shape, last),
            Closing::Unknown => return ScanResult::Incomplete,
        }
    }
}

/// The line as it is. Whichever way it ends: two lists joined into one may end theirs differently.
pub(super) fn line(data: &[u8], shape: Shape, last: bool) -> Option<Extent> {
    let (end, next) = match memchr2(b'\n', b'\r', data) {
        Some(at) if data.get(at) == Some(&b'\r') => match data.get(at + 1) {
            Some(b'\n') => (at, at + 2),
            None if !last => return None,
            _ => (at, at + 1),
        },
        Some(at) => (at, at + 1),
        None if !last => return None,
        None => (data.len(), data.len()),
    };
    Some(Extent {
        end,
        next,
        fields: 1 + delimiters(data, end, shape),
        quoted: false,
        breaks: 0,
    })
}

enum Closing {
    At(usize),
    Nowhere,
    Unknown,
}

fn closing(data: &[u8], from: usize, shape: Shape, last: bool) -> Closing {
    let mut at = from;
    loop {
        let Some(found) = memchr(b'"', data.get(at..).unwrap_or_default()).map(|found| at + found) else {
            return if last || data.len() - from > LONGEST_QUOTED {
                Closing::Nowhere
            } else {
                Closing::Unknown
            };
        };
        if found - from > LONGEST_QUOTED {
            return Closing::Nowhere;
        }
        match data.get(found + 1) {
            Some(b'"') => at = found + 2,
            Some(b'\r') => return Closing::At(found),
            Some(next) if *next == shape.delimiter || *next == shape.line_end => return Closing::At(found),
            Some(_) => return Closing::Nowhere,
            None if last => return Closing::At(found),
            None => return Closing::Unknown,
        }
    }
}

fn broken(data: &[u8], shape: Shape, last: bool) -> ScanResult {
    line(data, shape, last).map_or(ScanResult::Incomplete, ScanResult::Broken)
}

fn delimiters(data: &[u8], end: usize, shape: Shape) -> usize {
    memchr_iter(shape.delimiter, data.get(..end).unwrap_or_default()).count()
}

fn without_return(data: &[u8], end: usize) -> usize {
    let before = end.wrapping_sub(1);
    if data.get(before) == Some(&b'\r') { before } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape {
        delimiter: b';',
        line_end: b'\n',
    };

    fn of(text: &str) -> (usize, usize, usize) {
        match record(text.as_bytes(), SHAPE, true) {
            ScanResult::Record(extent) => (extent.next, extent.fields, extent.breaks),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_line_ends_in_any_of_three_ways() {
        let of = |text: &str, last| line(text.as_bytes(), SHAPE, last).map(|extent| (extent.end, extent.next));
        assert_eq!(of("ab\ncd", true), Some((2, 3)));
        assert_eq!(of("ab\r\ncd", true), Some((2, 4)));
        assert_eq!(of("ab\rcd\n", true), Some((2, 3)));
        assert_eq!(of("ab\r", false), None, "its other half may follow");
        assert_eq!(of("ab\r", true), Some((2, 3)));
        assert_eq!(of("ab", true), Some((2, 2)));
    }

    #[test]
    fn records_end_at_the_line_end_that_no_quote_holds() {
        assert_eq!(of("a;b;c\nd"), (6, 3, 0));
        assert_eq!(of("a;\"b;\nx\";c\r\nd"), (12, 3, 1));
        assert_eq!(of("\"a\"\"b\";\"\"\nd"), (10, 2, 0));
        assert_eq!(of("a\"b;c\"d\ne"), (8, 2, 0));
        assert_eq!(of(""), (0, 1, 0));
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_its_line() {
        for text in ["a;\"b\nc;d\n", "a;\"b\" c\nd", "\"\n"] {
            let ScanResult::Broken(extent) = record(text.as_bytes(), SHAPE, true) else {
                panic!("{text}");
            };
            assert_eq!(extent.next, text.find('\n').unwrap() + 1);
        }
        let long = format!("a;\"{}", "b\n".repeat(60));
        assert_eq!(record(long.as_bytes(), SHAPE, false), ScanResult::Incomplete);
        let closed = format!("{long}\";c\n");
        assert!(matches!(record(closed.as_bytes(), SHAPE, false), ScanResult::Broken(_)));
    }

    #[test]
    fn what_may_go_on_is_incomplete() {
        for text in ["a;b", "a;\"b\n", "a;\"b\""] {
            assert_eq!(record(text.as_bytes(), SHAPE, false), ScanResult::Incomplete, "{text}");
        }
    }
}
