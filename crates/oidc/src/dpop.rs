//! Proofs that the caller holds a key (RFC 9449).

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use url::Url;

use crate::Refusal;
use crate::dates::{Dates, SKEW};
use crate::refusal::ProtocolProblem;
use crate::single_use::SingleUse;
use crypto::dpop_nonce;
use crypto::jose::{Algorithm, VerifiedToken, verify_embedded};
use domain::authorization::OauthError;
use kernel::clock::Timestamp;
use kernel::ids::LabId;
use service::Core;

const TYPE: &str = "dpop+jwt";
const KIND: &str = "dpop";
/// A proof is made for one request, which is sent at once.
const LASTS: Duration = Duration::from_secs(60);

/// The request that a proof came with.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    pub method: &'a str,
    /// As the caller addressed it, with origin and path.
    pub url: &'a str,
    /// The access token sent with it, if any.
    pub access_token: Option<&'a str>,
    pub algorithms: &'a [Algorithm],
    pub nonce: Nonce,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nonce {
    /// One of ours has to be in it.
    Required,
    /// If there is one, it has to be ours and recent.
    Optional,
}

/// A proof that is right, and was not seen before if its id can still be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Thumbprint of the key.
    pub jkt: String,
    pub id: SingleUse,
}

/// What a client puts into its next proofs.
pub fn nonce(core: &Core, lab: &LabId) -> String {
    dpop_nonce::dpop_nonce(&core.keyring, lab, core.now())
}

/// Checks a proof and uses it up. Returns the thumbprint of its key.
///
/// # Errors
/// It is not right for this call, or was used before; or the database does not answer.
pub async fn prove(core: &Core, lab: &LabId, proof: &str, call: &Call<'_>) -> Result<String, ProtocolProblem> {
    let now = core.now();
    let is_ours = |nonce: &str| dpop_nonce::is_recent(&core.keyring, lab, nonce, now);
    let proof = check(proof, call, is_ours, now)?;
    let mut tx = core.db.begin().await?;
    let is_first = proof.id.take(&mut tx, lab).await?;
    tx.commit().await?;
    match is_first {
        true => Ok(proof.jkt),
        false => Err(invalid("the DPoP proof was used before: make one for each request").into()),
    }
}

/// RFC 9449 4.3, but for the replay.
///
/// # Errors
/// What is wrong with it.
pub fn check(
    proof: &str,
    call: &Call<'_>,
    is_recent: impl FnOnce(&str) -> bool,
    now: Timestamp,
) -> Result<Proof, Refusal> {
    let (token, key) = verify_embedded(proof, call.algorithms)
        .map_err(|_| invalid("the DPoP proof is not signed with the public key in its header, or not readably"))?;
    if !token.header.is(TYPE) {
        return Err(invalid("the DPoP proof's typ is not dpop+jwt"));
    }
    let expires_at = in_time(&token, now)?;
    if token.text("htm") != Some(call.method) {
        return Err(invalid("the DPoP proof's htm is not the method of this request"));
    }
    if !token.text("htu").is_some_and(|htu| is_same(htu, call.url)) {
        return Err(invalid("the DPoP proof's htu is not the address of this request"));
    }
    if let Some(access_token) = call.access_token {
        let hash = digest(&SHA256, access_token.as_bytes());
        if token.text("ath") != Some(&BASE64URL_NOPAD.encode(hash.as_ref())) {
            return Err(invalid("the DPoP proof's ath is not the hash of the access token"));
        }
    }
    let id = SingleUse::of(KIND, key.thumbprint(), token.text("jti"), expires_at);
    let id = id.ok_or_else(|| invalid("the DPoP proof has no jti"))?;
    let is_fresh = match token.claims.get("nonce") {
        None => call.nonce == Nonce::Optional,
        Some(nonce) => nonce.as_str().is_some_and(is_recent),
    };
    if !is_fresh {
        let why = "the DPoP proof needs the nonce of the header DPoP-Nonce";
        return Err(Refusal::new(OauthError::UseDpopNonce, why));
    }
    Ok(Proof {
        jkt: key.thumbprint().to_owned(),
        id,
    })
}

/// Until when a proof could be shown again.
fn in_time(token: &VerifiedToken, now: Timestamp) -> Result<Timestamp, Refusal> {
    let dates = Dates::of(token).filter(|dates| dates.hold(now));
    let made = dates.and_then(|dates| dates.iat);
    made.map(|made| made.plus(LASTS + SKEW))
        .filter(|end| now < *end)
        .ok_or_else(|| invalid("the DPoP proof was not made just now, by its iat, exp and nbf"))
}

/// Without query and fragment, as RFC 3986 6.2.2 and 6.2.3 normalize.
fn is_same(htu: &str, url: &str) -> bool {
    let normalized = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    let htu = normalized(htu);
    htu.is_some() && htu == normalized(url)
}

const fn invalid(why: &'static str) -> Refusal {
    Refusal::new(OauthError::InvalidDpopProof, why)
}

#[cfg(test)]
#[path = "dpop_tests.rs"]
mod tests;
