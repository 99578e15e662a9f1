//! How a request that did not succeed ends: a page in plain words, and where it was our fault one line in the log.

use std::time::Duration;

use crypto::seal::SealError;
use machinery::hashing::NoHash;
use service::Fault;
use service::{StoreFault, Trouble};

#[derive(Debug)]
pub enum Failure {
    NotFound,
    MethodNotAllowed,
    BadRequest,
    /// Signed in, but the role does not reach it.
    RoleNeeded,
    TooFast(Duration),
    Busy(Duration),
    Fault(Fault),
    Page(askama::Error),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(store) if is_passing(store.trouble()) => Self::Busy(Duration::from_secs(5)),
            fault => Self::Fault(fault),
        }
    }
}

/// Trying again in a moment is right.
fn is_passing(trouble: Trouble) -> bool {
    matches!(trouble, Trouble::Busy | Trouble::NoAnswer)
}

impl From<StoreFault> for Failure {
    fn from(fault: StoreFault) -> Self {
        Fault::from(fault).into()
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        StoreFault::from(error).into()
    }
}

impl From<NoHash> for Failure {
    fn from(no_hash: NoHash) -> Self {
        match no_hash {
            NoHash::Busy { retry_after } => Self::Busy(retry_after),
            NoHash::Fault(fault) => Self::Fault(fault.into()),
        }
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Self::Page(error)
    }
}

/// At least a second: a client that comes back at once makes it worse.
pub fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0).max(u64::from(wait.is_zero()))
}
