//! Makes the tokens themselves.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value, json};

use super::Tokens;
use crate::crypto::token::{PlainToken, TokenKind};
use crate::domain::authorization::{Binding, Grant};
use crate::domain::client::{Client, Scopes};
use crate::kernel::entropy::random;
use crate::kernel::ids::LabId;
use crate::oidc::authorize::lab_issuer;
use crate::oidc::{acr, disclosure};
use crate::service::{Core, Fault, signing_keys};
use crate::store::{Tx, refresh_tokens};

/// Media type of access tokens (RFC 9068).
pub const ACCESS_TOKEN: &str = "at+jwt";
const ID_TOKEN: &str = "JWT";

/// Claims of an access token that speaks for a person, by way of a grant; its `jti` begins with the grant's id, by which
/// it is looked up.
pub(super) async fn for_person(
    core: &Core,
    lab: &LabId,
    client: &Client,
    grant: &Grant,
    scopes: &Scopes,
    binding: Option<&Binding>,
) -> Result<Tokens, Fault> {
    let issuer = lab_issuer(core, lab)?;
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), json!(grant.terms.subject));
    claims.insert("aud".to_owned(), json!(issuer));
    claims.insert("auth_time".to_owned(), json!(grant.terms.auth_time));
    claims.insert("acr".to_owned(), json!(acr::of(core, lab, grant.terms.means)));
    claims.insert("amr".to_owned(), json!(grant.terms.means.amr()));
    let id = format!("{}.{}", grant.id, nonce(core));
    access(core, lab, client, claims, (scopes, binding), id).await
}

pub(super) async fn for_client(
    core: &Core,
    lab: &LabId,
    client: &Client,
    scopes: &Scopes,
    binding: Option<&Binding>,
) -> Result<Tokens, Fault> {
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), json!(client.id.as_str()));
    claims.insert("aud".to_owned(), json!(format!("{}/api/v1", lab_issuer(core, lab)?)));
    access(core, lab, client, claims, (scopes, binding), nonce(core)).await
}

async fn access(
    core: &Core,
    lab: &LabId,
    client: &Client,
    mut claims: Map<String, Value>,
    (scopes, binding): (&Scopes, Option<&Binding>),
    id: String,
) -> Result<Tokens, Fault> {
    let lifetime = client.policy.lifetimes.access_token();
    let now = core.now();
    claims.insert("iss".to_owned(), json!(lab_issuer(core, lab)?));
    claims.insert("client_id".to_owned(), json!(client.id.as_str()));
    claims.insert("scope".to_owned(), json!(scopes.to_string()));
    claims.insert("iat".to_owned(), json!(now.unix_seconds()));
    claims.insert("exp".to_owned(), json!(now.plus(lifetime).unix_seconds()));
    claims.insert("jti".to_owned(), json!(id));
    if let Some(binding) = binding {
        claims.insert("cnf".to_owned(), json!(binding));
    }
    let key = signing_keys::current(core, lab, client.policy.id_token_algorithm).await?;
    Ok(Tokens {
        access_token: key.sign(ACCESS_TOKEN, &claims)?,
        token_type: match binding {
            Some(Binding::Key(_)) => "DPoP",
            Some(Binding::Certificate(_)) | None => "Bearer",
        },
        expires_in: lifetime.as_secs(),
        scope: scopes.to_string(),
        refresh_token: None,
        id_token: None,
    })
}

/// OpenID Connect Core 2.
pub(super) async fn id_token(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    client: &Client,
    grant: &Grant,
    nonce: Option<&str>,
) -> Result<String, Fault> {
    let terms = &grant.terms;
    let now = core.now();
    let mut claims = disclosure::claims(core, tx, lab, grant.account, &terms.claims.id_token).await?;
    let mut tell = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    tell("iss", json!(lab_issuer(core, lab)?));
    tell("sub", json!(terms.subject));
    tell("aud", json!(client.id.as_str()));
    tell("iat", json!(now.unix_seconds()));
    tell("exp", json!(expiry(now, client.policy.lifetimes.id_token())));
    tell("auth_time", json!(terms.auth_time));
    tell("acr", json!(acr::of(core, lab, terms.means)));
    tell("amr", json!(terms.means.amr()));
    tell("sid", json!(terms.sid));
    if let Some(nonce) = nonce {
        tell("nonce", json!(nonce));
    }
    let key = signing_keys::current(core, lab, client.policy.id_token_algorithm).await?;
    Ok(key.sign(ID_TOKEN, &claims)?)
}

/// A refresh token of the grant; it exists once the transaction is committed.
pub(super) async fn refresh_token(core: &Core, tx: &mut Tx, lab: &LabId, grant: &Grant) -> Result<String, Fault> {
    let token = PlainToken::generate(TokenKind::Refresh, &*core.entropy);
    refresh_tokens::insert(tx, lab, &token.hashed(), grant.id, core.now()).await?;
    Ok(token.expose().to_owned())
}

fn expiry(now: crate::kernel::clock::Timestamp, lifetime: Duration) -> i64 {
    now.plus(lifetime).unix_seconds()
}

fn nonce(core: &Core) -> String {
    BASE64URL_NOPAD.encode(&random::<16>(&*core.entropy))
}
