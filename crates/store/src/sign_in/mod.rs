//! Signing in, from the first attempt to the end of the session.

pub mod devices;
pub mod passkey_challenges;
pub mod pending;
pub mod sessions;
pub mod sieges;
pub mod throttle;
pub mod tickets;
pub mod upstream_departures;
pub mod upstream_sessions;
