//! A sorted piece of what plain lists hold, on disk: keys and counts, 12 bytes each.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::lines::Place;
use super::problem::BuildProblem;
use super::source::{Item, Source};

pub(super) const RECORD: u64 = 12;
const BUFFER: usize = 32 * 1024;

/// # Errors
/// It cannot be written.
pub(super) fn write(path: &Path, items: impl Iterator<Item = Result<Item, BuildProblem>>) -> Result<(), BuildProblem> {
    let failed = |error: &std::io::Error| BuildProblem::unwritable(path, error);
    let mut out = BufWriter::with_capacity(BUFFER, File::create(path).map_err(|error| failed(&error))?);
    for item in items {
        let Item { key, count } = item?;
        out.write_all(&key.to_le_bytes())
            .and_then(|()| out.write_all(&count.to_le_bytes()))
            .map_err(|error| failed(&error))?;
    }
    let file = out.into_inner().map_err(|error| failed(error.error()))?;
    file.sync_all().map_err(|error| failed(&error))
}

#[derive(Debug)]
pub(super) struct Run {
    path: PathBuf,
    file: BufReader<File>,
    next: Option<Item>,
    /// Of the record that is next.
    byte: u64,
    length: u64,
}

impl Run {
    /// # Errors
    /// It cannot be read.
    pub fn open(path: &Path, place: Place) -> Result<Self, BuildProblem> {
        let unreadable = |error: std::io::Error| BuildProblem::unreadable(path, &error);
        let mut file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        file.seek(SeekFrom::Start(place.byte)).map_err(unreadable)?;
        let mut run = Self {
            path: path.to_owned(),
            file: BufReader::with_capacity(BUFFER, file),
            next: None,
            byte: place.byte,
            length,
        };
        run.read()?;
        Ok(run)
    }

    fn read(&mut self) -> Result<(), BuildProblem> {
        if self.byte + RECORD > self.length {
            self.next = None;
            return Ok(());
        }
        let (mut key, mut count) = ([0; 8], [0; 4]);
        self.file
            .read_exact(&mut key)
            .and_then(|()| self.file.read_exact(&mut count))
            .map_err(|error| BuildProblem::unreadable(&self.path, &error))?;
        self.next = Some(Item {
            key: u64::from_le_bytes(key),
            count: u32::from_le_bytes(count),
        });
        Ok(())
    }
}

impl Source for Run {
    fn peek(&self) -> Option<Item> {
        self.next
    }

    fn advance(&mut self) -> Result<(), BuildProblem> {
        self.byte += RECORD;
        self.read()
    }

    fn place(&self) -> Place {
        Place {
            byte: self.byte,
            ..Place::default()
        }
    }

    fn bytes(&self) -> u64 {
        self.byte
    }
}
