//! Reading leaked lists, from outside.

mod archives;
mod canaries;
mod json_and_pairs;
mod memory;
mod nasty;
mod oracle;
mod resuming;
mod round_trip;

use std::path::PathBuf;

use tempfile::TempDir;
use vestibule::leak::dump::{Census, Damage, DumpError, DumpReader, Mapping};

/// A file that goes away.
pub struct Listed {
    _folder: TempDir,
    pub path: PathBuf,
}

pub fn listed(bytes: impl AsRef<[u8]>) -> Listed {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list");
    std::fs::write(&path, bytes).unwrap();
    Listed { _folder: folder, path }
}

/// Line, identifier, password.
pub type Seen = (u64, String, Option<String>);

pub struct Outcome {
    pub rows: Vec<Seen>,
    pub census: Census,
    pub damage: Vec<Damage>,
}

impl Outcome {
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.rows
            .iter()
            .map(|(_, identifier, password)| (identifier.as_str(), password.as_deref().unwrap_or("-")))
            .collect()
    }
}

pub fn rest(mut reader: DumpReader) -> Outcome {
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row().unwrap() {
        let password = row.password.map(|password| password.as_found().to_owned());
        rows.push((row.line, row.identifier.as_str().to_owned(), password));
    }
    Outcome {
        rows,
        census: reader.census().clone(),
        damage: reader.damage(),
    }
}

pub fn mapped(map: &str) -> Mapping {
    if map.is_empty() {
        Mapping::default()
    } else {
        Mapping::parse(map).unwrap()
    }
}

pub fn try_read(bytes: impl AsRef<[u8]>, map: &str) -> Result<Outcome, DumpError> {
    let file = listed(bytes);
    DumpReader::open(&file.path, &mapped(map)).map(rest)
}

pub fn read(bytes: impl AsRef<[u8]>, map: &str) -> Outcome {
    try_read(bytes, map).unwrap()
}
