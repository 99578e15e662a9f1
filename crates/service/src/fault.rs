//! What broke on our side, whatever the use case.

use crypto::jose::JoseFault;
use crypto::password_hash::HashFault;
use store::StoreFault;

/// Something broke that no visitor can fix, as a rule that the database does not answer ([`StoreFault`]). Logged once
/// at the edge, never shown.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Store(#[from] StoreFault),
    #[error(transparent)]
    Hash(#[from] HashFault),
    #[error(transparent)]
    Jose(#[from] JoseFault),
    #[error("{0}")]
    Broken(&'static str),
}
