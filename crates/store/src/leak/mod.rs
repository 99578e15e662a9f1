//! Lists that leaked, and whom they concern.

pub mod leak_accounts;
pub mod leak_entries;
pub mod leaks;
pub mod letters;
