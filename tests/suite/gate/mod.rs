//! The gate between a real browser's socket and a real LIS's.

mod bodies;
mod failing;
mod headers;
pub mod http;
mod nginx;
mod smuggling;
mod stand;
mod tls;
