//! The operators' side: the same use cases on SQLite and on PostgreSQL.

mod command_line;
mod configuration;
mod database;
mod doctor;
mod gate;
mod import;
mod import_files;
mod installation;
mod one_person;
mod operators;
mod patients;
mod reseal;
pub mod stand;
