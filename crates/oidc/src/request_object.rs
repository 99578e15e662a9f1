//! Authorization requests that their client signed (RFC 9101).

use std::time::Duration;

use serde_json::Value;

use crate::dates::{Dates, SKEW};
use crate::profile::Profile;
use crate::{Params, Refusal};
use crypto::jose::{Jwks, TokenProblem, VerifiedToken, verify};
use domain::authorization::OauthError;
use kernel::clock::Timestamp;
use kernel::ids::ClientId;

const TYPES: [&str; 2] = ["oauth-authz-req+jwt", "jwt"];
/// FAPI 2.0 Message Signing 5.3.1.
const LASTS: Duration = Duration::from_secs(3600);
/// Claims of the token itself, which say nothing of the request.
const OF_THE_TOKEN: [&str; 6] = ["iss", "aud", "exp", "nbf", "iat", "jti"];

/// The required issuer and audience of a request object.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    pub client: &'a ClientId,
    pub keys: &'a Jwks,
    pub profile: Profile,
    pub issuer: &'a str,
}

/// The request as it would have come in plain parameters.
///
/// # Errors
/// What is wrong with it, for the client.
pub fn check(object: &str, rules: &Rules<'_>, now: Timestamp) -> Result<Params, Refusal> {
    let token = verify(object, rules.keys, rules.profile.algorithms()).map_err(|unverified| match unverified {
        TokenProblem::Unsigned => Refusal::new(
            OauthError::RequestNotSupported,
            "request objects have to be signed here",
        ),
        _ => invalid("the request object is not signed with a key registered for this client, or not readably"),
    })?;
    // Some libraries leave the type out.
    if token.header.typ.is_some() && !TYPES.iter().any(|typ| token.header.is(typ)) {
        return Err(invalid("the request object's typ is not oauth-authz-req+jwt"));
    }
    if token.text("iss") != Some(rules.client.as_str()) {
        return Err(invalid("the request object's iss is not the client_id"));
    }
    if !is_for_us(&token, rules.issuer) {
        return Err(invalid("the request object's aud is not this issuer"));
    }
    check_dates(&token, rules.profile, now)?;
    // An assertion of the client, shown as a request (RFC 9101 10.8).
    if token.text("sub") == Some(rules.client.as_str()) {
        return Err(invalid("the request object's sub must not be the client_id"));
    }
    if let Some(id) = token.claims.get("client_id")
        && id.as_str() != Some(rules.client.as_str())
    {
        return Err(invalid("the request object's client_id is another one"));
    }
    parameters(&token, rules.client)
}

fn is_for_us(token: &VerifiedToken, issuer: &str) -> bool {
    match token.claims.get("aud") {
        Some(Value::String(one)) => one == issuer,
        Some(Value::Array(several)) => several.iter().any(|aud| aud.as_str() == Some(issuer)),
        _ => false,
    }
}

fn check_dates(token: &VerifiedToken, profile: Profile, now: Timestamp) -> Result<(), Refusal> {
    let refused = || invalid("the request object does not count now, by its exp, nbf and iat");
    let dates = Dates::of(token).filter(|dates| dates.hold(now)).ok_or_else(refused)?;
    let end = dates.exp.ok_or_else(|| invalid("the request object has no exp"))?;
    let is_near = |end: Timestamp, begin: Timestamp| end <= begin.plus(LASTS);
    if !is_near(end, now.plus(SKEW)) {
        return Err(invalid("the request object's exp is more than an hour away"));
    }
    if profile == Profile::OpenId {
        return Ok(());
    }
    let begin = dates.nbf.ok_or_else(|| invalid("the request object has no nbf"))?;
    match now <= begin.plus(LASTS) && is_near(end, begin) {
        true => Ok(()),
        false => Err(invalid(
            "the request object's nbf is more than an hour ago, or exp more than an hour later",
        )),
    }
}

fn parameters(token: &VerifiedToken, client: &ClientId) -> Result<Params, Refusal> {
    let mut pairs = vec![("client_id".to_owned(), client.as_str().to_owned())];
    for (name, value) in &token.claims {
        let text = match (name.as_str(), value) {
            ("request" | "request_uri", _) => return Err(invalid("a request object holds no other request")),
            ("client_id", _) | (_, Value::Null) => continue,
            (name, _) if OF_THE_TOKEN.contains(&name) => continue,
            (_, Value::String(text)) => text.clone(),
            // As `max_age` and `claims` would stand in a query.
            (_, other) => other.to_string(),
        };
        pairs.push((name.clone(), text));
    }
    Params::of(pairs)
}

const fn invalid(why: &'static str) -> Refusal {
    Refusal::new(OauthError::InvalidRequestObject, why)
}

#[cfg(test)]
#[path = "request_object_tests.rs"]
mod tests;
