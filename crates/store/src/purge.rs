//! What is over is deleted. A table with an end stands in its room's list, and a test compares the lists with the schema, so
//! that none is forgotten.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::{StoreFault, Tx};
use kernel::clock::Timestamp;

/// Until when what has no end of its own is kept.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    pub now: Timestamp,
    /// Trusted devices that were not used since then are forgotten.
    pub devices_used_since: Timestamp,
    /// How long failures at identifiers without an account are kept.
    pub strangers_kept: Duration,
    /// How long after its end a client's request that was asked is still known.
    pub asked_lasts: Duration,
    /// Minutes of sieges before then are forgotten.
    pub sieges_since: Timestamp,
}

type Deleting<'t> = Pin<Box<dyn Future<Output = Result<u64, StoreFault>> + Send + 't>>;

/// One statement that deletes what is over.
#[derive(Debug)]
pub struct Purge {
    /// With what it deletes from, other tables may go along.
    pub tables: &'static [&'static str],
    pub(crate) run: for<'t> fn(&'t mut Tx, Ends) -> Deleting<'t>,
}

impl Purge {
    pub(crate) const fn of(tables: &'static [&'static str], run: for<'t> fn(&'t mut Tx, Ends) -> Deleting<'t>) -> Self {
        Self { tables, run }
    }
}
