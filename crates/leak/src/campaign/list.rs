//! The list of a leak: where it is read from, what is known about it, and how it was understood.

use std::fmt;
use std::io::Read;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::identifiers::Identifiers;
use crate::dump::{Census, Damage, DumpError, DumpReader, Field, Inspection, Mapping};
use kernel::clock::Timestamp;

pub enum List {
    File(PathBuf),
    /// Read while it arrives; nothing of it is kept.
    Stream {
        name: String,
        /// In bytes, for the progress.
        length: u64,
        read: Box<dyn Read + Send>,
    },
}

impl List {
    pub(super) fn open(self, mapping: &Mapping) -> Result<DumpReader, DumpError> {
        match self {
            Self::File(path) => DumpReader::open(&path, mapping),
            Self::Stream { name, length, read } => DumpReader::over(read, &name, length, mapping),
        }
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Stream { name, .. } => f.debug_tuple("Stream").field(name).finish(),
        }
    }
}

/// What the operator says of a list.
#[derive(Clone, Debug)]
pub struct ListDescription {
    /// Where the list was found, in the operator's words.
    pub source: String,
    /// When the lab learnt of it: the 72 hours begin then. None: now.
    pub aware_at: Option<Timestamp>,
    /// `identifier=3,password=7`. None: the columns are recognised.
    pub mapping: Option<String>,
}

/// What was read of a list: counts and shapes, no content.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reading {
    pub census: Census,
    pub damage: Vec<Damage>,
    pub understood: Interpretation,
    /// None until they were compared with the accounts.
    #[serde(default)]
    pub identifiers: Option<Identifiers>,
}

/// How a list was understood. Headers are not kept: a list without one may have been taken for a list with one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Interpretation {
    pub format: String,
    pub encoding: String,
    pub header: bool,
    pub columns: usize,
    /// Counted from 1; None in a list without columns.
    pub identifier_column: Option<usize>,
    pub password_column: Option<usize>,
    pub password_is_hashed: bool,
    /// Columns of one-time-code seeds.
    pub seed_columns: Vec<usize>,
}

impl Interpretation {
    pub(super) fn of(inspection: &Inspection) -> Self {
        let column = |field| inspection.used_as(field).map(|column| column.number);
        let mut format = inspection.format.to_string();
        for compression in &inspection.compression {
            format.push_str(&format!(" in {compression}"));
        }
        Self {
            format,
            encoding: inspection.encoding.to_owned(),
            header: inspection.header,
            columns: inspection.columns.len(),
            identifier_column: column(Field::Identifier),
            password_column: column(Field::Password),
            password_is_hashed: inspection.password_is_hashed,
            seed_columns: inspection.seed_like().collect(),
        }
    }
}
