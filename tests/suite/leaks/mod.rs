//! A list has leaked: what happens to whom, when, and that nothing else does.

mod campaign;
mod command_line;
mod contacts;
mod interruptions;
mod memory;
mod unmatched;
mod verify;
