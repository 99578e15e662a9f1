//! Makes a list as they circulate, of any size: the same seed gives the same bytes. No one in it exists.

mod layout;
mod person;
mod sink;

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use layout::Line;
use sink::Sink;

use domain::invented::Dice;

pub use layout::Layout;
pub use sink::{Packing, TextEncoding};

#[derive(Clone, Debug)]
pub struct Options {
    pub rows: u64,
    /// Columns of a table; a list of pairs has two.
    pub fields: usize,
    pub seed: u64,
    pub layout: Layout,
    pub encoding: TextEncoding,
    pub packing: Packing,
    /// Of a hundred rows, how many are those of `P-000001`, `P-000002`… or of `accounts`. The others are strangers.
    pub match_percent: u8,
    /// Files of `identifier` or `identifier,password` lines.
    pub accounts: Vec<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rows: 491_840,
            fields: 60,
            seed: 1,
            layout: Layout::Semicolon,
            encoding: TextEncoding::Utf8,
            packing: Packing::None,
            match_percent: 60,
            accounts: Vec::new(),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    #[error("{place}: {error}")]
    File { place: PathBuf, error: io::Error },
    #[error("a list has 2 to 1000 columns")]
    Columns,
    #[error("at most 100 percent of the rows can match")]
    Percent,
}

/// A name that a choice of the command line does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{given}' is not one of {choices}")]
pub struct UnknownChoice {
    given: String,
    choices: &'static str,
}

/// Writes the list, and says now and then how many rows are done.
///
/// # Errors
/// A file cannot be read or written; the options contradict themselves.
pub fn generate(options: &Options, out: &Path, progress: &mut dyn FnMut(u64)) -> Result<(), GenerateError> {
    if !(2..=1000).contains(&options.fields) {
        return Err(GenerateError::Columns);
    }
    if options.match_percent > 100 {
        return Err(GenerateError::Percent);
    }
    let failed = |error| GenerateError::File {
        place: out.to_owned(),
        error,
    };
    let file = File::create(out).map_err(failed)?;
    let mut sink = Sink::new(file, options.encoding, options.packing).map_err(failed)?;
    let mut accounts = Accounts::new(&options.accounts);
    let mut line = Line::new(options.layout, options.fields);
    if let Some(header) = line.header() {
        sink.write(&header).map_err(failed)?;
    }
    let mut matched = 0;
    for row in 0..options.rows {
        // A generator a row: a row does not depend on how many there are.
        let mut dice = Dice::new(options.seed, row);
        let due = (row + 1) * u64::from(options.match_percent) / 100;
        let account = if due > matched {
            matched = due;
            accounts.next(due)?
        } else {
            None
        };
        let text = line.of(&mut dice, row, account);
        sink.write(text).map_err(failed)?;
        if row % 4096 == 0 {
            progress(row);
        }
    }
    progress(options.rows);
    sink.finish().map_err(failed)
}

/// Who is in the list and has an account.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Account {
    identifier: String,
    password: Option<String>,
}

struct Accounts<'a> {
    files: std::slice::Iter<'a, PathBuf>,
    numbered: bool,
    open: Option<(PathBuf, io::Lines<BufReader<File>>)>,
}

impl<'a> Accounts<'a> {
    fn new(files: &'a [PathBuf]) -> Self {
        Self {
            files: files.iter(),
            numbered: files.is_empty(),
            open: None,
        }
    }

    /// None when the files have no more.
    fn next(&mut self, number: u64) -> Result<Option<Account>, GenerateError> {
        if self.numbered {
            return Ok(Some(Account {
                identifier: format!("P-{number:06}"),
                password: None,
            }));
        }
        loop {
            if let Some((place, lines)) = &mut self.open {
                for line in lines {
                    let line = line.map_err(|error| GenerateError::File {
                        place: place.clone(),
                        error,
                    })?;
                    let (identifier, password) = match line.split_once([',', ';', '\t']) {
                        Some((identifier, password)) => (identifier, Some(password.to_owned())),
                        None => (line.as_str(), None),
                    };
                    if !identifier.trim().is_empty() {
                        return Ok(Some(Account {
                            identifier: identifier.trim().to_owned(),
                            password,
                        }));
                    }
                }
            }
            let Some(place) = self.files.next() else {
                return Ok(None);
            };
            let file = File::open(place).map_err(|error| GenerateError::File {
                place: place.clone(),
                error,
            })?;
            self.open = Some((place.clone(), BufReader::new(file).lines()));
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
