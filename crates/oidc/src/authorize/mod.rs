//! A client asks, through a browser or beforehand: the request is checked and kept until the person has answered.

pub mod proceed;
mod push;
mod request;
mod respond;

use std::time::Duration;

pub use self::push::push;
pub use self::request::WayBack;
pub use self::respond::Response;

use crate::issuer::lab_issuer;
use crate::profile::Profile;
use crate::refusal::ProtocolProblem;
use crate::{Params, Refusal, hint, request_object};
use crypto::jose::Jwks;
use crypto::token::{HashedToken, PlainToken, TokenKind};
use domain::authorization::{AuthorizationRequest, OauthError};
use domain::client::Client;
use kernel::ids::{ClientId, LabId};
use service::{Core, Fault};
use store::StoreFault;
use store::oauth::{authorizations, clients};

/// A person may have to look for their phone first.
pub const ASKED_LASTS: Duration = Duration::from_secs(30 * 60);

/// How a request that cannot be granted ends.
#[derive(Debug)]
pub enum AuthorizeProblem {
    /// It is unknown whose address that is, so nothing is sent there (RFC 9700 4.11).
    OnPage(Refusal),
    ToClient(WayBack, Refusal),
    Fault(Fault),
}

impl From<StoreFault> for AuthorizeProblem {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault.into())
    }
}

impl From<Fault> for AuthorizeProblem {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Checks a request that came through a browser and keeps it under the handle that it returns.
///
/// # Errors
/// The request cannot be granted, or the database does not answer.
pub async fn begin(core: &Core, lab: &LabId, params: &Params) -> Result<PlainToken, AuthorizeProblem> {
    let client = known_client(core, lab, params).await?;
    if params.has("request") && params.has("request_uri") {
        let why = "request and request_uri stand side by side: send one of them";
        return Err(AuthorizeProblem::OnPage(Refusal::invalid_request(why)));
    }
    let (request, created_at) = match params.get("request_uri").and_then(push::handle) {
        Some(handle) => pushed(core, lab, &client, &handle).await?,
        None => (asked(core, lab, &client, params).await?, core.now()),
    };
    let handle = PlainToken::generate(TokenKind::Authorization, &*core.entropy);
    let mut tx = core.db.begin().await?;
    let new = authorizations::New {
        handle: &handle.hashed(),
        kind: authorizations::Kind::Asked,
        client: &client.id,
        request: &request,
        created_at,
        expires_at: core.now().plus(ASKED_LASTS),
    };
    authorizations::insert(&mut tx, &core.sealer, lab, &new).await?;
    tx.commit().await?;
    Ok(handle)
}

async fn known_client(core: &Core, lab: &LabId, params: &Params) -> Result<Client, AuthorizeProblem> {
    let missing = Refusal::invalid_request("client_id is missing");
    let id = params.get("client_id").ok_or(AuthorizeProblem::OnPage(missing))?;
    let unknown = AuthorizeProblem::OnPage(Refusal::new(OauthError::InvalidClient, "this lab knows no such client"));
    let Ok(id) = id.parse::<ClientId>() else {
        return Err(unknown);
    };
    let mut tx = core.db.begin_read().await?;
    let client = clients::lookup_enabled(&mut tx, lab, &id).await?;
    tx.commit().await?;
    client.ok_or(unknown)
}

async fn pushed(
    core: &Core,
    lab: &LabId,
    client: &Client,
    handle: &HashedToken,
) -> Result<(AuthorizationRequest, kernel::clock::Timestamp), AuthorizeProblem> {
    let mut tx = core.db.begin_read().await?;
    let found = authorizations::lookup_pushed(&mut tx, &core.sealer, lab, handle, core.now()).await?;
    tx.commit().await?;
    let gone = "this request_uri was not given to this client, has expired, or was used";
    let gone = Refusal::new(OauthError::InvalidRequestUri, gone);
    let found = found.filter(|found| found.client == client.id);
    let mut found = found.ok_or(AuthorizeProblem::OnPage(gone))?;
    found.request.pushed = Some(handle.as_bytes().to_vec());
    Ok((found.request, core.now()))
}

async fn asked(
    core: &Core,
    lab: &LabId,
    client: &Client,
    outer: &Params,
) -> Result<AuthorizationRequest, AuthorizeProblem> {
    // An error in a request object is told where its plain neighbours lead.
    let params = unpacked(core, lab, client, outer).map_err(|denied| match denied {
        ProtocolProblem::Refused(refusal) => rejected(client, outer, refusal),
        ProtocolProblem::Fault(fault) => AuthorizeProblem::Fault(fault),
    })?;
    let params = params.as_ref().unwrap_or(outer);
    if client.policy.pushed_requests_only {
        let refusal = Refusal::invalid_request("this client has to push its requests first");
        return Err(rejected(client, params, refusal));
    }
    let back = request::way_back(params, &client.policy).map_err(AuthorizeProblem::OnPage)?;
    match read(core, lab, client, params, &back).await {
        Ok(request) => Ok(request),
        Err(ProtocolProblem::Refused(refusal)) => Err(AuthorizeProblem::ToClient(back, refusal)),
        Err(ProtocolProblem::Fault(fault)) => Err(AuthorizeProblem::Fault(fault)),
    }
}

fn rejected(client: &Client, params: &Params, refusal: Refusal) -> AuthorizeProblem {
    match request::way_back(params, &client.policy) {
        Ok(back) => AuthorizeProblem::ToClient(back, refusal),
        Err(_) => AuthorizeProblem::OnPage(refusal),
    }
}

/// What a request object holds replaces everything else (RFC 9101 6.3). `None` if there is no request object.
fn unpacked(core: &Core, lab: &LabId, client: &Client, outer: &Params) -> Result<Option<Params>, ProtocolProblem> {
    let Some(object) = outer.get("request") else {
        return Ok(None);
    };
    let without_keys = "this client has no keys registered with which it could sign requests";
    let keys = client.policy.authentication.jwks();
    let keys = keys.and_then(|keys| Jwks::of_value(keys).ok());
    let rules = request_object::Rules {
        client: &client.id,
        keys: &keys.ok_or(Refusal::new(OauthError::RequestNotSupported, without_keys))?,
        profile: Profile::of(&client.policy),
        issuer: &lab_issuer(core, lab)?,
    };
    Ok(Some(request_object::check(object, &rules, core.now())?))
}

async fn read(
    core: &Core,
    lab: &LabId,
    client: &Client,
    params: &Params,
    back: &WayBack,
) -> Result<AuthorizationRequest, ProtocolProblem> {
    let mut request = request::read(params, &client.policy, back)?;
    if let Some(hint) = params.get("id_token_hint") {
        let hint = hint::read(core, lab, hint).await?;
        if hint.client != client.id {
            return Err(Refusal::invalid_request("id_token_hint was given to another client").into());
        }
        if request.subject.is_some_and(|subject| subject != hint.subject) {
            return Err(Refusal::invalid_request("id_token_hint and claims name different people").into());
        }
        request.subject = Some(hint.subject);
    }
    Ok(request)
}
