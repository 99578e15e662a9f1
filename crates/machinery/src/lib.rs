//! What runs under the use cases and knows none of them: places for work in progress, the bounded hash pool, the HTTP
//! client, TLS, metrics, rates of networks, what is remembered of visits.

pub mod admission;
pub mod hashing;
pub mod http_client;
pub mod metrics;
pub mod minute;
pub mod network_throttle;
pub mod pause;
pub mod reading;
pub mod tls;
pub mod visits;
