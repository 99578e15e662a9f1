//! Why a build stopped: where, what, and what to do.

use std::fmt;
use std::io;
use std::path::Path;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildProblem {
    pub place: String,
    pub what: String,
    pub remedy: String,
}

impl fmt::Display for BuildProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.what, self.remedy)
    }
}

impl std::error::Error for BuildProblem {}

impl BuildProblem {
    pub(super) fn new(place: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    pub(super) fn at_line(path: &Path, line: u64, what: &str, remedy: &str) -> Self {
        Self::new(format!("{}:{line}", path.display()), what, remedy)
    }

    pub(super) fn unreadable(path: &Path, error: &io::Error) -> Self {
        let remedy = "check the path, and that you may read it";
        Self::new(
            path.display().to_string(),
            format!("it cannot be read: {error}"),
            remedy,
        )
    }

    pub(super) fn unwritable(path: &Path, error: &io::Error) -> Self {
        let remedy = "free space there, or name a file in a folder that you can write to";
        Self::new(
            path.display().to_string(),
            format!("it cannot be written: {error}"),
            remedy,
        )
    }
}
