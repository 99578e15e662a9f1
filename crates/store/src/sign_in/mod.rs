//! Signing in, from the first attempt to the end of the session.

use crate::purge::Purge;

pub mod devices;
pub mod form_outcomes;
pub mod passkey_challenges;
pub mod pending;
pub mod provider_departures;
pub mod provider_sessions;
pub mod sessions;
pub mod sieges;
pub mod throttle;
pub mod tickets;

pub(crate) const PURGES: &[Purge] = &[
    Purge::of(&["pending"], |tx, ends| Box::pin(pending::delete_expired(tx, ends.now))),
    Purge::of(&["passkey_challenges"], |tx, ends| {
        Box::pin(passkey_challenges::delete_expired(tx, ends.now))
    }),
    Purge::of(&["upstream_departures"], |tx, ends| {
        Box::pin(provider_departures::delete_expired(tx, ends.now))
    }),
    Purge::of(&["form_outcomes"], |tx, ends| {
        Box::pin(form_outcomes::delete_expired(tx, ends.now))
    }),
    Purge::of(&["tickets"], |tx, ends| Box::pin(tickets::delete_expired(tx, ends.now))),
    Purge::of(&["sessions"], |tx, ends| {
        Box::pin(sessions::delete_expired(tx, ends.now))
    }),
    Purge::of(&["devices"], |tx, ends| {
        Box::pin(devices::delete_unused(tx, ends.devices_used_since))
    }),
    Purge::of(&["throttle"], |tx, ends| {
        Box::pin(throttle::delete_strangers(tx, ends.strangers_kept, ends.now))
    }),
    Purge::of(&["siege_slots"], |tx, ends| {
        Box::pin(sieges::delete_slots(tx, ends.sieges_since))
    }),
];
