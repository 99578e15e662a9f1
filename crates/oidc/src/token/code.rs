//! A code works once, for the client, address, verifier and key it was made for.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;

use super::issue::Issuer;
use super::{Tokens, living};
use crate::refusal::ProtocolProblem;
use crate::{Params, Refusal};
use crypto::token::{PlainToken, TokenKind};
use domain::audit::{Actor, Event, ReplayedCredential};
use domain::authorization::{Binding, CodeTerms, Grant};
use domain::client::GrantType;
use kernel::ids::LabId;
use service::{Core, Fault, audit};
use store::oauth::oauth_grants;
use store::{StoreFault, Tx};

pub(super) async fn redeem(issuer: &Issuer<'_>, params: &Params) -> Result<Tokens, ProtocolProblem> {
    let (core, lab, client) = (issuer.core, issuer.lab, issuer.client);
    let code = params.get("code").ok_or(Refusal::invalid_request("code is missing"))?;
    let code = PlainToken::parse(TokenKind::AuthorizationCode, code).ok_or(unusable())?;
    let code = code.hashed();
    let mut tx = core.db.begin().await?;
    tx.keep_campaigns_out(lab).await?;
    let found = oauth_grants::lookup_code(&mut tx, lab, &code)
        .await?
        .ok_or(unusable())?;
    let grant = oauth_grants::lookup(&mut tx, lab, found.grant, core.now()).await?;
    let grant = grant.map(|found| found.grant).filter(|grant| grant.client == client.id);
    let grant = grant.ok_or(unusable())?;
    if found.is_consumed {
        replayed(core, tx, lab, &grant, ReplayedCredential::Code).await?;
        return Err(unusable().into());
    }
    if found.expires_at <= core.now() {
        return Err(unusable().into());
    }
    check(&found.terms, params, issuer.binding.as_ref())?;
    let grant = living(core, &mut tx, lab, grant.id).await?.ok_or(unusable())?;
    if !oauth_grants::consume_code(&mut tx, lab, &code, core.now()).await? {
        replayed(core, tx, lab, &grant, ReplayedCredential::Code).await?;
        return Err(unusable().into());
    }
    if issuer.binding.is_some() {
        oauth_grants::bind(&mut tx, lab, &grant).await?;
    }
    let mut tokens = issuer.for_person(&grant, &grant.terms.scopes).map_err(Fault::from)?;
    tokens.id_token = Some(issuer.id_token(&mut tx, &grant, found.terms.nonce.as_deref()).await?);
    if client.policy.may(GrantType::RefreshToken) {
        tokens.refresh_token = Some(issuer.refresh_token(&mut tx, &grant).await?);
    }
    tx.commit().await?;
    Ok(tokens)
}

/// The code may be in the wrong hands: everything that depends on it ends (RFC 9700 4.5.2).
pub(super) async fn replayed(
    core: &Core,
    mut tx: Tx,
    lab: &LabId,
    grant: &Grant,
    what: ReplayedCredential,
) -> Result<(), StoreFault> {
    if oauth_grants::end(&mut tx, lab, grant.id, core.now()).await? {
        let client = grant.client.clone();
        let actor = Actor::Client {
            name: client.to_string(),
        };
        let event = Event::GrantReplayed { client, what };
        audit::record(core, &mut tx, lab, &actor, Some(grant.account), event).await?;
    }
    tx.commit().await
}

fn check(terms: &CodeTerms, params: &Params, binding: Option<&Binding>) -> Result<(), Refusal> {
    if params.get("redirect_uri") != Some(terms.redirect_uri.as_str()) {
        return Err(Refusal::invalid_grant(
            "redirect_uri is not the one that the code was sent to",
        ));
    }
    match (&terms.code_challenge, params.get("code_verifier")) {
        (None, None) => {}
        (Some(challenge), Some(verifier)) if answers(challenge, verifier) => {}
        _ => return Err(Refusal::invalid_grant("code_verifier does not match code_challenge")),
    }
    match (&terms.dpop_jkt, binding) {
        (None, _) => Ok(()),
        (Some(jkt), Some(Binding::Key(proved))) if jkt == proved => Ok(()),
        _ => Err(Refusal::invalid_grant("the code is bound to another DPoP key")),
    }
}

/// RFC 7636 4.6.
fn answers(challenge: &str, verifier: &str) -> bool {
    let is_verifier = (43..=128).contains(&verifier.len())
        && verifier
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    let made = BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref());
    is_verifier && bool::from(made.as_bytes().ct_eq(challenge.as_bytes()))
}

const fn unusable() -> Refusal {
    Refusal::invalid_grant("this code was not given to this client, has expired, or has served")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_answers_its_own_challenge_alone() {
        // RFC 7636, appendix B.
        let (verifier, challenge) = (
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        );
        assert!(answers(challenge, verifier));
        assert!(!answers(verifier, verifier), "the plain method is not accepted");
        assert!(!answers(challenge, &verifier[..42]));
        assert!(!answers(challenge, ""));
    }
}
