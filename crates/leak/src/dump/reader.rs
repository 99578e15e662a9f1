//! Reads a list record by record, in memory that one record bounds.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::{memchr, memchr2};

use super::census::{Census, Repair};
use super::checkpoint::Checkpoint;
use super::error::DumpError;
use super::fit::{self, CellPair, Columns};
use super::inspect::{Inspection, Plan};
use super::json::{self, Keys};
use super::mapping::Mapping;
use super::preamble::Preamble;
use super::reason::Reason;
use super::row::{self, MissingPassword, Row};
use super::sample::{self, Format, Sample};
use super::scan::{self, Extent, ScanResult, Shape};
use super::source::Source;
use super::status::{Damage, Status};
use super::stretch;
use super::text;
use super::window::{LONGEST, Window};

/// A longer line in an archive was made to exhaust its reader.
const BOMB: u64 = 256 << 20;

pub struct DumpReader {
    place: PathBuf,
    window: Window,
    status: Arc<Status>,
    plan: Plan,
    /// As the first records had them.
    columns: Columns,
    /// The last row was of another shape than the first.
    is_other: bool,
    inspection: Inspection,
    census: Census,
    /// Lines before the next record.
    line: u64,
    over: bool,
}

/// # Errors
/// The file cannot be read, or no column is known to hold identifiers.
pub fn inspect(path: &Path, mapping: &Mapping) -> Result<Inspection, DumpError> {
    DumpReader::open(path, mapping).map(|reader| reader.inspection)
}

enum Step {
    Row(Row),
    Passed,
    End,
}

impl DumpReader {
    /// # Errors
    /// The file cannot be read, or no column is known to hold identifiers.
    pub fn open(path: &Path, mapping: &Mapping) -> Result<Self, DumpError> {
        Self::of(Source::open(path)?, path, mapping)
    }

    /// Reads what arrives; `length` bytes are expected.
    ///
    /// # Errors
    /// It cannot be read, or no column is known to hold identifiers.
    pub fn over(read: Box<dyn Read + Send>, name: &str, length: u64, mapping: &Mapping) -> Result<Self, DumpError> {
        let place = Path::new(name);
        Self::of(Source::over(read, length, place)?, place, mapping)
    }

    fn of(source: Source, path: &Path, mapping: &Mapping) -> Result<Self, DumpError> {
        let mut window = Window::new(source.text);
        window.more().map_err(DumpError::reading(path))?;
        let inspection = Inspection {
            format: Format::Single,
            compression: source.compression,
            encoding: source.utf16.unwrap_or("UTF-8 or Windows-1252"),
            header: false,
            width: None,
            columns: Vec::new(),
            sampled: 0,
            length: source.length,
            password_is_hashed: false,
        };
        let preamble = Preamble::of(window.data(), sample::line_end(window.data()));
        window.consume(preamble.bytes);
        let sample = Sample::of(window.data(), window.at_end());
        let inspection = Inspection {
            format: sample.format,
            width: sample.width,
            sampled: sample.records,
            ..inspection
        };
        let (mut plan, inspection) = Plan::of(sample, mapping, inspection, path)?;
        plan.first_line += preamble.lines;
        Ok(Self {
            place: path.to_owned(),
            window,
            status: source.status,
            columns: plan.columns,
            is_other: false,
            plan,
            inspection,
            census: Census::default(),
            line: preamble.lines,
            over: false,
        })
    }

    /// Continues where another reader was; `census` is what that one had counted.
    ///
    /// # Errors
    /// What was read before has changed, or is understood in another way with this mapping.
    pub fn resume(path: &Path, mapping: &Mapping, at: &Checkpoint, census: Census) -> Result<Self, DumpError> {
        let mut reader = Self::open(path, mapping)?;
        while reader.window.offset() < at.offset {
            let missing = at.offset - reader.window.offset();
            let here = reader.window.data().len();
            reader
                .window
                .consume(usize::try_from(missing).unwrap_or(here).min(here));
            if reader.window.offset() < at.offset && !reader.fill()? {
                return Err(DumpError::Changed(path.to_owned()));
            }
        }
        reader.line = at.line;
        reader.plan.columns = at.columns.unwrap_or(reader.columns);
        if reader.checkpoint() != *at {
            return Err(DumpError::Changed(path.to_owned()));
        }
        reader.census = census;
        Ok(reader)
    }

    pub fn inspection(&self) -> &Inspection {
        &self.inspection
    }

    pub fn census(&self) -> &Census {
        &self.census
    }

    /// What is wrong with the file itself, as far as it was read.
    pub fn damage(&self) -> Vec<Damage> {
        self.status.damage()
    }

