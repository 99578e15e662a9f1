//! Brings a LIS's patients in: streaming, in small transactions, and without keeping anything of the file.

use std::collections::HashSet;
use std::io::{BufReader, Read};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::patients::columns::{ColumnMap, Columns, Field};
use crate::patients::dates::{self, OrderSaid, Readings};
use crate::patients::decide::{Done, KeyedRow, Line, store};
use crate::patients::legacy::{self, LegacyLine, LegacyReport};
use crate::patients::lines::{Lines, ScannedLine};
use crate::patients::notice::{BadLine, Notice};
use crate::patients::row::{Reason, Row};
use crate::patients::survey::{self, Survey, survey};
use crate::{Problem, explain};
use config::DateOrder;
use crypto::blind_index::{BlindIndex, Indexer};
use domain::audit::{Actor, Event};
use kernel::clock::Stopwatch;
use kernel::ids::LabId;
use service::{Core, Fault, audit};
use store::StoreFault;

/// Also what one statement reads or writes.
const LINES_PER_TRANSACTION: usize = 1_000;
/// When each line costs a hash: this many are lost if the import is interrupted.
const LINES_WITH_HASHES: usize = 100;
/// Between two transactions the server's own writes have their turn: SQLite has one writer, and a patient who signs in
/// does not queue for it but tries again and again for five seconds.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
/// A pause lasts the transaction's time divided by this.
const PAUSE_SHARE: f32 = 2.0;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    pub added: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub refused: u64,
    /// Columns of the file that were skipped unread.
    pub columns_dropped: usize,
    /// `None` if no passwords of the LIS were to be imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legacy: Option<LegacyReport>,
}

impl ImportReport {
    /// More than one line of twenty: somebody should look at the file, not at its lines.
    pub fn is_too_bad(&self) -> bool {
        self.refused * 20 > self.added + self.updated + self.unchanged + self.refused
    }
}

/// Imports what it can and reports the rest line by line. Repeated with the same file, it changes nothing.
///
/// # Errors
/// The file has no columns to read, or the database fails; what was committed until then stays, and the import can be
/// repeated.
pub async fn import(
    core: &Core,
    lab: &LabId,
    file: &Path,
    map: &ColumnMap,
    actor: &Actor,
    notify: &mut (dyn FnMut(Notice) + Send),
) -> Result<ImportReport, Problem> {
    if core.config.lab(lab).is_none() {
        let remedy = "name a lab of the configuration: vestibule lab list";
        return Err(Problem::new(
            format!("--lab {lab}"),
            "the configuration has no such laboratory",
            remedy,
        ));
    }
    let found = survey(file)?;
    let (lines, columns) = open(file, map, &found)?;
    let order = map.date_order.or(core.config.lab(lab).and_then(|lab| lab.date_order));
    let order = match order {
        Some(order) => order,
        None => date_order(file, map, &found)?,
    };
    let mut import = Import {
        core,
        lab,
        identifiers: Indexer::new(&core.keyring, lab, "identifier"),
        records: Indexer::new(&core.keyring, lab, "record"),
        digests: Indexer::new(&core.keyring, lab, "import"),
        lines,
        columns,
        found,
        order,
        seen: HashSet::new(),
        bytes: 0,
        report: ImportReport::default(),
    };
    import.report.columns_dropped = import.columns.dropped();
    if import.columns.legacy.is_some() {
        import.report.legacy = Some(LegacyReport::default());
        let (passwords, takes) = (found.lines, core.hashing.expected_time(found.lines));
        notify(Notice::Hashing { passwords, takes });
    }
    let mut first = true;
    loop {
        let ended = match import.batch(actor, first, notify).await {
            Ok(ended) => ended,
            Err(Interruption::Fault(fault)) => return Err(import.interrupted(file, &fault)),
            Err(Interruption::Read(error)) => return Err(unreadable(file, &error)),
        };
        notify(Notice::Progress {
            bytes: import.bytes,
            of: import.found.bytes,
        });
        if ended {
            return Ok(import.report);
        }
        first = false;
    }
}

type FileLines = Lines<BufReader<Box<dyn Read + Send>>>;

