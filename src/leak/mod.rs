//! What is done when a list of identifiers and passwords circulates.

pub mod campaign;
pub mod dump;
pub mod letters;
mod table;
