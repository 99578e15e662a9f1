//! The gate's decision for another proxy: what is asked, by whom, and what the answer says.

mod programs;
mod proxies;
mod questions;
mod stand;
