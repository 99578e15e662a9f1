//! What is done when a list of identifiers and passwords circulates.

pub mod campaign;
pub mod dump;
pub mod folder;
pub mod letters;
pub mod report;
mod table;
