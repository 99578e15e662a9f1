//! Relying parties are administered: at the command line, through the API, and by patients who take back what they gave.

mod account;
mod api;
mod bound;
mod command_line;
mod demo;
mod doctor;
mod document;
mod guide;
mod secrets;
mod support;
