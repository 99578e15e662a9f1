//! The database as a thing to look after: its state, its backups, its return from one.

mod backup;
mod postgres;
mod restore;
mod status;

pub use backup::{backup, record_for_every_lab};
pub use restore::{Restoration, restore};
pub use status::{DatabaseStatus, migrate, status};
