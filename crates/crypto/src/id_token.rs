//! ID tokens of a provider (OpenID Connect Core 3.1.3.7): what must be right before one proves who a person is.

use std::time::Duration;

use serde_json::Value;
use subtle::ConstantTimeEq;

use super::jose::{Algorithm, Jwks, TokenProblem, VerifiedToken, verify};
use kernel::clock::Timestamp;

/// Of the provider's clock.
const LEEWAY: Duration = Duration::from_secs(60);
/// A token is made for the code that was just redeemed.
const OLDEST: Duration = Duration::from_secs(10 * 60);
/// OpenID Connect Core 2.
const LONGEST_SUBJECT: usize = 255;
const LONGEST_NAME: usize = 80;

/// What the token has to be.
#[derive(Clone, Copy, Debug)]
pub struct Expectation<'a> {
    /// As the provider's metadata names it; compared byte by byte.
    pub issuer: &'a str,
    /// What we are called there: the only audience.
    pub client_id: &'a str,
    /// What was sent with the request.
    pub nonce: &'a str,
    /// Signature algorithms that are accepted.
    pub algorithms: &'a [Algorithm],
    /// Empty: any, or none.
    pub acr_values: &'a [String],
    /// What counts as a second factor.
    pub mfa_amr: &'a [String],
    /// How long ago the person may have signed in at the provider.
    pub max_age: Option<Duration>,
    /// For expiry and age, with a minute of leeway.
    pub now: Timestamp,
}

