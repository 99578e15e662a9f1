//! All integration tests, in one program: it links once, and the tests share one PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "clippy knows #[test] functions for tests, but not their helpers"
)]

mod admin;
mod admission;
mod alerts;
mod architecture;
mod attempts;
mod canaries;
mod client_address;
mod clients;
mod corpus;
mod dependencies;
mod desk;
mod devices;
mod discovery;
mod documents;
mod double_clicks;
mod dump;
mod enrolment;
mod enumeration;
mod forms;
mod forward_auth;
mod gate;
mod hand_over;
mod holds;
mod leaks;
mod legacy;
mod life;
mod oidc;
mod oidc_clients;
mod passkeys;
mod proofs;
mod provider;
mod recovery;
mod routes;
mod schema;
mod siege;
mod sign_in;
mod signing_keys;
mod support;
mod telling;
mod transport;
mod tries;
mod troubles;
mod typing;
