//! What every floor may use: time, randomness, typed ids, the client's address, and what people type, made plain.

#![warn(missing_docs)]

pub mod client_address;
pub mod clock;
pub mod entropy;
pub mod ids;
mod opaque;
pub mod stack;
pub mod typed;
