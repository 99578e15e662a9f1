//! Reads delimited records one by one, in memory that one record bounds. A quote that is not closed costs its own line,
//! not the rest of the file; columns that are not needed are skipped and never looked at.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

/// Longest line, in bytes.
const LONGEST: u64 = 1 << 20;
/// A quoted field may hold this many line breaks.
const MOST_LINES: usize = 50;

#[derive(Debug)]
pub struct Lines<R> {
    input: R,
    delimiter: u8,
    /// The last byte of a line.
    end: u8,
    /// Lines that were looked at in search of a closing quote and are still to be read for themselves.
    again: VecDeque<Vec<u8>>,
    /// Number of the last line taken.
    line: u64,
    width: Option<usize>,
}

/// Why a line is not a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineProblem {
    UnclosedQuote,
    StrayQuote,
    TooLong,
    Columns { found: usize, expected: usize },
}

#[derive(Debug)]
pub struct ScannedLine {
    /// The line it begins in, counted from 1.
    pub line: u64,
    /// Length in bytes, line breaks included.
    pub bytes: u64,
    pub record: Result<Record, LineProblem>,
}

#[derive(Debug, Default)]
pub struct Record {
    raw: Vec<u8>,
    /// From where to where, quotes left out, and whether doubled quotes stand inside.
    fields: Vec<(usize, usize, bool)>,
}

impl Record {
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    fn is_blank(&self) -> bool {
        (0..self.len()).all(|at| self.field(at).trim_ascii().is_empty())
    }

    pub fn field(&self, at: usize) -> Cow<'_, [u8]> {
        let Some((start, end, doubled)) = self.fields.get(at) else {
            return Cow::Borrowed(&[]);
        };
        let bytes = self.raw.get(*start..*end).unwrap_or_default();
        if !doubled {
            return Cow::Borrowed(bytes);
        }
        let mut single = Vec::with_capacity(bytes.len());
        let mut rest = bytes.iter();
        while let Some(byte) = rest.next() {
            single.push(*byte);
            if *byte == b'"' {
                rest.next();
            }
        }
        Cow::Owned(single)
    }
}

impl<R: BufRead> Lines<R> {
    pub fn new(input: R, delimiter: u8) -> Self {
        Self {
            input,
            delimiter,
            end: b'\n',
            again: VecDeque::new(),
            line: 0,
            width: None,
        }
    }

    /// Lines end as on old Macintoshes.
    #[must_use]
    pub fn ending_with_return(self) -> Self {
        Self { end: b'\r', ..self }
    }

    /// From here on, a record with another number of columns is broken.
    pub fn expect_columns(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// None at the end. Lines without anything in any column are passed over.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn next(&mut self) -> io::Result<Option<ScannedLine>> {
        loop {
            let Some(first) = self.take()? else { return Ok(None) };
            self.line += 1;
            let line = self.line;
            let bytes = first.len() as u64;
            if first.len() as u64 > LONGEST {
                let record = Err(LineProblem::TooLong);
                return Ok(Some(ScannedLine { line, bytes, record }));
            }
            if first.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
                continue;
            }
            return match split(&first, self.delimiter) {
                Err(Open::Quote) => self.continued(first).map(Some),
                Err(Open::Stray) => {
                    let record = Err(LineProblem::StrayQuote);
                    Ok(Some(ScannedLine { line, bytes, record }))
                }
                Ok(fields) => {
                    let record = Record { raw: first, fields };
                    if record.is_blank() {
                        continue;
                    }
                    let record = self.of_right_width(record).map_err(|(_, problem)| problem);
                    Ok(Some(ScannedLine { line, bytes, record }))
                }
            };
        }
    }

    /// A quoted field continues in the next lines, unless that makes no record of the right width: then the quote was a
    /// mistake, and the lines after the first are read for themselves.
    fn continued(&mut self, first: Vec<u8>) -> io::Result<ScannedLine> {
        let line = self.line;
        let own_length = first.len();
        let mut raw = first;
        let mut lengths = Vec::new();
        while lengths.len() < MOST_LINES && (raw.len() as u64) < LONGEST {
            let Some(more) = self.take()? else { break };
            lengths.push(more.len());
            raw.extend(more);
            if let Ok(fields) = split(&raw, self.delimiter) {
                let bytes = raw.len() as u64;
                match self.of_right_width(Record { raw, fields }) {
                    Ok(record) => {
                        self.line += lengths.len() as u64;
                        let record = Ok(record);
                        return Ok(ScannedLine { line, bytes, record });
                    }
                    Err((record, _)) => raw = record.raw,
                }
                break;
            }
        }
        let mut end = raw.len();
        for length in lengths.into_iter().rev() {
            let start = end.saturating_sub(length);
            self.again.push_front(raw.get(start..end).unwrap_or_default().to_vec());
            end = start;
        }
        Ok(ScannedLine {
            line,
            bytes: own_length as u64,
            record: Err(LineProblem::UnclosedQuote),
        })
    }

    /// Delimiters at the end with nothing behind them are no columns.
    fn of_right_width(&self, mut record: Record) -> Result<Record, (Record, LineProblem)> {
        let found = record.len();
        match self.width {
            Some(expected) if expected < found && (expected..found).all(|at| record.field(at).is_empty()) => {
                record.fields.truncate(expected);
                Ok(record)
            }
            Some(expected) if expected != found => Err((record, LineProblem::Columns { found, expected })),
            _ => Ok(record),
        }
    }

    /// The next line with its end. One that is too long is cut, one byte beyond what is allowed, and its rest skipped.
    fn take(&mut self) -> io::Result<Option<Vec<u8>>> {
        if let Some(line) = self.again.pop_front() {
            return Ok(Some(line));
        }
        let mut line = Vec::new();
        (&mut self.input).take(LONGEST + 1).read_until(self.end, &mut line)?;
        if line.len() as u64 > LONGEST && !line.ends_with(&[self.end]) {
            self.input.skip_until(self.end)?;
        }
        Ok((!line.is_empty()).then_some(line))
    }
}

enum Open {
    Quote,
    Stray,
}

/// RFC 4180 with either line end; a quote inside an unquoted field is a character like others.
fn split(raw: &[u8], delimiter: u8) -> Result<Vec<(usize, usize, bool)>, Open> {
    let end = raw.strip_suffix(b"\n").unwrap_or(raw);
    let end = end.strip_suffix(b"\r").unwrap_or(end).len();
    let byte = |at: usize| raw.get(at).copied().filter(|_| at < end);
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        if byte(at) == Some(b'"') {
            let start = at + 1;
            let mut doubled = false;
            at = start;
            loop {
                let rest = raw.get(at..).unwrap_or_default();
                at += rest.iter().position(|byte| *byte == b'"').ok_or(Open::Quote)?;
                if raw.get(at + 1) != Some(&b'"') {
                    break;
                }
                doubled = true;
                at += 2;
            }
            fields.push((start, at, doubled));
            at += 1;
            match byte(at) {
                None => return Ok(fields),
                Some(next) if next == delimiter => at += 1,
                Some(_) => return Err(Open::Stray),
            }
        } else {
            let rest = raw.get(at..end).unwrap_or_default();
            let length = rest.iter().position(|byte| *byte == delimiter);
            fields.push((at, at + length.unwrap_or(rest.len()), false));
            match length {
                None => return Ok(fields),
                Some(length) => at += length + 1,
            }
        }
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
