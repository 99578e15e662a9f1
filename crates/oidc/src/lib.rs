//! The protocol, without HTTP: authorization requests and what comes of them, tokens, and what clients ask about them.

pub mod access_token;
pub mod acr;
pub mod assertion;
pub mod authorize;
pub mod backchannel_logout;
pub mod client_authentication;
mod dates;
pub mod disclosure;
pub mod dpop;
mod hint;
pub mod introspect;
pub mod issuer;
pub mod logout;
pub mod metadata;
pub mod params;
pub mod profile;
pub mod refusal;
pub mod request_object;
pub mod single_use;
pub mod token;
pub mod userinfo;

pub use params::Params;
pub use refusal::Refusal;
