//! What the tests stand on: real programs of the system, started and stopped by the tests themselves.

pub mod oathtool;
pub mod postgres;
pub mod programs;
