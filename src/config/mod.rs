//! The configuration, one file per section. Everything is validated at load.

pub mod site;
