//! All SQL, for two databases with one text. Nothing above this floor knows which one it talks to.

pub mod accounts;
pub mod alert_deliveries;
pub mod alerts;
pub mod audit;
pub mod authenticators;
pub mod canaries;
mod columns;
pub mod db;
pub mod devices;
pub mod installation;
pub mod invitations;
pub mod lab_codes;
pub mod leak_accounts;
pub mod leak_entries;
pub mod leaks;
pub mod legacy_passwords;
pub mod letters;
mod migrations;
pub mod operator_networks;
pub mod operators;
pub mod outbox;
mod packed;
pub mod passwords;
pub mod pending;
pub mod records;
pub mod recovery_codes;
pub mod reseal;
pub mod sessions;
pub mod sieges;
pub mod sqlite_file;
pub mod throttle;
pub mod tickets;
pub mod trouble;

pub use db::{Db, StoreFault, Tx};
pub use migrations::names as migration_names;
