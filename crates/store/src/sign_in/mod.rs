//! Signing in, from the first attempt to the end of the session.

pub mod devices;
pub mod passkey_challenges;
pub mod pending;
pub mod provider_departures;
pub mod provider_sessions;
pub mod sessions;
pub mod sieges;
pub mod throttle;
pub mod tickets;
