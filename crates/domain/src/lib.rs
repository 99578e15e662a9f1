//! What a laboratory and its patients would recognise: types, transitions and policy. No SQL, no HTTP, no clock.

pub mod account;
pub mod actor;
pub mod alert;
pub mod audit;
pub mod authorization;
pub mod backoff;
pub mod birth_date;
pub mod client;
pub mod conflict;
pub mod device;
pub mod ending;
pub mod evidence;
pub mod identifier;
pub mod invented;
pub mod leak;
#[cfg(test)]
mod leak_tests;
pub mod names;
pub mod operator;
pub mod outbox;
pub mod passkey;
pub mod password;
pub mod pending;
pub mod provider;
pub mod record;
pub mod return_to;
pub mod session;
pub mod siege;
#[cfg(test)]
mod siege_tests;
pub mod signing_key;
pub mod tweaks;
pub mod unknown_state;
