//! The life of an account's means: nothing outlives what it came from.

mod meanwhile;
mod outlived;
