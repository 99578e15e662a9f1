//! Keys and compact signed tokens (RFC 7515, 7517, 7518, 7638, 8037): what we sign, and what clients sign for us.
//!
//! Symmetric algorithms and `none` have no place here: no type can say them.

mod algorithm;
mod jwks;
mod public_key;
mod signing_key;
mod verify;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use jwks::{Jwks, UnusableJwks};
pub use public_key::{KeyProblem, PublicKey, thumbprint};
pub use signing_key::{JoseFault, SigningKey, jwk_set};
pub use verify::{LONGEST_TOKEN, TokenHeader, TokenProblem, VerifiedToken, claimed, verify, verify_embedded};
