//! A client in its own name (RFC 6749 4.4), for the admin API.

use super::{Tokens, issue};
use crate::domain::authorization::{Binding, OauthError};
use crate::domain::client::{Client, Scopes};
use crate::kernel::ids::LabId;
use crate::oidc::refusal::Denied;
use crate::oidc::{Params, Refusal};
use crate::service::Core;

pub(super) async fn issue(
    core: &Core,
    lab: &LabId,
    client: &Client,
    params: &Params,
    binding: Option<&Binding>,
) -> Result<Tokens, Denied> {
    let allowed = &client.policy.scopes;
    let scopes = match params.get("scope") {
        None => allowed.clone(),
        Some(text) => text.parse::<Scopes>().map_err(|_| refused())?,
    };
    if !allowed.covers(&scopes) || scopes.is_empty() {
        return Err(refused().into());
    }
    Ok(issue::for_client(core, lab, client, &scopes, binding).await?)
}

const fn refused() -> Refusal {
    Refusal::new(
        OauthError::InvalidScope,
        "scope holds what the lab did not allow this client",
    )
}
