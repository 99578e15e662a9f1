//! Looks at the beginning of a list: how its records are separated, and what kind of thing is in each column.
//! Counts kinds; keeps no field but those of the first record, which may be the header.

use std::collections::BTreeMap;
use std::fmt;

use super::cells::{Cells, Quotes};
use super::kinds::Kind;
use super::scan::{self, Extent, ScanResult, Shape};
use super::{headers, json, text};

/// Records and columns that are looked at.
const RECORDS: usize = 1000;
const COLUMNS: usize = 512;

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    Comma,
    Semicolon,
    Tab,
    Pipe,
    Colon,
    /// `identifier:password`, where only one separator counts.
    Pairs,
    /// One field a line.
    Single,
    JsonLines,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Comma => "table with ,",
            Self::Semicolon => "table with ;",
            Self::Tab => "table with tabs",
            Self::Pipe => "table with |",
            Self::Colon => "table with :",
            Self::Pairs => "identifier:password",
            Self::Single => "one identifier a line",
            Self::JsonLines => "JSON lines",
        })
    }
}

impl Format {
    pub(super) const fn delimiter(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
            Self::Colon | Self::Pairs => b':',
            Self::Single | Self::JsonLines => 0x1f,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct ColumnSample {
    /// Of the first record; a key in JSON.
    pub first: String,
    pub first_kind: Option<Kind>,
    /// Of the records after the first, or of all in JSON.
    pub kinds: BTreeMap<Kind, usize>,
}

impl ColumnSample {
    fn add(&mut self, kind: Kind) {
        *self.kinds.entry(kind).or_default() += 1;
    }

    fn counts(&self) -> impl Iterator<Item = (Kind, usize)> {
        self.kinds.iter().map(|(kind, count)| (*kind, *count))
    }

    fn filled(&self) -> usize {
        self.counts()
            .filter(|(kind, _)| *kind != Kind::Empty)
            .map(|(_, count)| count)
            .sum()
    }

    /// Of most fields that are not empty.
    pub fn kind(&self) -> Kind {
        let filled = self.filled();
        let most = self
            .counts()
            .filter(|(kind, _)| *kind != Kind::Empty)
            .max_by_key(|(_, count)| *count);
        match most {
            None => self.first_kind.filter(|_| self.kinds.is_empty()).unwrap_or(Kind::Empty),
            Some((kind, count)) if count * 5 >= filled * 3 => kind,
            Some(_) => Kind::Mixed,
        }
    }

    /// Part of the filled fields that are of such a kind.
    pub fn share(&self, of: impl Fn(Kind) -> bool) -> f64 {
        let matching: usize = self
            .counts()
            .filter(|(kind, _)| of(*kind))
            .map(|(_, count)| count)
            .sum();
        matching as f64 / self.filled().max(1) as f64
    }

    pub fn seen(&self) -> usize {
        self.counts().map(|(_, count)| count).sum()
    }
}

#[derive(Debug)]
pub(super) struct Sample {
    pub format: Format,
    pub line_end: u8,
    pub width: Option<usize>,
    pub columns: Vec<ColumnSample>,
    pub records: usize,
}

impl Sample {
    /// `last`: nothing comes after `data`.
    pub fn of(data: &[u8], last: bool) -> Self {
        let line_end = line_end(data);
        let first = data.iter().find(|byte| !byte.is_ascii_whitespace());
        if matches!(first, Some(b'{' | b'['))
            && let Some(sample) = Self::of_json(data, line_end, last)
        {
            return sample;
        }
        let (format, width) = separator(data, line_end, last);
        let mut sample = Self {
            format,
            line_end,
            width,
            columns: Vec::new(),
            records: 0,
        };
        sample.look(data, last);
        sample
    }

    fn of_json(data: &[u8], line_end: u8, last: bool) -> Option<Self> {
        let mut columns: Vec<ColumnSample> = Vec::new();
        let (mut objects, mut lines) = (0, 0);
        for (record, _) in records(data, Format::JsonLines, line_end, last) {
            let (line, _) = text::decode(record);
            if json::bare(&line).is_empty() {
                continue;
            }
            lines += 1;
            let Some(keys) = json::keys(&line) else { continue };
            objects += 1;
            for (key, kind) in keys {
                let at = columns.iter().position(|column| column.first == key);
                let at = at.unwrap_or_else(|| {
                    columns.push(ColumnSample {
                        first: key,
                        ..ColumnSample::default()
                    });
                    columns.len() - 1
                });
                if let Some(column) = columns.get_mut(at) {
                    column.add(kind);
                }
                columns.truncate(COLUMNS);
            }
        }
        (objects * 2 > lines).then_some(Self {
            format: Format::JsonLines,
            line_end,
            width: None,
            columns,
            records: objects,
        })
    }

    fn look(&mut self, data: &[u8], last: bool) {
        let delimiter = self.format.delimiter();
        for (record, extent) in records(data, self.format, self.line_end, last) {
            let fits = self.records == 0 || self.width.is_none_or(|width| width <= extent.fields);
            if extent.end == 0 || !fits && self.format != Format::Pairs {
                continue;
            }
            let is_first = self.records == 0;
            self.records += 1;
            let quotes = if extent.quoted { Quotes::Strict } else { Quotes::Plain };
            let cells = Cells::new(record, delimiter, quotes).with_entities(false);
            let limit = match self.format {
                Format::Pairs => 1,
                _ => self
                    .width
                    .unwrap_or(COLUMNS)
                    .max(if is_first { extent.fields } else { 0 })
                    .min(COLUMNS),
            };
            let rest = (self.format == Format::Pairs).then(|| after_first(record, delimiter));
            let fields = cells.take(limit).map(|cell| text::of(&cell).0.to_string());
            for (at, field) in fields.chain(rest).enumerate() {
                if self.columns.len() <= at {
                    self.columns.push(ColumnSample::default());
                }
                let kind = Kind::of(&field);
                match self.columns.get_mut(at) {
                    Some(column) if is_first => {
                        column.first_kind = Some(kind);
                        column.first = field;
                    }
                    Some(column) => column.add(kind),
                    None => {}
                }
            }
        }
    }
}

pub(super) fn line_end(data: &[u8]) -> u8 {
    if data.contains(&b'\n') || !data.contains(&b'\r') {
        b'\n'
    } else {
        b'\r'
    }
}

fn after_first(record: &[u8], delimiter: u8) -> String {
    let at = memchr::memchr(delimiter, record).map_or(record.len(), |at| at + 1);
    text::decode(record.get(at..).unwrap_or_default()).0.to_string()
}

/// Complete records only; a broken one as its line.
fn records(data: &[u8], format: Format, line_end: u8, last: bool) -> impl Iterator<Item = (&[u8], Extent)> {
    let shape = Shape {
        delimiter: format.delimiter(),
        line_end,
    };
    let quotes = !matches!(format, Format::JsonLines | Format::Pairs | Format::Single);
    let mut rest = data;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let extent = if quotes {
            match scan::record(rest, shape, last) {
                ScanResult::Record(extent) | ScanResult::Broken(extent) => extent,
                ScanResult::Incomplete => return None,
            }
        } else {
            scan::line(rest, shape, last)?
        };
        let record = rest.get(..extent.end).unwrap_or_default();
        rest = rest.get(extent.next..).unwrap_or_default();
        Some((record, extent))
    })
    .filter(|(_, extent)| extent.end > 0)
    .take(RECORDS)
}

