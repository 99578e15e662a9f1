//! All integration tests, in one program: it links once, and the tests share one PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod architecture;
mod dependencies;
mod support;
