//! The gate between a real browser's socket and a real LIS's.

mod bodies;
mod compared;
mod cookies;
mod difference;
mod failing;
mod headers;
pub mod http;
mod nginx;
mod once;
mod smuggling;
mod stand;
mod tls;
