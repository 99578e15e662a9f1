//! What use cases share: places for work in progress, the bounded hash pool, screening, throttling by network, audit, the cache of visits.

pub mod admission;
pub mod alerts;
pub mod audit;
pub mod canary;
pub mod core;
pub mod hashing;
pub mod http_client;
pub mod known_passwords;
pub mod metrics;
pub mod network_throttle;
pub mod outbox;
pub mod pause;
pub mod screening;
pub mod siege;
pub mod signing_keys;
pub mod standing;
pub mod tls;
pub mod upstream;
pub mod visits;
pub mod watch;

pub use self::core::{Core, Fault};
