//! A client asks for a person to be signed in: the request, what is decided about it, and the grant that comes of it.

mod claims;
mod decide;
mod error;
mod grant;
mod request;

pub use claims::{AcrWish, Claim, ClaimsRequest};
pub use decide::{Next, SignedIn, Situation, decide};
pub use error::OauthError;
pub use grant::{Binding, CodeTerms, Grant, Terms};
pub use request::{AuthorizationRequest, Prompt, ResponseMode};
