//! What every floor may use: time, randomness, typed ids and the client's address.

#![warn(missing_docs)]

pub mod client_address;
pub mod clock;
pub mod entropy;
pub mod ids;
pub mod stack;