/// The separator that makes the most columns in records of one width, and that width.
fn separator(data: &[u8], line_end: u8, last: bool) -> (Format, Option<usize>) {
    let mut best: Option<(Format, usize, f64)> = None;
    let mut ragged: Option<(Format, f64)> = None;
    for format in [
        Format::Semicolon,
        Format::Comma,
        Format::Tab,
        Format::Pipe,
        Format::Colon,
    ] {
        let widths: Vec<usize> = records(data, format, line_end, last)
            .map(|(_, extent)| extent.fields)
            .collect();
        if let Some(width) = header_width(data, format, line_end, last) {
            return (
                if format == Format::Colon && width == 2 {
                    Format::Pairs
                } else {
                    format
                },
                Some(width),
            );
        }
        let all = widths.len().max(1) as f64;
        let (width, share) = most_common(&widths);
        let wide = widths.iter().filter(|width| **width > 1).count() as f64 / all;
        let mean = widths.iter().sum::<usize>() as f64 / all;
        // A colon separates times, too: it needs more than one in nearly every line.
        let convincing = if format == Format::Colon {
            width > 2 && share >= 0.8
        } else {
            width > 1 && share >= 0.5
        };
        if convincing && best.is_none_or(|(_, other, part)| width as f64 * share > other as f64 * part) {
            best = Some((format, width, share));
        }
        if format != Format::Colon && wide >= 0.9 && ragged.is_none_or(|(_, other)| mean > other) {
            ragged = Some((format, mean));
        }
    }
    let pairs = pairs(data, line_end, last);
    match (best, ragged) {
        (Some((format, width, share)), _) if share >= 0.8 || pairs < 0.8 => (format, Some(width)),
        _ if pairs >= 0.8 => (Format::Pairs, Some(2)),
        (_, Some((format, _))) => (format, None),
        _ => (Format::Single, Some(1)),
    }
}

/// A first record of known words says how many columns there are, whatever has become of the others.
fn header_width(data: &[u8], format: Format, line_end: u8, last: bool) -> Option<usize> {
    let (record, extent) = records(data, format, line_end, last).next()?;
    let quotes = if extent.quoted { Quotes::Strict } else { Quotes::Plain };
    let cells = Cells::new(record, format.delimiter(), quotes);
    let known = cells.filter(|cell| headers::is_known(&text::of(cell).0)).count();
    (known >= 2).then_some(extent.fields)
}

fn most_common(widths: &[usize]) -> (usize, f64) {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for width in widths {
        *counts.entry(*width).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map_or((1, 0.0), |(width, count)| (width, count as f64 / widths.len() as f64))
}

/// Part of the lines that look like `identifier:password`, or the other way round.
fn pairs(data: &[u8], line_end: u8, last: bool) -> f64 {
    let (mut lines, mut pairs) = (0_usize, 0_usize);
    for (record, _) in records(data, Format::Pairs, line_end, last) {
        let (line, _) = text::decode(record);
        lines += 1;
        let front = line.split_once(':').is_some_and(|(id, _)| Kind::of(id).identifies());
        let back = line
            .rsplit_once(':')
            .is_some_and(|(rest, id)| Kind::of(id) == Kind::Email && !rest.is_empty());
        pairs += usize::from(front || back);
    }
    pairs as f64 / lines.max(1) as f64
}
