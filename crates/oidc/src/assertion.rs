//! Assertions with which clients prove who they are (RFC 7523).

use std::time::Duration;

use serde_json::Value;

use crate::Refusal;
use crate::dates::{Dates, SKEW};
use crate::profile::Profile;
use crate::single_use::SingleUse;
use crypto::jose::{Jwks, VerifiedToken, claimed, verify};
use kernel::clock::Timestamp;
use kernel::ids::ClientId;

/// The `client_assertion_type`.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const KIND: &str = "assertion";
/// One that lasts longer was not made for one request.
const LASTS: Duration = Duration::from_secs(3600);
/// What a client signs for something else is not an assertion (RFC 8725 3.11).
const OTHERS: [&str; 4] = ["dpop+jwt", "oauth-authz-req+jwt", "at+jwt", "logout+jwt"];

/// The required issuer and audience of an assertion.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    pub client: &'a ClientId,
    pub keys: &'a Jwks,
    pub profile: Profile,
    pub issuer: &'a str,
    /// Addresses that count as well, but not under FAPI 2.0.
    pub endpoints: &'a [&'a str],
}

/// For the log, read by those who look after the client; on the network every one is "invalid client".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionProblem {
    #[error("no key of the client made this signature, or not with an algorithm that counts")]
    Signature,
    #[error("typ is that of another kind of token")]
    Type,
    #[error("iss and sub are not both the client's id")]
    Client,
    #[error("aud is not this issuer")]
    Audience,
    #[error("exp is missing or too far away, or by exp, nbf or iat it does not count now")]
    Time,
    #[error("jti is missing")]
    Id,
}

impl From<AssertionProblem> for Refusal {
    fn from(_: AssertionProblem) -> Self {
        Self::invalid_client()
    }
}

/// Whose assertion it would be, were it right.
pub fn claimed_client(assertion: &str) -> Option<ClientId> {
    claimed(assertion, "sub")?.parse().ok()
}

/// It proves something once its id was taken.
///
/// # Errors
/// What is wrong with it.
pub fn check(assertion: &str, rules: &Rules<'_>, now: Timestamp) -> Result<SingleUse, AssertionProblem> {
    let token = verify(assertion, rules.keys, rules.profile.algorithms()).map_err(|_| AssertionProblem::Signature)?;
    if OTHERS.iter().any(|other| token.header.is(other)) {
        return Err(AssertionProblem::Type);
    }
    let client = Some(rules.client.as_str());
    if token.text("iss") != client || token.text("sub") != client {
        return Err(AssertionProblem::Client);
    }
    if !is_for_us(&token, rules) {
        return Err(AssertionProblem::Audience);
    }
    let dates = Dates::of(&token)
        .filter(|dates| dates.hold(now))
        .ok_or(AssertionProblem::Time)?;
    let end = dates.exp.filter(|exp| *exp <= now.plus(LASTS + SKEW));
    let end = end.ok_or(AssertionProblem::Time)?.plus(SKEW);
    SingleUse::of(KIND, rules.client.as_str(), token.text("jti"), end).ok_or(AssertionProblem::Id)
}

fn is_for_us(token: &VerifiedToken, rules: &Rules<'_>) -> bool {
    let is_ours = |aud: &Value| {
        aud.as_str().is_some_and(|aud| {
            let is_endpoint = rules.profile == Profile::OpenId && rules.endpoints.contains(&aud);
            aud == rules.issuer || is_endpoint
        })
    };
    match (token.claims.get("aud"), rules.profile) {
        // One that names others too could have been shown to them first.
        (Some(Value::Array(several)), Profile::OpenId) => !several.is_empty() && several.iter().all(is_ours),
        (Some(one), _) => is_ours(one),
        (None, _) => false,
    }
}

#[cfg(test)]
#[path = "assertion_tests.rs"]
mod tests;
