//! A client in its own name (RFC 6749 4.4), for the admin API.

use super::Tokens;
use super::issue::Issuer;
use crate::refusal::ProtocolProblem;
use crate::{Params, Refusal};
use domain::authorization::OauthError;
use domain::client::Scopes;
use service::Fault;

pub(super) fn issue(issuer: &Issuer<'_>, params: &Params) -> Result<Tokens, ProtocolProblem> {
    let allowed = &issuer.client.policy.scopes;
    let scopes = match params.get("scope") {
        None => allowed.clone(),
        Some(text) => text.parse::<Scopes>().map_err(|_| refused())?,
    };
    if !allowed.covers(&scopes) || scopes.is_empty() {
        return Err(refused().into());
    }
    Ok(issuer.for_itself(&scopes).map_err(Fault::from)?)
}

const fn refused() -> Refusal {
    Refusal::new(
        OauthError::InvalidScope,
        "scope holds what the lab did not allow this client",
    )
}
