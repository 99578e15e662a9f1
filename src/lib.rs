//! Vestibule: the locked entrance hall in front of a medical laboratory's result pages.
//!
//! The folders are floors; each imports only from the floors below it. `docs/architecture.md` has the table and
//! `tests/suite/architecture/` holds it.

pub mod admin;
pub mod auth;
pub mod cli;
pub mod config;
pub mod corpus;
pub mod crypto;
pub mod demo;
pub mod domain;
pub mod gate;
pub mod i18n;
pub mod kernel;
pub mod leak;
pub mod oidc;
pub mod server;
pub mod service;
pub mod store;
pub mod web;
