//! Pushed authorization requests (RFC 9126).

use std::time::Duration;

use super::{read, request, unpacked};
use crate::refusal::ProtocolProblem;
use crate::{Params, Refusal};
use crypto::token::{HashedToken, PlainToken, TokenKind};
use domain::authorization::Binding;
use domain::client::Client;
use kernel::ids::LabId;
use service::Core;
use store::oauth::authorizations;

const PUSHED_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
const PUSHED_LASTS: Duration = Duration::from_secs(300);

/// The address at which the request can be used, and for how many seconds.
#[derive(Debug)]
pub struct PushedRequest {
    pub request_uri: String,
    pub expires_in: u64,
}

/// # Errors
/// The request cannot be granted, or the database does not answer.
pub async fn push(
    core: &Core,
    lab: &LabId,
    client: &Client,
    params: &Params,
    proved: Option<&Binding>,
) -> Result<PushedRequest, ProtocolProblem> {
    if params.has("request_uri") {
        return Err(Refusal::invalid_request("request_uri cannot be pushed").into());
    }
    let object = unpacked(core, lab, client, params)?;
    let params = object.as_ref().unwrap_or(params);
    if params.get("client_id").is_some_and(|id| id != client.id.as_str()) {
        return Err(Refusal::invalid_request("client_id is another client's").into());
    }
    let back = request::way_back(params, &client.policy)?;
    let mut request = read(core, lab, client, params, &back).await?;
    if let Some(Binding::Key(jkt)) = proved {
        if request.dpop_jkt.as_ref().is_some_and(|named| named != jkt) {
            return Err(Refusal::invalid_request("dpop_jkt is not the key of the proof").into());
        }
        request.dpop_jkt = Some(jkt.clone());
    }
    let handle = PlainToken::generate(TokenKind::PushedRequest, &*core.entropy);
    let mut tx = core.db.begin().await?;
    let new = authorizations::New {
        handle: &handle.hashed(),
        kind: authorizations::Kind::Pushed,
        client: &client.id,
        request: &request,
        created_at: core.now(),
        expires_at: core.now().plus(PUSHED_LASTS),
    };
    authorizations::insert(&mut tx, &core.sealer, lab, &new).await?;
    tx.commit().await?;
    Ok(PushedRequest {
        request_uri: format!("{PUSHED_PREFIX}{}", handle.expose()),
        expires_in: PUSHED_LASTS.as_secs(),
    })
}

/// None: no address of ours.
pub(super) fn handle(request_uri: &str) -> Option<HashedToken> {
    let handle = request_uri.strip_prefix(PUSHED_PREFIX)?;
    PlainToken::parse(TokenKind::PushedRequest, handle).map(|handle| handle.hashed())
}
