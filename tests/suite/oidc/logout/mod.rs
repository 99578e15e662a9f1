//! Signing out: requested by a client, and told to clients.

mod initiated;
mod told;
