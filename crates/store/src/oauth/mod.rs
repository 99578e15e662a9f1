//! What clients are, ask for and hold.

pub mod authorizations;
pub mod client_sessions;
pub mod clients;
pub mod consents;
pub mod oauth_grants;
pub mod refresh_tokens;
pub mod signing_keys;
pub mod used_ids;
