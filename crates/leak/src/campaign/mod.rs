//! From a list to everyone on it being safe.
//!
//! ```text
//! list → draft: read (keyed digests, sorted) → load → match     nothing has happened yet; this is the dry run
//!      → apply: one transaction changes the leak's state and ends the sessions; what an account must do follows from
//!        the lists it is on (domain::leak), so all are safe at once, and undo is one transaction as well
//!      → settle: the trail and the outbox, stretch by stretch → expire: the passwords that were not changed
//! ```
//! Every step leaves a cursor behind, and the next run continues from there.

mod act;
mod draft;
mod error;
mod follow_up;
mod identifiers;
mod list;
mod load;
mod overview;
mod settle;
mod spool;
mod unmatched;
mod verify;

pub use act::{EffectStatus, apply, apply_accepting, approve, close, undo};
pub use draft::draft;
pub use error::LeakError;
pub use follow_up::follow_up;
pub use identifiers::{Identifiers, Shape, Unmatched};
pub use list::{Interpretation, List, ListDescription, Reading};
pub(super) use load::share;
pub use overview::{Overview, Warning, find, lab_of, overview};
pub use settle::settle;
pub use verify::{Share, VerifyCounts, verify};

use domain::leak::LeakId;

/// How far a campaign's work has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The leak has its number.
    Numbered(LeakId),
    /// Bytes of the list.
    Reading { done: u64, of: u64 },
    /// Rows into the database; `of` may count some twice.
    Loading { done: u64, of: u64 },
    /// Rows compared with the accounts.
    Matching { done: u64, of: u64 },
    /// Accounts recorded.
    Settling { done: u64, of: u64 },
}

pub type Notify<'a> = &'a mut (dyn FnMut(Notice) + Send);