fn open(file: &Path, map: &ColumnMap, found: &Survey) -> Result<(FileLines, Columns), Problem> {
    let at_start = || -> std::io::Result<FileLines> {
        let mut lines = Lines::new(survey::open(file)?, found.delimiter);
        if found.ends_with_return {
            lines = lines.ending_with_return();
        }
        if found.has_separator_line {
            lines.next()?;
        }
        Ok(lines)
    };
    let mut lines = at_start().map_err(|error| unreadable(file, &error))?;
    let first = lines.next().map_err(|error| unreadable(file, &error))?;
    let first = first.and_then(|scanned| scanned.record.ok()).ok_or_else(|| {
        let remedy = "the first line names the columns: check its quotes and length";
        Problem::new(format!("{}:1", file.display()), "the first line cannot be read", remedy)
    })?;
    let text = |at| found.encoding.decode(&first.field(at)).unwrap_or_default();
    let texts: Vec<String> = (0..first.len()).map(text).collect();
    let columns = map.resolve(&texts).map_err(|problem| Problem {
        place: format!("{}, {}", file.display(), problem.place),
        ..problem
    })?;
    if !columns.has_header {
        lines = at_start().map_err(|error| unreadable(file, &error))?;
    }
    lines.expect_columns(columns.width);
    Ok((lines, columns))
}

/// Which of two numbers before a year is the day, as the whole file shows it. Where nothing shows it and it makes no
/// difference, either.
fn date_order(file: &Path, map: &ColumnMap, found: &Survey) -> Result<DateOrder, Problem> {
    let (mut lines, columns) = open(file, map, found)?;
    let Some(at) = columns.of(Field::BirthDate) else {
        return Ok(DateOrder::DayFirst);
    };
    let (mut open_one, mut shown) = (None, None);
    while let Some(scanned) = lines.next().map_err(|error| unreadable(file, &error))? {
        let Ok(record) = scanned.record else { continue };
        let text = found.encoding.decode(&record.field(at)).unwrap_or_default();
        match dates::order_said(&text) {
            OrderSaid::Nothing => {}
            OrderSaid::Either { first, second, year } => {
                open_one.get_or_insert((scanned.line, Readings { first, second, year }));
            }
            OrderSaid::Only(order) => {
                let (said, line) = *shown.get_or_insert((order, scanned.line));
                if said != order {
                    let what = format!("day and month are in one order in line {line} and in the other here");
                    return Err(unordered(file, scanned.line, what));
                }
            }
        }
    }
    match (shown, open_one) {
        (Some((order, _)), _) => Ok(order),
        (None, None) => Ok(DateOrder::DayFirst),
        (None, Some((line, readings))) => {
            let what = format!("nothing in the whole file tells day and month apart: {readings}");
            Err(unordered(file, line, what))
        }
    }
}

fn unordered(file: &Path, line: u64, what: String) -> Problem {
    let remedy = "say which comes first, --date-order day-first or month-first, or once for all in [[lab]] date_order; \
                  nothing was imported";
    Problem::new(format!("{}:{line}", file.display()), what, remedy)
}

struct Import<'a> {
    core: &'a Core,
    lab: &'a LabId,
    identifiers: Indexer,
    records: Indexer,
    digests: Indexer,
    lines: FileLines,
    columns: Columns,
    found: Survey,
    order: DateOrder,
    /// Identifiers of the lines that were read.
    seen: HashSet<BlindIndex>,
    bytes: u64,
    report: ImportReport,
}

enum Interruption {
    Fault(Fault),
    Read(std::io::Error),
}

impl From<StoreFault> for Interruption {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault.into())
    }
}

