use serde_json::json;

use super::*;
use crypto::jose::{Algorithm, LONGEST_TOKEN, SigningKey, jwk_set};

const ISSUER: &str = "https://portal.lab.example";
const TOKEN: &str = "https://portal.lab.example/oauth2/token";
const NOW: i64 = 1_800_000_000;

fn key() -> SigningKey {
    SigningKey::derive(&[7; 32]).unwrap()
}

fn claims(changes: &Value) -> Value {
    let mut claims = json!({
        "iss": "c1", "sub": "c1", "aud": ISSUER, "jti": "id-1", "iat": NOW, "exp": NOW + 60,
    });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

fn judge(assertion: &str, keys: &[&SigningKey], profile: Profile) -> Result<SingleUse, AssertionProblem> {
    let keys = Jwks::parse(&jwk_set(keys.iter().copied()).to_string()).unwrap();
    let client: ClientId = "c1".parse().unwrap();
    let rules = Rules {
        client: &client,
        keys: &keys,
        profile,
        issuer: ISSUER,
        endpoints: &[TOKEN],
    };
    check(assertion, &rules, Timestamp::from_seconds(NOW))
}

fn judged(changes: &Value, profile: Profile) -> Result<SingleUse, AssertionProblem> {
    let key = key();
    judge(&key.sign("JWT", &claims(changes)).unwrap(), &[&key], profile)
}

#[test]
fn a_right_assertion_proves_its_client() {
    for profile in [Profile::OpenId, Profile::Fapi] {
        assert!(judged(&json!({}), profile).is_ok());
        assert!(judged(&json!({ "iat": NOW + 8, "nbf": NOW + 8 }), profile).is_ok());
    }
    let assertion = key().sign("client-authentication+jwt", &claims(&json!({}))).unwrap();
    assert_eq!(claimed_client(&assertion).unwrap().as_str(), "c1");
    assert!(judge(&assertion, &[&key()], Profile::Fapi).is_ok());
    for broken in ["", "a.b.c", &"a".repeat(LONGEST_TOKEN + 1)] {
        assert!(claimed_client(broken).is_none());
    }
}

#[test]
fn claims_that_are_missing_or_wrong_are_refused() {
    use AssertionProblem::{Audience, Client, Id, Time};
    let cases = [
        (json!({ "iss": null }), Client),
        (json!({ "iss": "c2" }), Client),
        (json!({ "sub": null }), Client),
        (json!({ "sub": "c2" }), Client),
        (json!({ "aud": null }), Audience),
        (json!({ "aud": "https://other.example" }), Audience),
        (json!({ "aud": "https://portal.lab.example/" }), Audience),
        (json!({ "aud": [] }), Audience),
        (json!({ "aud": [ISSUER, "https://other.example"] }), Audience),
        (json!({ "exp": null }), Time),
        (json!({ "exp": "soon" }), Time),
        (json!({ "exp": NOW - 300 }), Time),
        (json!({ "exp": NOW + 4000 }), Time),
        (json!({ "iat": NOW + 61 }), Time),
        (json!({ "nbf": NOW + 61 }), Time),
        (json!({ "nbf": "x" }), Time),
        (json!({ "jti": null }), Id),
        (json!({ "jti": "" }), Id),
    ];
    for (changes, why) in cases {
        for profile in [Profile::OpenId, Profile::Fapi] {
            assert_eq!(judged(&changes, profile), Err(why), "{changes}");
        }
    }
}

#[test]
fn under_fapi_only_the_issuer_as_one_text_counts() {
    for aud in [json!(TOKEN), json!([ISSUER]), json!([ISSUER, TOKEN])] {
        let changes = json!({ "aud": aud });
        assert!(judged(&changes, Profile::OpenId).is_ok(), "{changes}");
        assert_eq!(
            judged(&changes, Profile::Fapi),
            Err(AssertionProblem::Audience),
            "{changes}"
        );
    }
}

#[test]
fn algorithms_are_those_of_the_profile_and_the_key() {
    let rsa = SigningKey::generate(Algorithm::Rs256).unwrap();
    let assertion = rsa.sign("JWT", &claims(&json!({}))).unwrap();
    assert!(judge(&assertion, &[&rsa], Profile::OpenId).is_ok());
    assert_eq!(
        judge(&assertion, &[&rsa], Profile::Fapi),
        Err(AssertionProblem::Signature)
    );
    assert_eq!(
        judge(&assertion, &[&key()], Profile::OpenId),
        Err(AssertionProblem::Signature)
    );

    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    let public = rsa.public_jwk().to_string();
    let secret = jsonwebtoken::EncodingKey::from_secret(public.as_bytes());
    let forged = jsonwebtoken::encode(&header, &claims(&json!({})), &secret).unwrap();
    assert_eq!(
        judge(&forged, &[&rsa], Profile::OpenId),
        Err(AssertionProblem::Signature)
    );
    let unsigned = key()
        .sign_under(&json!({ "alg": "none" }), &claims(&json!({})))
        .unwrap();
    assert_eq!(
        judge(&unsigned, &[&key()], Profile::OpenId),
        Err(AssertionProblem::Signature)
    );
    let (message, _) = assertion.rsplit_once('.').unwrap();
    assert_eq!(
        judge(&format!("{message}."), &[&rsa], Profile::OpenId),
        Err(AssertionProblem::Signature)
    );
    let huge = "a".repeat(LONGEST_TOKEN + 1);
    assert_eq!(judge(&huge, &[&rsa], Profile::OpenId), Err(AssertionProblem::Signature));
}

#[test]
fn what_was_signed_for_something_else_is_no_assertion() {
    for typ in OTHERS {
        let token = key().sign(typ, &claims(&json!({}))).unwrap();
        assert_eq!(
            judge(&token, &[&key()], Profile::OpenId),
            Err(AssertionProblem::Type),
            "{typ}"
        );
    }
}
