//! The installation as a whole: its keys' fingerprints, resealing, the file of SQLite.

pub mod keys_seen;
pub mod reseal;
pub mod sqlite_file;
pub mod trouble;
