//! Cryptography, pure and synchronous.

pub mod jose;
