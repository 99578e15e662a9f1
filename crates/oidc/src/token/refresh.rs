//! A refresh token becomes new tokens and gives its place to another one. One that comes again was perhaps stolen; but
//! an answer can be lost, and two windows of a client can ask at once, so for a moment it still serves.

use std::time::Duration;

use super::code::replayed;
use super::issue::Issuer;
use super::{Tokens, living};
use crate::refusal::ProtocolProblem;
use crate::{Params, Refusal};
use crypto::token::{PlainToken, TokenKind};
use domain::audit::ReplayedCredential;
use domain::authorization::OauthError;
use domain::client::{Refresh, Scopes};
use service::Fault;
use store::oauth::{oauth_grants, refresh_tokens};

/// For an answer that was lost on the way, and for windows that ask at once.
const GRACE: Duration = Duration::from_secs(30);
/// For this long, a second use is recognised as such; later the token is merely unknown.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);

pub(super) async fn refresh(issuer: &Issuer<'_>, params: &Params) -> Result<Tokens, ProtocolProblem> {
    let (core, lab, client) = (issuer.core, issuer.lab, issuer.client);
    let missing = Refusal::invalid_request("refresh_token is missing");
    let token = params.get("refresh_token").ok_or(missing)?;
    let token = PlainToken::parse(TokenKind::Refresh, token).ok_or(unusable())?;
    let (token, now) = (token.hashed(), core.now());
    let mut tx = core.db.begin().await?;
    tx.keep_campaigns_out(lab).await?;
    let found = refresh_tokens::lookup(&mut tx, lab, &token).await?;
    let (id, rotated_at) = found.ok_or(unusable())?;
    let grant = oauth_grants::lookup(&mut tx, lab, id, now).await?;
    let grant = grant.map(|found| found.grant).filter(|grant| grant.client == client.id);
    let grant = grant.ok_or(unusable())?;
    if rotated_at.is_some_and(|at| now.since(at) > GRACE) {
        replayed(core, tx, lab, &grant, ReplayedCredential::RefreshToken).await?;
        return Err(unusable().into());
    }
    let grant = living(core, &mut tx, lab, grant.id).await?.ok_or(unusable())?;
    if grant.terms.is_bound && issuer.binding.is_none() {
        return Err(Refusal::invalid_grant("this token is bound: the proof of its key is missing").into());
    }
    let scopes = narrowed(&grant.terms.scopes.within(&client.policy.scopes), params)?;
    let mut tokens = issuer.for_person(&grant, &scopes).map_err(Fault::from)?;
    tokens.id_token = Some(issuer.id_token(&mut tx, &grant, None).await?);
    if client.policy.refresh == Refresh::Rotated {
        refresh_tokens::rotate(&mut tx, lab, &token, now).await?;
        refresh_tokens::delete_rotated_before(&mut tx, lab, grant.id, now.minus(REMEMBERED)).await?;
        tokens.refresh_token = Some(issuer.refresh_token(&mut tx, &grant).await?);
    }
    tx.commit().await?;
    Ok(tokens)
}

/// No more than was granted (RFC 6749 6) and is still allowed.
fn narrowed(granted: &Scopes, params: &Params) -> Result<Scopes, Refusal> {
    let Some(text) = params.get("scope") else {
        return Ok(granted.clone());
    };
    let wider = || Refusal::new(OauthError::InvalidScope, "scope holds more than was granted");
    let scopes: Scopes = text.parse().map_err(|_| wider())?;
    match granted.covers(&scopes) && !scopes.is_empty() {
        true => Ok(scopes),
        false => Err(wider()),
    }
}

const fn unusable() -> Refusal {
    Refusal::invalid_grant("this token was not given to this client, has ended, or has served")
}
