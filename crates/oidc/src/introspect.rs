//! A client asks whether a token of its own still serves (RFC 7662), or gives one back (RFC 7009). Of others' tokens it
//! learns nothing and ends nothing.

use serde_json::{Map, Value, json};

use crate::access_token::{AccessToken, Audience, verify};
use crate::issuer::lab_issuer;
use crate::refusal::ProtocolProblem;
use crate::token::living;
use crate::{Params, Refusal};
use crypto::token::{PlainToken, TokenKind};
use domain::client::Client;
use kernel::clock::Timestamp;
use kernel::ids::LabId;
use service::Core;
use store::oauth::{oauth_grants, refresh_tokens};

/// # Errors
/// No token is named, or the database does not answer.
pub async fn introspect(core: &Core, lab: &LabId, client: &Client, params: &Params) -> Result<Value, ProtocolProblem> {
    let token = named(params)?;
    let told = match PlainToken::parse(TokenKind::Refresh, token) {
        Some(token) => of_refresh_token(core, lab, client, &token).await?,
        None => of_access_token(core, lab, client, token).await?,
    };
    let Some(mut told) = told else {
        return Ok(json!({ "active": false }));
    };
    told.insert("active".to_owned(), json!(true));
    told.insert("iss".to_owned(), json!(lab_issuer(core, lab)?));
    told.insert("client_id".to_owned(), json!(client.id.as_str()));
    Ok(Value::Object(told))
}

/// Done, whether or not there was such a token.
///
/// # Errors
/// No token is named, or the database does not answer.
pub async fn revoke(core: &Core, lab: &LabId, client: &Client, params: &Params) -> Result<(), ProtocolProblem> {
    let token = named(params)?;
    let Some(refresh) = PlainToken::parse(TokenKind::Refresh, token) else {
        return revoke_access_token(core, lab, client, token).await;
    };
    let mut tx = core.db.begin().await?;
    if let Some((grant, _)) = refresh_tokens::lookup(&mut tx, lab, &refresh.hashed()).await? {
        let found = oauth_grants::lookup(&mut tx, lab, grant, core.now()).await?;
        if found.is_some_and(|found| found.grant.client == client.id) {
            oauth_grants::end(&mut tx, lab, grant, core.now()).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn revoke_access_token(core: &Core, lab: &LabId, client: &Client, token: &str) -> Result<(), ProtocolProblem> {
    let Some(token) = own(core, lab, client, token).await? else {
        return Ok(());
    };
    let mut tx = core.db.begin().await?;
    let until = Timestamp::from_seconds(token.expires_at);
    refresh_tokens::revoke_access_token(&mut tx, lab, &token.id, until).await?;
    tx.commit().await?;
    Ok(())
}

/// None: it does not serve, or is another client's.
async fn own(core: &Core, lab: &LabId, client: &Client, token: &str) -> Result<Option<AccessToken>, ProtocolProblem> {
    match verify(core, lab, token, Audience::Any).await {
        Ok(token) => Ok(Some(token).filter(|token| token.client.id == client.id)),
        Err(ProtocolProblem::Refused(_)) => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn named(params: &Params) -> Result<&str, Refusal> {
    params.get("token").ok_or(Refusal::invalid_request("token is missing"))
}

async fn of_access_token(
    core: &Core,
    lab: &LabId,
    client: &Client,
    token: &str,
) -> Result<Option<Map<String, Value>>, ProtocolProblem> {
    let Some(token) = own(core, lab, client, token).await? else {
        return Ok(None);
    };
    let mut told = Map::new();
    told.insert("sub".to_owned(), json!(token.subject));
    told.insert("scope".to_owned(), json!(token.scopes.to_string()));
    told.insert("token_type".to_owned(), json!(token.token_type()));
    told.insert("iat".to_owned(), json!(token.issued_at));
    told.insert("exp".to_owned(), json!(token.expires_at));
    told.insert("jti".to_owned(), json!(token.id));
    if let Some(binding) = &token.binding {
        told.insert("cnf".to_owned(), json!(binding));
    }
    Ok(Some(told))
}

async fn of_refresh_token(
    core: &Core,
    lab: &LabId,
    client: &Client,
    token: &PlainToken,
) -> Result<Option<Map<String, Value>>, ProtocolProblem> {
    let mut tx = core.db.begin_read().await?;
    let found = refresh_tokens::lookup(&mut tx, lab, &token.hashed()).await?;
    let Some((id, None)) = found else {
        return Ok(None);
    };
    let grant = living(core, &mut tx, lab, id).await?;
    tx.commit().await?;
    let grant = grant.filter(|grant| grant.client == client.id);
    Ok(grant.map(|grant| {
        let mut told = Map::new();
        told.insert("sub".to_owned(), json!(grant.terms.subject));
        told.insert("scope".to_owned(), json!(grant.terms.scopes.to_string()));
        told.insert("exp".to_owned(), json!(grant.expires_at.unix_seconds()));
        told
    }))
}
