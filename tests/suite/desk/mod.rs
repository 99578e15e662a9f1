//! The desk: operators come in by themselves, see their own labs alone, and act as far as their role goes.

mod entrance;
mod leaks;
mod lists;
pub mod roles;
