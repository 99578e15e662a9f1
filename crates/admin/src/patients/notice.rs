//! What an import of patients tells while it runs.

use std::time::Duration;

use crate::patients::columns::Field;
use crate::patients::row::Reason;

/// A line that was not imported. Never holds its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Counted from 1.
    pub line: u64,
    pub field: Option<Field>,
    pub reason: Reason,
}

/// What an import tells while it runs.
#[derive(Clone, Copy, Debug)]
pub enum Notice {
    Bad(BadLine),
    /// Passwords to be wrapped, at the most, and how long that takes on this machine.
    Hashing {
        passwords: u64,
        takes: Duration,
    },
    /// Bytes of the file that are dealt with, and of how many.
    Progress {
        bytes: u64,
        of: u64,
    },
}