impl From<Fault> for Interruption {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Import<'_> {
    /// One transaction; true when the file is at its end. Counts only what was committed.
    async fn batch(
        &mut self,
        actor: &Actor,
        first: bool,
        notify: &mut (dyn FnMut(Notice) + Send),
    ) -> Result<bool, Interruption> {
        // Read and checked before anyone is kept waiting.
        let most = match self.columns.legacy {
            Some(_) => LINES_WITH_HASHES,
            None => LINES_PER_TRANSACTION,
        };
        let (mut ended, mut kept) = (false, Vec::new());
        let mut lines = Vec::with_capacity(most);
        while !ended && lines.len() < most {
            match self.lines.next().map_err(Interruption::Read)? {
                Some(scanned) => {
                    self.bytes += scanned.bytes;
                    lines.push(self.read(scanned, &mut kept));
                }
                None => ended = true,
            }
        }
        let mut tx = self.core.db.begin().await?;
        let held = Stopwatch::start();
        if first {
            audit::record(self.core, &mut tx, self.lab, actor, None, Event::PatientImportStarted).await?;
        }
        let mut report = self.report.clone();
        for (line, done) in store(self.core, self.lab, &mut tx, lines, &mut self.seen, actor).await? {
            match done {
                Ok(Done::Added) => report.added += 1,
                Ok(Done::Updated) => report.updated += 1,
                Ok(Done::Unchanged) => report.unchanged += 1,
                Err((field, reason)) => {
                    report.refused += 1;
                    kept.retain(|kept| kept.line != line);
                    notify(Notice::Bad(BadLine { line, field, reason }));
                }
            }
        }
        if ended {
            let event = Event::PatientsImported {
                added: report.added,
                updated: report.updated,
                unchanged: report.unchanged,
                refused: report.refused,
                columns_dropped: report.columns_dropped,
                input_kept: false,
            };
            audit::record(self.core, &mut tx, self.lab, actor, None, event).await?;
        }
        tx.commit().await?;
        self.report = report;
        if let Some(report) = &mut self.report.legacy {
            legacy::wrap(self.core, self.lab, kept, actor, report, notify).await?;
        }
        if !ended {
            tokio::time::sleep(held.elapsed().div_f32(PAUSE_SHARE).max(SHORTEST_PAUSE)).await;
        }
        Ok(ended)
    }

    /// Puts what the LIS stored of a password into `kept`.
    fn read(&self, scanned: ScannedLine, kept: &mut Vec<LegacyLine>) -> Line {
        let (number, encoding) = (scanned.line, self.found.encoding);
        let row = scanned
            .record
            .map_err(|broken| (None, Reason::Broken(broken)))
            .and_then(|record| {
                Ok((
                    Row::read(&record, &self.columns, encoding, self.order, self.core.now())?,
                    record,
                ))
            })
            .map(|(row, record)| {
                let identifier = self.identifiers.index(&[row.identifier.as_str()]);
                kept.extend(self.columns.legacy.map(|at| LegacyLine {
                    line: number,
                    identifier,
                    kept: legacy::read(&record, at, encoding),
                }));
                KeyedRow {
                    identifier,
                    record: self.records.index(&[row.record.as_str()]),
                    digest: self.digest(&row),
                    row,
                }
            });
        Line { number, row }
    }

    /// Keyed, so that a stolen database tests no guess at a person.
    fn digest(&self, row: &Row) -> BlindIndex {
        let person = &row.person;
        let mut said = vec![
            person.identifier.as_str(),
            person.email.as_deref().unwrap_or_default(),
            &person.birth_date,
            &person.given_name,
            &person.family_name,
        ];
        said.extend(person.other_names.iter().map(String::as_str));
        self.digests.index(&said)
    }

    fn interrupted(&self, file: &Path, fault: &Fault) -> Problem {
        let problem = match fault {
            Fault::Store(fault) => explain(fault, "database"),
            fault => Problem::new("hashing", fault.to_string(), "check the keyring"),
        };
        let dealt_with = self.report.added + self.report.updated + self.report.unchanged + self.report.refused;
        Problem::new(
            format!("{}, after {dealt_with} lines", file.display()),
            format!("{} ({})", problem.what, problem.place),
            format!(
                "{}; then run the import again: what is imported already is not imported twice",
                problem.remedy
            ),
        )
    }
}

fn unreadable(file: &Path, error: &std::io::Error) -> Problem {
    Problem::new(
        file.display().to_string(),
        error.to_string(),
        "give a file that this user can read; what is imported already is not imported twice",
    )
}