/// Why a token says nothing about anyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says in its message what it is")]
pub enum IdTokenProblem {
    #[error("the ID token cannot be trusted: {0}")]
    Unverified(TokenProblem),
    #[error("this is not an ID token: {0} is missing or cannot be read")]
    Missing(&'static str),
    #[error("it is another kind of token than an ID token")]
    Kind,
    #[error("the ID token names another issuer")]
    Issuer,
    #[error("the ID token is for another client, or for others as well")]
    Audience,
    #[error("the ID token is too old or too new")]
    Time,
    #[error("the ID token answers another request")]
    Nonce,
    #[error("the ID token's acr is not accepted")]
    Acr,
    #[error("the person signed in at the provider too long ago, or the provider does not say when")]
    AuthTime,
}

/// Proof that the provider vouches for who a person is, just now and to us. Only [`check`] makes one.
pub struct IdTokenOk {
    subject: String,
    name: String,
    shows_second_factor: bool,
}

impl IdTokenOk {
    /// The subject: what this provider calls the person, towards us.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What the provider calls the person, for themselves to read. It may be empty, and proves nothing.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Does its `amr` name a value of `mfa_amr`?
    pub fn shows_second_factor(&self) -> bool {
        self.shows_second_factor
    }
}

// It names a patient.
kernel::opaque!(IdTokenOk);

/// # Errors
/// The first thing that is not right.
pub fn check(token: &str, keys: &Jwks, expected: &Expectation<'_>) -> Result<IdTokenOk, IdTokenProblem> {
    let verified = verify(token, keys, expected.algorithms).map_err(IdTokenProblem::Unverified)?;
    if verified.header.typ.is_some() && !verified.header.is("jwt") {
        return Err(IdTokenProblem::Kind);
    }
    let text = |claim| verified.text(claim).ok_or(IdTokenProblem::Missing(claim));
    if text("iss")? != expected.issuer {
        return Err(IdTokenProblem::Issuer);
    }
    check_audience(&verified, expected.client_id)?;
    check_times(&verified, expected)?;
    if !bool::from(text("nonce")?.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(IdTokenProblem::Nonce);
    }
    let acr_values = expected.acr_values;
    if !acr_values.is_empty() && !acr_values.iter().any(|accepted| verified.text("acr") == Some(accepted)) {
        return Err(IdTokenProblem::Acr);
    }
    let subject = text("sub")?;
    if subject.is_empty() || subject.len() > LONGEST_SUBJECT {
        return Err(IdTokenProblem::Missing("sub"));
    }
    let amr = verified.claims.get("amr").and_then(Value::as_array);
    let mut amr = amr.into_iter().flatten().filter_map(Value::as_str);
    Ok(IdTokenOk {
        subject: subject.to_owned(),
        name: name(&verified),
        shows_second_factor: amr.any(|shown| expected.mfa_amr.iter().any(|counts| counts == shown)),
    })
}

/// We must be the only audience: a token that others hold too could have been issued to them.
fn check_audience(verified: &VerifiedToken, client_id: &str) -> Result<(), IdTokenProblem> {
    let ours = |value: &Value| value.as_str() == Some(client_id);
    let for_us_alone = match verified.claims.get("aud") {
        Some(Value::Array(list)) => !list.is_empty() && list.iter().all(ours),
        Some(one) => ours(one),
        None => return Err(IdTokenProblem::Missing("aud")),
    };
    if !for_us_alone || verified.claims.get("azp").is_some_and(|azp| !ours(azp)) {
        return Err(IdTokenProblem::Audience);
    }
    Ok(())
}

fn check_times(verified: &VerifiedToken, expected: &Expectation<'_>) -> Result<(), IdTokenProblem> {
    let now = expected.now;
    let moment = |claim: &'static str| verified.seconds(claim).map(Timestamp::from_seconds);
    let expires_at = moment("exp").ok_or(IdTokenProblem::Missing("exp"))?;
    let issued_at = moment("iat").ok_or(IdTokenProblem::Missing("iat"))?;
    let not_before = moment("nbf").unwrap_or(issued_at);
    let (soon, lately) = (now.plus(LEEWAY), now.minus(OLDEST));
    if expires_at.plus(LEEWAY) <= now || issued_at > soon || issued_at < lately || not_before > soon {
        return Err(IdTokenProblem::Time);
    }
    if let Some(max_age) = expected.max_age {
        let signed_in_at = moment("auth_time").ok_or(IdTokenProblem::AuthTime)?;
        if signed_in_at > soon || signed_in_at.plus(max_age).plus(LEEWAY) < now {
            return Err(IdTokenProblem::AuthTime);
        }
    }
    Ok(())
}

fn name(verified: &VerifiedToken) -> String {
    let text = |claim| verified.text(claim).map(str::trim).filter(|text| !text.is_empty());
    let both = || Some(format!("{} {}", text("given_name")?, text("family_name")?));
    let found = text("name").map(str::to_owned).or_else(both);
    let found = found.or_else(|| text("preferred_username").or_else(|| text("email")).map(str::to_owned));
    let plain = |name: String| name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    found.map(plain).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::jose::SigningKey;
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn claims() -> Value {
        json!({
            "iss": "https://fc.example", "aud": "us", "sub": "a1", "nonce": "n", "iat": NOW, "exp": NOW + 60,
            "acr": "eidas2", "amr": ["pwd", "mfa"], "auth_time": NOW - 30,
            "given_name": "Odette", "family_name": "Lemaître",
        })
    }

    fn with(changes: &Value) -> Value {
        let mut claims = claims();
        for (claim, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(claim)),
                value => claims[claim] = value.clone(),
            }
        }
        claims
    }

    fn checked(typ: &str, claims: &Value) -> Result<IdTokenOk, IdTokenProblem> {
        let key = SigningKey::derive(&[7; 32]).unwrap();
        let expected = Expectation {
            issuer: "https://fc.example",
            client_id: "us",
            nonce: "n",
            algorithms: &[Algorithm::Es256],
            acr_values: &["eidas2".to_owned(), "eidas3".to_owned()],
            mfa_amr: &["mfa".to_owned()],
            max_age: Some(Duration::from_secs(60)),
            now: Timestamp::from_seconds(NOW),
        };
        check(&key.sign(typ, claims).unwrap(), &Jwks::of([&key]), &expected)
    }

    #[test]
    fn r33_a_right_token_says_who_it_is_and_whether_two_factors_were_shown() {
        let right = checked("JWT", &claims()).unwrap();
        assert_eq!((right.subject(), right.name()), ("a1", "Odette Lemaître"));
        assert!(right.shows_second_factor());
        for amr in [
            json!(null),
            json!([]),
            json!(["pwd"]),
            json!("mfa"),
            json!({ "mfa": true }),
        ] {
            let other = checked("JWT", &with(&json!({ "amr": amr }))).unwrap();
            assert!(!other.shows_second_factor(), "{amr}");
        }
        assert!(checked("JWT", &with(&json!({ "aud": ["us"], "azp": "us" }))).is_ok());
        assert_eq!(format!("{right:?}"), "IdTokenOk(..)");
    }

    #[test]
    fn r33_whatever_else_is_not_right_is_refused_by_its_name() {
        for (change, misfit) in [
            (json!({ "iss": "https://fc.example/" }), IdTokenProblem::Issuer),
            (json!({ "iss": null }), IdTokenProblem::Missing("iss")),
            (json!({ "aud": "them" }), IdTokenProblem::Audience),
            (json!({ "aud": ["us", "them"], "azp": "us" }), IdTokenProblem::Audience),
            (json!({ "aud": [] }), IdTokenProblem::Audience),
            (json!({ "aud": null }), IdTokenProblem::Missing("aud")),
            (json!({ "azp": "them" }), IdTokenProblem::Audience),
            (json!({ "nonce": "m" }), IdTokenProblem::Nonce),
            (json!({ "nonce": null }), IdTokenProblem::Missing("nonce")),
            (json!({ "exp": NOW - 61 }), IdTokenProblem::Time),
            (json!({ "exp": null }), IdTokenProblem::Missing("exp")),
            (json!({ "iat": NOW + 120 }), IdTokenProblem::Time),
            (json!({ "iat": NOW - 3600 }), IdTokenProblem::Time),
            (json!({ "iat": null }), IdTokenProblem::Missing("iat")),
            (json!({ "nbf": NOW + 120 }), IdTokenProblem::Time),
            (json!({ "acr": "eidas1" }), IdTokenProblem::Acr),
            (json!({ "acr": null }), IdTokenProblem::Acr),
            (json!({ "auth_time": NOW - 3600 }), IdTokenProblem::AuthTime),
            (json!({ "auth_time": null }), IdTokenProblem::AuthTime),
            (json!({ "sub": "" }), IdTokenProblem::Missing("sub")),
            (json!({ "sub": "a".repeat(256) }), IdTokenProblem::Missing("sub")),
            (json!({ "sub": null }), IdTokenProblem::Missing("sub")),
            (json!({ "sub": 12 }), IdTokenProblem::Missing("sub")),
        ] {
            assert_eq!(checked("JWT", &with(&change)).unwrap_err(), misfit, "{change}");
        }
        assert_eq!(checked("at+jwt", &claims()).unwrap_err(), IdTokenProblem::Kind);
    }

    #[test]
    fn a_token_of_another_key_or_algorithm_is_refused() {
        let (ours, other) = (
            SigningKey::derive(&[7; 32]).unwrap(),
            SigningKey::derive(&[8; 32]).unwrap(),
        );
        let token = other.sign("JWT", &claims()).unwrap();
        let mut expected = Expectation {
            issuer: "https://fc.example",
            client_id: "us",
            nonce: "n",
            algorithms: &[Algorithm::Es256],
            acr_values: &[],
            mfa_amr: &[],
            max_age: None,
            now: Timestamp::from_seconds(NOW),
        };
        let refused = check(&token, &Jwks::of([&ours]), &expected).unwrap_err();
        assert_eq!(refused, IdTokenProblem::Unverified(TokenProblem::NoKey));
        expected.algorithms = &[Algorithm::Rs256];
        let refused = check(&token, &Jwks::of([&other]), &expected).unwrap_err();
        assert_eq!(refused, IdTokenProblem::Unverified(TokenProblem::Algorithm));
    }

    #[test]
    fn a_name_is_one_short_line_of_whatever_the_provider_sends() {
        let name = |change| checked("JWT", &with(&change)).unwrap().name().to_owned();
        assert_eq!(name(json!({ "name": " O.\nLemaître " })), "O.Lemaître");
        assert_eq!(
            name(json!({ "given_name": null, "email": "o@example.org" })),
            "o@example.org"
        );
        assert_eq!(name(json!({ "given_name": null })), "");
        assert_eq!(name(json!({ "name": "é".repeat(200) })).chars().count(), LONGEST_NAME);
    }
}