    /// Bytes of the file that were read, and all of them.
    pub fn progress(&self) -> (u64, u64) {
        (self.status.consumed(), self.inspection.length)
    }

    /// Everything before the next row.
    pub fn checkpoint(&self) -> Checkpoint {
        let mut whole = blake3::Hasher::new();
        whole.update(&self.window.fingerprint());
        let first = Plan {
            columns: self.columns,
            ..self.plan.clone()
        };
        whole.update(format!("{first:?}").as_bytes());
        Checkpoint {
            columns: (self.plan.columns != self.columns).then_some(self.plan.columns),
            offset: self.window.offset(),
            line: self.line,
            fingerprint: whole.finalize().to_hex().to_string(),
        }
    }

    /// None at the end. Bad records are counted and passed over.
    ///
    /// # Errors
    /// The file cannot be read any further.
    pub fn next_row(&mut self) -> Result<Option<Row>, DumpError> {
        loop {
            match self.step()? {
                Step::Row(row) => return Ok(Some(row)),
                Step::Passed => {}
                Step::End => return Ok(None),
            }
        }
    }

    fn step(&mut self) -> Result<Step, DumpError> {
        let last = self.window.at_end();
        let data = self.window.data();
        if self.over || last && data.is_empty() {
            self.over = true;
            return Ok(Step::End);
        }
        let shape = Shape {
            delimiter: self.plan.columns.delimiter,
            line_end: self.plan.line_end,
        };
        let quotes = !matches!(self.plan.format, Format::JsonLines | Format::Pairs | Format::Single);
        let found = if quotes {
            scan::record(data, shape, last)
        } else {
            scan::line(data, shape, last).map_or(ScanResult::Incomplete, ScanResult::Record)
        };
        let (extent, broken) = match found {
            ScanResult::Record(extent) if extent.breaks > 0 && !self.is_one(&extent) => {
                (scan::line(data, shape, last).unwrap_or(extent), true)
            }
            ScanResult::Record(extent) if self.is_several(&extent) => {
                (scan::line(data, shape, last).unwrap_or(extent), false)
            }
            ScanResult::Record(extent) => (extent, false),
            ScanResult::Broken(extent) => (extent, true),
            ScanResult::Incomplete if data.len() >= LONGEST => return self.pass_long_line(),
            ScanResult::Incomplete => {
                self.fill()?;
                return Ok(Step::Passed);
            }
        };
        let step = self.record(&extent, broken);
        self.window.consume(extent.next);
        self.line += 1 + extent.breaks as u64;
        Ok(step)
    }

    fn is_one(&self, extent: &Extent) -> bool {
        let record = self.window.data().get(..extent.end).unwrap_or_default();
        self.plan.columns.fits(record, extent)
    }

    /// Too wide for one, and with another kind of line ends inside.
    fn is_several(&self, extent: &Extent) -> bool {
        let record = self.window.data().get(..extent.end).unwrap_or_default();
        let is_wide = self.plan.columns.width.is_some_and(|width| extent.fields > width);
        !extent.quoted && is_wide && memchr2(b'\r', b'\n', record).is_some()
    }

    fn record(&mut self, extent: &Extent, broken: bool) -> Step {
        let line = self.line + 1;
        let record = self.window.data().get(..extent.end).unwrap_or_default();
        let record = record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record);
        if record.is_empty() || record == [0x1a] {
            self.census.empty_lines += 1;
            return Step::Passed;
        }
        let read = match self.plan.format {
            Format::JsonLines => read_json(&self.plan, record, line),
            _ => read_fields(&self.plan, record, extent, broken, line),
        };
        match read {
            Ok(LineContent::Row(row, without, repair)) => {
                let is_other = repair == Repair::OtherShape;
                if is_other != self.is_other && self.census.rows > 0 {
                    self.census.changed(line);
                }
                self.is_other = is_other;
                self.census.good(&row, without, repair);
                Step::Row(row)
            }
            Ok(LineContent::Header) => {
                self.census.headers += 1;
                Step::Passed
            }
            Ok(LineContent::OtherHeader(columns)) => {
                self.census.headers += 1;
                self.census.changed(line);
                self.plan.columns = columns;
                Step::Passed
            }
            Ok(LineContent::Nothing) => Step::Passed,
            Err(reason) => {
                self.census.bad(reason, line);
                Step::Passed
            }
        }
    }

    fn fill(&mut self) -> Result<bool, DumpError> {
        self.window.more().map_err(DumpError::reading(&self.place))
    }

    fn pass_long_line(&mut self) -> Result<Step, DumpError> {
        self.census.bad(Reason::LineTooLong, self.line + 1);
        self.line += 1;
        let mut passed = 0_u64;
        loop {
            let data = self.window.data();
            if let Some(at) = memchr(self.plan.line_end, data) {
                self.window.consume(at + 1);
                return Ok(Step::Passed);
            }
            let length = data.len();
            passed += length as u64;
            self.window.consume(length);
            if passed > BOMB && !self.inspection.compression.is_empty() {
                self.status.note(Damage::Bomb);
                self.over = true;
                return Ok(Step::End);
            }
            if !self.fill()? {
                return Ok(Step::Passed);
            }
        }
    }
}

