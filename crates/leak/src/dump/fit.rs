//! Takes the two fields of a record, and fixes what is commonly broken. A record with another number of columns is
//! only taken where it is certain which field is which.

use super::cells::{Cell, Cells, Quotes};
use super::census::Repair;
use super::reason::Reason;
use super::scan::Extent;

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Columns {
    pub delimiter: u8,
    /// None: every record has another number.
    pub width: Option<usize>,
    /// Counted from 0.
    pub identifier: usize,
    pub password: Option<usize>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct CellPair<'a> {
    pub identifier: Cell<'a>,
    pub password: Option<Cell<'a>>,
    pub repair: Repair,
}

impl Columns {
    fn last_wanted(&self) -> usize {
        self.identifier.max(self.password.unwrap_or(0))
    }

    /// Whether a record that continues over several lines is one: otherwise its quote was a mistake.
    pub fn fits(&self, record: &[u8], extent: &Extent) -> bool {
        let Some(width) = self.width else { return true };
        extent.fields == width
            || self.delimiter == b';' && extent.fields > width && {
                let cells = Cells::new(record, self.delimiter, Quotes::Strict);
                cells.with_entities(true).count() == width
            }
    }

    /// `broken`: quotes cannot be heeded in it.
    ///
    /// # Errors
    /// Why nothing is taken.
    pub fn take<'a>(&self, record: &'a [u8], extent: &Extent, broken: bool) -> Result<CellPair<'a>, Reason> {
        let strict = if extent.quoted { Quotes::Strict } else { Quotes::Plain };
        let width = self.width.unwrap_or(extent.fields);
        if !broken && extent.fields == width {
            if !extent.quoted {
                return self.pick_plain(record);
            }
            return self.pick(Cells::new(record, self.delimiter, strict), Repair::None);
        }
        if broken || extent.quoted {
            for quotes in [Quotes::Lenient, Quotes::Plain] {
                let cells = Cells::new(record, self.delimiter, quotes);
                if cells.clone().count() == width {
                    return self.pick(cells, Repair::Quotes);
                }
            }
        }
        if self.delimiter == b';' && (broken || extent.fields > width) {
            for quotes in [strict, Quotes::Plain] {
                let cells = Cells::new(record, self.delimiter, quotes).with_entities(true);
                if cells.clone().count() == width {
                    return self.pick(cells, Repair::References);
                }
            }
        }
        if broken {
            return Err(Reason::UnclosedQuote);
        }
        let cells = Cells::new(record, self.delimiter, strict);
        if extent.fields > width {
            self.too_wide(cells, width)
        } else {
            self.pick(cells, Repair::Short)
        }
    }

    fn too_wide<'a>(&self, cells: Cells<'a>, width: usize) -> Result<CellPair<'a>, Reason> {
        let surplus_is_empty = cells
            .clone()
            .skip(width)
            .all(|cell| cell.bytes.iter().all(u8::is_ascii_whitespace));
        if surplus_is_empty {
            return self.pick(cells, Repair::None);
        }
        let Some(password) = self
            .password
            .filter(|password| *password + 1 == width && self.identifier < *password)
        else {
            return Err(Reason::TooManyColumns);
        };
        let mut rest = cells.clone();
        let before = password.checked_sub(1).and_then(|at| rest.nth(at));
        let bytes = match before {
            Some(_) => rest.rest().unwrap_or_default(),
            None => return Err(Reason::TooManyColumns),
        };
        let mut taken = self.pick(cells, Repair::Joined)?;
        taken.password = Some(Cell { bytes, doubled: false });
        Ok(taken)
    }

    /// Of a record without a quote: most records, so in one walk.
    fn pick_plain<'a>(&self, record: &'a [u8]) -> Result<CellPair<'a>, Reason> {
        let mut cuts = memchr::memchr_iter(self.delimiter, record);
        let (mut next, mut start) = (0, 0);
        let mut walk_to = |wanted: usize| -> Option<Cell<'a>> {
            if wanted > next {
                start = cuts.nth(wanted - next - 1)? + 1;
            }
            let from = start;
            let cut = cuts.next();
            next = wanted + 1;
            start = cut.map_or(record.len(), |cut| cut + 1);
            let bytes = record.get(from..cut.unwrap_or(record.len()))?;
            Some(Cell { bytes, doubled: false })
        };
        let (identifier, password) = match self.password {
            Some(password) if password < self.identifier => {
                let password = walk_to(password);
                (walk_to(self.identifier), password)
            }
            Some(password) => (walk_to(self.identifier), walk_to(password)),
            None => (walk_to(self.identifier), None),
        };
        if self.password.is_some() && password.is_none() {
            return Err(Reason::TooFewColumns);
        }
        Ok(CellPair {
            identifier: identifier.ok_or(Reason::TooFewColumns)?,
            password,
            repair: Repair::None,
        })
    }

    fn pick<'a>(&self, mut cells: Cells<'a>, repair: Repair) -> Result<CellPair<'a>, Reason> {
        let mut identifier = None;
        let mut password = None;
        for at in 0..=self.last_wanted() {
            let cell = cells.next().ok_or(Reason::TooFewColumns)?;
            if at == self.identifier {
                identifier = Some(cell);
            } else if Some(at) == self.password {
                password = Some(cell);
            }
        }
        Ok(CellPair {
            identifier: identifier.ok_or(Reason::TooFewColumns)?,
            password,
            repair,
        })
    }
}

