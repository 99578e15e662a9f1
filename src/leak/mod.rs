//! Leak response: what is done when a list of identifiers and passwords circulates.

pub mod dump;