enum LineContent {
    Row(Row, Option<MissingPassword>, Repair),
    Header,
    /// From here on the columns are elsewhere.
    OtherHeader(Columns),
    Nothing,
}

fn read_fields(plan: &Plan, record: &[u8], extent: &Extent, broken: bool, line: u64) -> Result<LineContent, Reason> {
    let is_table = !matches!(plan.format, Format::Pairs | Format::Single);
    if is_table
        && line != plan.first_line
        && let Some(columns) = stretch::header(record, &plan.columns).filter(|columns| *columns != plan.columns)
    {
        return Ok(LineContent::OtherHeader(columns));
    }
    let taken = match plan.format {
        Format::Pairs => fit::pair(record, &plan.columns),
        _ => plan.columns.take(record, extent, broken),
    };
    let taken = taken.or_else(|reason| in_other_shape(plan, record).ok_or(reason))?;
    let (identifier, one) = text::of(&taken.identifier);
    if plan.header && (line == plan.first_line || identifier.trim().eq_ignore_ascii_case(plan.identifier_name.trim())) {
        return Ok(LineContent::Header);
    }
    let password = taken.password.as_ref().map(text::of);
    let charset = password.as_ref().map_or(one, |(_, other)| text::both(one, *other));
    let password = password.as_ref().map(|(text, _)| &**text);
    build(&identifier, password, charset, line, taken.repair)
}

/// As if another delimiter separated it.
fn in_other_shape<'a>(plan: &Plan, record: &'a [u8]) -> Option<CellPair<'a>> {
    let columns = stretch::other_delimiter(record, &plan.columns)?;
    let pair = if plan.format == Format::Pairs {
        fit::pair(record, &columns)
    } else {
        let shape = Shape {
            delimiter: columns.delimiter,
            line_end: plan.line_end,
        };
        match scan::record(record, shape, true) {
            ScanResult::Record(extent) => columns.take(record, &extent, false),
            ScanResult::Broken(_) | ScanResult::Incomplete => return None,
        }
    };
    Some(CellPair {
        repair: Repair::OtherShape,
        ..pair.ok()?
    })
}

fn read_json(plan: &Plan, record: &[u8], line: u64) -> Result<LineContent, Reason> {
    let (text, charset) = text::decode(record);
    if json::bare(&text).is_empty() {
        return Ok(LineContent::Nothing);
    }
    let keys = Keys {
        identifier: &plan.identifier_name,
        password: plan.password_name.as_deref(),
    };
    let mut taken = json::read(&text, keys).ok_or(Reason::NotJson)?;
    let mut repair = Repair::None;
    if taken.identifier.is_none()
        && let Some((identifier, password)) = stretch::other_keys(&text)
    {
        let keys = Keys {
            identifier: &identifier,
            password: password.as_deref(),
        };
        taken = json::read(&text, keys).ok_or(Reason::NotJson)?;
        repair = Repair::OtherShape;
    }
    let identifier = taken.identifier.ok_or(Reason::NoIdentifier)?;
    let password = taken.password.as_ref().map(|text| text.as_str());
    build(&identifier, password, charset, line, repair)
}

fn build(
    identifier: &str,
    password: Option<&str>,
    charset: row::Charset,
    line: u64,
    repair: Repair,
) -> Result<LineContent, Reason> {
    let identifier = row::identifier(identifier)?;
    let (password, is_digest, without) = match password.map(row::password) {
        Some(Ok((password, is_digest))) => (Some(password), is_digest, None),
        Some(Err(why)) => (None, false, Some(why)),
        None => (None, false, None),
    };
    let row = Row {
        line,
        identifier,
        password,
        is_digest,
        charset,
    };
    Ok(LineContent::Row(row, without, repair))
}

impl Iterator for DumpReader {
    type Item = Result<Row, DumpError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().transpose()
    }
}

impl std::fmt::Debug for DumpReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DumpReader")
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}
