//! The token endpoint's work: a code, a refresh token or the client's own name becomes tokens.

mod code;
mod credentials;
mod issue;
mod living;
mod refresh;

use serde::Serialize;

use self::issue::Issuer;
pub use self::living::living;

use crate::refusal::ProtocolProblem;
use crate::{Params, Refusal};
use domain::authorization::{Binding, OauthError};
use domain::client::{Client, GrantType};
use kernel::ids::LabId;
use service::Core;

/// RFC 6749 5.1.
#[derive(Serialize)]
pub struct Tokens {
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

kernel::opaque!(Tokens);

/// `binding`: the key or certificate that the client showed it holds.
///
/// # Errors
/// No token: what the client is told, or the database does not answer.
pub async fn exchange(
    core: &Core,
    lab: &LabId,
    client: &Client,
    params: &Params,
    binding: Option<Binding>,
) -> Result<Tokens, ProtocolProblem> {
    let grant_type = match params.get("grant_type") {
        Some("authorization_code") => GrantType::AuthorizationCode,
        Some("refresh_token") => GrantType::RefreshToken,
        Some("client_credentials") => GrantType::ClientCredentials,
        Some(_) => return Err(unsupported().into()),
        None => return Err(Refusal::invalid_request("grant_type is missing").into()),
    };
    if !client.policy.may(grant_type) {
        let why = "the lab did not allow this client this grant type";
        return Err(Refusal::new(OauthError::UnauthorizedClient, why).into());
    }
    if client.policy.bound_tokens_only && binding.is_none() {
        let why = "this client gets tokens bound to a key only: a DPoP proof or its certificate is missing";
        return Err(Refusal::invalid_request(why).into());
    }
    let issuer = Issuer::new(core, lab, client, binding).await?;
    match grant_type {
        GrantType::AuthorizationCode => code::redeem(&issuer, params).await,
        GrantType::RefreshToken => refresh::refresh(&issuer, params).await,
        GrantType::ClientCredentials => credentials::issue(&issuer, params),
    }
}

const fn unsupported() -> Refusal {
    Refusal::new(
        OauthError::UnsupportedGrantType,
        "authorization_code, refresh_token or client_credentials",
    )
}
