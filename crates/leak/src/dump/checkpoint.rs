//! Where a reader was, so that another can continue after a kill.

use serde::{Deserialize, Serialize};

use super::fit::Columns;

/// Tells nothing of what was read: two numbers and a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Bytes of the unpacked text before the next record; UTF-16 counted as UTF-8.
    pub offset: u64,
    /// Lines before it.
    pub line: u64,
    /// Of all those bytes, and of how they were understood.
    pub fingerprint: String,
    /// Where the columns are by now, if that changed on the way.
    #[serde(default)]
    pub(super) columns: Option<Columns>,
}
