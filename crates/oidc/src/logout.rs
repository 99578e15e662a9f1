//! A client asks for its person to be signed out here (OpenID Connect RP-Initiated Logout 1.0).

use url::Url;

use crate::hint::{self, Hint};
use crate::refusal::ProtocolProblem;
use crate::{Params, Refusal};
use domain::client::Client;
use kernel::ids::{AccountId, ClientId, LabId, SessionId};
use service::Core;
use store::oauth::{client_sessions, clients};

/// What a client wants, as far as it could show that it may.
#[derive(Debug, Default)]
pub struct LogoutRequest {
    /// The session that an ID token of ours names, which a client brings to end it.
    pub session: Option<(SessionId, AccountId)>,
    /// Who is asking, if known.
    pub client: Option<ClientId>,
    /// Where the browser goes afterwards.
    pub back: Option<String>,
}

/// # Errors
/// The client is not known, the token is not one of ours for it, or the address is not one of its own; or the database
/// does not answer.
pub async fn read(core: &Core, lab: &LabId, params: &Params) -> Result<LogoutRequest, ProtocolProblem> {
    let hint = match params.get("id_token_hint") {
        Some(hint) => Some(hint::read(core, lab, hint).await?),
        None => None,
    };
    let named = params.get("client_id").map(str::parse::<ClientId>).transpose();
    let named = named.map_err(|_| Refusal::invalid_request("this lab knows no such client"))?;
    let id = match (named, &hint) {
        (Some(named), Some(hint)) if named != hint.client => {
            return Err(Refusal::invalid_request("id_token_hint was given to another client").into());
        }
        (Some(named), _) => Some(named),
        (None, hint) => hint.as_ref().map(|hint| hint.client.clone()),
    };
    let client = match id {
        Some(id) => Some(known(core, lab, &id).await?),
        None => None,
    };
    Ok(LogoutRequest {
        session: match &hint {
            Some(hint) => session(core, lab, hint).await?,
            None => None,
        },
        back: back(params, client.as_ref())?,
        client: client.map(|client| client.id),
    })
}

async fn known(core: &Core, lab: &LabId, id: &ClientId) -> Result<Client, ProtocolProblem> {
    let mut tx = core.db.begin_read().await?;
    let client = clients::lookup_enabled(&mut tx, lab, id).await?;
    tx.commit().await?;
    Ok(client.ok_or(Refusal::invalid_request("this lab knows no such client"))?)
}

async fn session(core: &Core, lab: &LabId, hint: &Hint) -> Result<Option<(SessionId, AccountId)>, ProtocolProblem> {
    let Some(sid) = &hint.sid else { return Ok(None) };
    let mut tx = core.db.begin_read().await?;
    let found = client_sessions::lookup(&mut tx, lab, &hint.client, sid).await?;
    tx.commit().await?;
    Ok(found)
}

/// The client's own address alone, with its `state`.
fn back(params: &Params, client: Option<&Client>) -> Result<Option<String>, Refusal> {
    let Some(address) = params.get("post_logout_redirect_uri") else {
        return Ok(None);
    };
    let wrong = "post_logout_redirect_uri is not one of the addresses registered for this client";
    let client = client.filter(|client| client.policy.is_post_logout_redirect_uri(address));
    client.ok_or(Refusal::invalid_request(wrong))?;
    let mut url = Url::parse(address).map_err(|_| Refusal::invalid_request(wrong))?;
    if let Some(state) = params.get("state") {
        url.query_pairs_mut().append_pair("state", state);
    }
    Ok(Some(url.into()))
}
