//! Why a list cannot be read at all. Single bad rows are not errors: the census counts them.

use std::io;
use std::path::{Path, PathBuf};

use config::Problem;

use super::status::is_of_the_file;

#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    #[error("{place}: {error}")]
    Unreadable { place: PathBuf, error: io::Error },
    #[error("{0}")]
    Refused(Problem),
    /// The part of the file that was read before is not what it was: nothing may be resumed.
    #[error("{0}: what was read before has changed since; start again from the beginning of the file")]
    Changed(PathBuf),
}

impl DumpError {
    pub(super) fn reading(place: &Path) -> impl Fn(io::Error) -> Self {
        let place = place.to_owned();
        move |error| {
            if error.kind() == io::ErrorKind::OutOfMemory && !is_of_the_file(&error) {
                return Self::refused(
                    &place,
                    "it was packed with a Zstandard window of more than 8 MiB",
                    "unpack it first: zstd -d --long=31 FILE",
                );
            }
            Self::Unreadable {
                place: place.clone(),
                error,
            }
        }
    }

    pub(super) fn refused(place: &Path, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Refused(Problem::new(place.display().to_string(), what, remedy))
    }

    /// In the words of a command: place, what, remedy.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Refused(problem) => problem.clone(),
            Self::Unreadable { place, error } => Problem::new(
                place.display().to_string(),
                error.to_string(),
                "check that the file is there and that you may read it",
            ),
            Self::Changed(place) => Problem::new(
                place.display().to_string(),
                "what was read before has changed since",
                "start again from the beginning of the file",
            ),
        }
    }
}
