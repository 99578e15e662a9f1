//! All SQL, for two databases with one text. Nothing above this floor knows which one it talks to.

pub mod account;
pub mod audit;
mod columns;
pub mod db;
pub mod installation;
pub mod leak;
mod migrations;
pub mod oauth;
mod packed;
pub mod purge;
pub mod sign_in;
pub mod telling;

pub use db::{Db, StoreFault, Tx};
pub use migrations::names as migration_names;
