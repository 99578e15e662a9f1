//! Signing out: asked for by a client, and told to clients.

mod initiated;
mod told;
