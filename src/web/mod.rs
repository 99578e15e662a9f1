//! What speaks HTTP.

pub mod proxy;
