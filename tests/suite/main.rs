//! Everything that needs a real socket, in one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "clippy knows #[test] functions for tests, but not their helpers"
)]

mod gate;
