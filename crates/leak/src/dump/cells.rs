//! Walks the fields of one record, in three ways to understand quotes.

use memchr::memchr;

use super::entities;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// RFC 4180.
    Strict,
    /// A quote closes only in front of a delimiter: quotes inside a quoted field were not doubled.
    Lenient,
    /// Quotes are ordinary characters, except around a whole field.
    Plain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell<'a> {
    /// Without the quotes around it.
    pub bytes: &'a [u8],
    /// Doubled quotes inside stand for one.
    pub doubled: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Cells<'a> {
    rest: Option<&'a [u8]>,
    delimiter: u8,
    quotes: Quotes,
    /// The `;` of a character reference separates nothing.
    entities: bool,
}

impl<'a> Cells<'a> {
    pub fn new(record: &'a [u8], delimiter: u8, quotes: Quotes) -> Self {
        Self {
            rest: Some(record),
            delimiter,
            quotes,
            entities: false,
        }
    }

    pub fn with_entities(mut self, entities: bool) -> Self {
        self.entities = entities;
        self
    }

    /// What was not walked yet.
    pub fn rest(&self) -> Option<&'a [u8]> {
        self.rest
    }

    fn quoted(&mut self, record: &'a [u8]) -> Option<Cell<'a>> {
        let mut at = 1;
        let close = loop {
            let found = at + memchr(b'"', record.get(at..)?)?;
            match record.get(found + 1) {
                None => break found,
                Some(next) if *next == self.delimiter => break found,
                Some(b'"') if self.quotes == Quotes::Strict => at = found + 2,
                Some(_) => at = found + 1,
            }
        };
        self.rest = record.get(close + 2..);
        let bytes = record.get(1..close)?;
        Some(Cell { bytes, doubled: true })
    }

    fn unquoted(&mut self, record: &'a [u8]) -> Cell<'a> {
        let mut at = 0;
        let bytes = loop {
            let Some(found) = memchr(self.delimiter, record.get(at..).unwrap_or_default()) else {
                self.rest = None;
                break record;
            };
            at += found;
            if !(self.entities && entities::ends_at(record, at)) {
                self.rest = record.get(at + 1..);
                break record.get(..at).unwrap_or_default();
            }
            at += 1;
        };
        match bytes {
            [b'"', inside @ .., b'"'] if self.quotes == Quotes::Plain => Cell {
                bytes: inside,
                doubled: true,
            },
            _ => Cell { bytes, doubled: false },
        }
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Cell<'a>;

    fn next(&mut self) -> Option<Cell<'a>> {
        let record = self.rest?;
        if self.quotes != Quotes::Plain
            && record.first() == Some(&b'"')
            && let Some(cell) = self.quoted(record)
        {
            return Some(cell);
        }
        Some(self.unquoted(record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(record: &str, quotes: Quotes, entities: bool) -> Vec<String> {
        Cells::new(record.as_bytes(), b';', quotes)
            .with_entities(entities)
            .map(|cell| String::from_utf8_lossy(cell.bytes).into_owned())
            .collect()
    }

    #[test]
    fn quotes_are_understood_in_three_ways() {
        assert_eq!(of("a;\"b;\"\"c\";", Quotes::Strict, false), ["a", "b;\"\"c", ""]);
        assert_eq!(of("a;\"b\"x\";c", Quotes::Lenient, false), ["a", "b\"x", "c"]);
        assert_eq!(of("\"a\";\"b;c", Quotes::Plain, false), ["a", "\"b", "c"]);
        assert_eq!(of("", Quotes::Strict, false), [""]);
        assert_eq!(of("\"", Quotes::Strict, false), ["\""]);
    }

    #[test]
    fn a_character_reference_separates_nothing() {
        assert_eq!(of("1;Nguy&#7877;n;x", Quotes::Plain, true), ["1", "Nguy&#7877;n", "x"]);
        assert_eq!(of("R&D;AT&T;&;x", Quotes::Plain, true), ["R&D", "AT&T", "&", "x"]);
    }
}
