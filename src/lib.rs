//! Vestibule: the locked entrance hall in front of a medical laboratory's result pages.
//!
//! The folders are floors; each imports only from the floors below it. `docs/architecture.md` has the table and
//! `tests/architecture.rs` holds it.

pub mod config;
pub mod crypto;
pub mod domain;
pub mod gate;
pub mod kernel;
pub mod web;
