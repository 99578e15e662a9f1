//! The protocol, without HTTP: authorization requests and what comes of them, tokens, and what clients ask about them.

pub mod acr;
pub mod authorize;
pub mod disclosure;
pub mod params;
pub mod refusal;

pub use params::Params;
pub use refusal::Refusal;
