//! What clients are, ask for and hold.

use crate::purge::Purge;

pub mod authorizations;
pub mod client_sessions;
pub mod clients;
pub mod consents;
pub mod oauth_grants;
pub mod refresh_tokens;
pub mod signing_keys;
pub mod used_ids;

pub(crate) const PURGES: &[Purge] = &[
    Purge::of(&["client_secrets"], |tx, ends| {
        Box::pin(clients::delete_expired_secrets(tx, ends.now))
    }),
    Purge::of(&["authorizations"], |tx, ends| {
        Box::pin(authorizations::delete_expired(tx, ends.now, ends.asked_lasts))
    }),
    // Codes and refresh tokens go with their grant.
    Purge::of(
        &["oauth_grants", "authorization_codes", "refresh_tokens"],
        |tx, ends| Box::pin(oauth_grants::delete_expired(tx, ends.now)),
    ),
    Purge::of(&["revoked_tokens"], |tx, ends| {
        Box::pin(refresh_tokens::delete_expired(tx, ends.now))
    }),
    Purge::of(&["client_sessions"], |tx, ends| {
        Box::pin(client_sessions::delete_expired(tx, ends.now))
    }),
    Purge::of(&["used_ids"], |tx, ends| {
        Box::pin(used_ids::delete_expired(tx, ends.now))
    }),
];
