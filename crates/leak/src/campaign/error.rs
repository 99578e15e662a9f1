//! Why something was not done to a leak.

use crate::dump::{Census, DumpError, MalformedMapping};
use config::Problem;
use domain::leak::{LeakId, LeakState, Move};
use service::Fault;
use store::StoreFault;

#[derive(Debug, thiserror::Error)]
pub enum LeakError {
    #[error("the configuration has no such laboratory")]
    UnknownLab,
    #[error("there is no leak with this number")]
    UnknownLeak,
    #[error("{0}")]
    Mapping(#[from] MalformedMapping),
    #[error("{0}")]
    List(#[from] DumpError),
    #[error("not one identifier could be read{}", reasons(.0))]
    NothingRead(Box<Census>),
    #[error("the time of awareness is in the future")]
    AwareTooLate,
    /// The wish cannot be fulfilled in the leak's current state.
    #[error("the leak is {}", state.as_str())]
    NotNow { state: LeakState, wanted: Move },
    /// They stay as they are when it takes effect, so somebody has to say that this is right.
    #[error("{not_found} of {distinct} identifiers are nobody's here")]
    Unmatched { not_found: u64, distinct: u64 },
    #[error("you asked for it yourself and cannot approve it")]
    SamePerson,
    #[error("only a named operator can approve")]
    NotAnOperator,
    #[error("another command is working on this list")]
    ElsewhereAtWork,
    #[error("its accounts are still being recorded")]
    NotSettled,
    #[error("temporary file: {0}")]
    Spool(std::io::Error),
    #[error("this is not the file that the leak was read from")]
    OtherFile,
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl LeakError {
    /// In the words of a command. A fault of the database is the caller's to explain.
    pub fn problem(&self, id: Option<LeakId>) -> Problem {
        let place = id.map_or_else(|| "leak".to_owned(), |id| format!("leak {id}"));
        let remedy = match self {
            Self::UnknownLab => "vestibule lab list names the laboratories",
            Self::UnknownLeak => "vestibule leak status lists the leaks",
            Self::Mapping(_) => "as in --map identifier=3,password=7",
            Self::List(error) => return error.problem(),
            Self::NothingRead(_) => "look at the list, and say where its columns are: --map identifier=3,password=7",
            Self::AwareTooLate => "give the moment at which the lab learnt of it, in UTC: 2026-11-23T09:30:00Z",
            Self::NotNow { state, wanted } => remedy(*state, *wanted),
            Self::Unmatched { not_found, .. } => {
                let remedy = format!(
                    "look at where they stand (vestibule leak status ID); if they are nobody's, add --accept-unmatched {not_found}"
                );
                return Problem {
                    place,
                    what: self.to_string(),
                    remedy,
                };
            }
            Self::SamePerson => "a second operator with the role security has to approve it",
            Self::NotAnOperator => "name yourself: --as OPERATOR",
            Self::ElsewhereAtWork => "wait until it is done; vestibule leak status shows its progress",
            Self::NotSettled => "wait a moment and try again; vestibule leak status shows its progress",
            Self::Spool(_) => "check that TMPDIR has room for a tenth of the list",
            Self::OtherFile => "give the file that was imported, packed or unpacked as it was then",
            Self::Fault(_) | Self::Store(_) => "check the database, and the log",
        };
        Problem::new(place, self.to_string(), remedy)
    }
}

fn remedy(state: LeakState, wanted: Move) -> &'static str {
    match (state, wanted) {
        (LeakState::Reading, _) => "import the same file again: it continues where it stopped",
        (LeakState::Suspected, _) => "import the list when you have it; this suspicion can be closed or undone",
        (LeakState::Drafted, Move::Close) => "apply it, or undo it",
        (LeakState::Drafted, _) => "apply it first: vestibule leak import FILE --apply",
        (LeakState::Awaiting, _) => "it waits for a second operator: vestibule leak approve",
        (LeakState::Applied, _) => "it is in effect already",
        (LeakState::Closed, _) => "it is closed: nothing can be changed any more",
        (LeakState::Undone, _) => "import the list again if it is a leak after all",
    }
}

fn reasons(census: &Census) -> String {
    let reasons = census.bad.iter().map(|bad| format!("; {} × {}", bad.count, bad.reason));
    reasons.collect()
}