/// `identifier:password`: the first separator separates, the others belong to the password; the other way round, the
/// last.
///
/// # Errors
/// Nothing separates.
pub(super) fn pair<'a>(line: &'a [u8], columns: &Columns) -> Result<CellPair<'a>, Reason> {
    let cell = |bytes| Cell { bytes, doubled: false };
    let at = if columns.identifier == 0 {
        memchr::memchr(columns.delimiter, line)
    } else {
        memchr::memrchr(columns.delimiter, line)
    };
    let at = at.ok_or(Reason::NoSeparator)?;
    let first = cell(line.get(..at).unwrap_or_default());
    let second = cell(line.get(at + 1..).unwrap_or_default());
    let (identifier, password) = if columns.identifier == 0 {
        (first, second)
    } else {
        (second, first)
    };
    Ok(CellPair {
        identifier,
        password: columns.password.map(|_| password),
        repair: Repair::None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dump::scan::{ScanResult, Shape, record};

    const COLUMNS: Columns = Columns {
        delimiter: b';',
        width: Some(4),
        identifier: 1,
        password: Some(3),
    };

    fn take(text: &str, columns: &Columns) -> Result<(String, String, Repair), Reason> {
        let shape = Shape {
            delimiter: columns.delimiter,
            line_end: b'\n',
        };
        let (extent, broken) = match record(text.as_bytes(), shape, true) {
            ScanResult::Record(extent) => (extent, false),
            ScanResult::Broken(extent) => (extent, true),
            ScanResult::Incomplete => panic!("{text}"),
        };
        let taken = columns.take(&text.as_bytes()[..extent.end], &extent, broken)?;
        let text = |cell: &Cell<'_>| String::from_utf8_lossy(cell.bytes).into_owned();
        let password = taken.password.as_ref().map(text).unwrap_or_default();
        Ok((text(&taken.identifier), password, taken.repair))
    }

    #[test]
    fn what_is_broken_is_mended_where_it_is_certain() {
        for (text, password, repair) in [
            ("x;P-1;y;pw", "pw", Repair::None),
            ("x;P-1;\"y;z\n\";\"p;w\"", "p;w", Repair::None),
            ("Nguy&#7877;n;P-1;y;pw", "pw", Repair::References),
            ("x;P-1;\"y;\"pw", "\"pw", Repair::Quotes),
            ("x;P-1;\"a \"big\" one\";pw", "pw", Repair::Quotes),
            ("x;P-1;y;p;w\"x", "p;w\"x", Repair::Joined),
            ("x;P-1;y;pw;;", "pw", Repair::None),
        ] {
            assert_eq!(
                take(text, &COLUMNS),
                Ok(("P-1".into(), password.into(), repair)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_uncertain_is_left_out() {
        let inner = Columns {
            password: Some(2),
            ..COLUMNS
        };
        assert_eq!(take("x;P-1;p;w;y", &inner), Err(Reason::TooManyColumns));
        assert_eq!(take("x;P-1;pw", &inner).unwrap().2, Repair::Short);
        assert_eq!(take("x;P-1", &inner), Err(Reason::TooFewColumns));
        assert_eq!(take("x;\"P-1;pw", &inner), Err(Reason::UnclosedQuote));
        let ragged = Columns { width: None, ..inner };
        assert_eq!(take("x;P-1;p;w;y;z", &ragged).unwrap().1, "p");
    }

    #[test]
    fn a_pair_is_cut_once() {
        let mut columns = Columns {
            delimiter: b':',
            width: Some(2),
            identifier: 0,
            password: Some(1),
        };
        let taken = pair(b"P-1:a:\"b ", &columns).unwrap();
        assert_eq!(taken.password.unwrap().bytes, b"a:\"b ");
        (columns.identifier, columns.password) = (1, Some(0));
        assert_eq!(pair(b"a:b:P-1", &columns).unwrap().identifier.bytes, b"P-1");
        assert_eq!(pair(b"P-1", &columns), Err(Reason::NoSeparator));
    }
}
