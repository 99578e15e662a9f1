//! What the scopes and claims of an access token give (OpenID Connect Core 5.3).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::access_token::AccessToken;
use crate::issuer::lab_issuer;
use crate::refusal::ProtocolProblem;
use crate::{Refusal, disclosure};
use domain::authorization::{Claim, OauthError};
use domain::client::Scope;
use kernel::ids::LabId;
use service::{Core, signing_keys};

#[derive(Debug)]
pub enum Userinfo {
    Plain(Map<String, Value>),
    /// A JWT, where the client's entry wants one.
    Signed(String),
}

/// # Errors
/// The token stands for no person, or lacks `openid`; or the database does not answer.
pub async fn userinfo(core: &Core, lab: &LabId, token: &AccessToken) -> Result<Userinfo, ProtocolProblem> {
    let why = "the token has no scope openid";
    let narrow = Refusal::new(OauthError::InsufficientScope, why);
    let grant = token.grant.as_ref().filter(|_| token.scopes.contains(Scope::OpenId));
    let grant = grant.ok_or(narrow)?;
    let mut named = grant.terms.claims.clone();
    named.keep_allowed(&token.client.policy.scopes);
    let wanted: BTreeSet<Claim> = named.at_userinfo(&token.scopes);
    let mut tx = core.db.begin_read().await?;
    let mut told = disclosure::claims(core, &mut tx, lab, grant.account, &wanted).await?;
    tx.commit().await?;
    told.insert("sub".to_owned(), json!(token.subject));
    let Some(algorithm) = token.client.policy.userinfo_algorithm else {
        return Ok(Userinfo::Plain(told));
    };
    told.insert("iss".to_owned(), json!(lab_issuer(core, lab)?));
    told.insert("aud".to_owned(), json!(token.client.id.as_str()));
    let key = signing_keys::current(core, lab, algorithm).await?;
    let signed = key.sign("JWT", &told).map_err(service::Fault::from)?;
    Ok(Userinfo::Signed(signed))
}
