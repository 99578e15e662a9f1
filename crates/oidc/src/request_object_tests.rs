use serde_json::json;

use super::*;
use crypto::jose::{Algorithm, LONGEST_TOKEN, SigningKey, jwk_set};

const ISSUER: &str = "https://portal.lab.example";
const NOW: i64 = 1_800_000_000;
const TYPE: &str = "oauth-authz-req+jwt";

fn key() -> SigningKey {
    SigningKey::derive(&[7; 32]).unwrap()
}

fn claims(changes: &Value) -> Value {
    let mut claims = json!({
        "iss": "c1", "aud": ISSUER, "nbf": NOW, "exp": NOW + 60, "client_id": "c1",
        "response_type": "code", "scope": "openid", "state": "s", "max_age": 300,
        "claims": { "id_token": { "acr": { "essential": true } } },
    });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

fn judge(object: &str, key: &SigningKey, profile: Profile) -> Result<Params, OauthError> {
    let keys = Jwks::parse(&jwk_set([key]).to_string()).unwrap();
    let client: ClientId = "c1".parse().unwrap();
    let rules = Rules {
        client: &client,
        keys: &keys,
        profile,
        issuer: ISSUER,
    };
    check(object, &rules, Timestamp::from_seconds(NOW)).map_err(|refusal| refusal.error)
}

fn judged(changes: &Value, profile: Profile) -> Result<Params, OauthError> {
    judge(&key().sign(TYPE, &claims(changes)).unwrap(), &key(), profile)
}

#[test]
fn a_signed_request_is_read_as_if_it_were_plain() {
    for profile in [Profile::OpenId, Profile::Fapi] {
        let params = judged(&json!({}), profile).unwrap();
        assert_eq!(params.get("client_id"), Some("c1"));
        assert_eq!(params.get("scope"), Some("openid"));
        assert_eq!(params.get("max_age"), Some("300"));
        let claims = r#"{"id_token":{"acr":{"essential":true}}}"#;
        assert_eq!(params.get("claims"), Some(claims));
        for of_the_token in OF_THE_TOKEN {
            assert!(!params.has(of_the_token));
        }
    }
    for bare in [json!({ "alg": "ES256" }), json!({ "alg": "ES256", "typ": "JWT" })] {
        let object = key().sign_under(&bare, &claims(&json!({ "client_id": null }))).unwrap();
        assert!(judge(&object, &key(), Profile::OpenId).is_ok());
    }
}

#[test]
fn what_is_missing_or_wrong_is_refused() {
    let cases = [
        json!({ "iss": null }),
        json!({ "iss": "c2" }),
        json!({ "client_id": "c2" }),
        json!({ "client_id": 1 }),
        json!({ "aud": null }),
        json!({ "aud": "https://other.example" }),
        json!({ "aud": ["https://other.example"] }),
        json!({ "exp": null }),
        json!({ "exp": NOW - 60 }),
        json!({ "exp": NOW + 4000 }),
        json!({ "exp": "x" }),
        json!({ "nbf": NOW + 61 }),
        json!({ "iat": NOW + 61 }),
        json!({ "request": "x" }),
        json!({ "request_uri": "urn:x" }),
        json!({ "sub": "c1" }),
    ];
    for changes in cases {
        for profile in [Profile::OpenId, Profile::Fapi] {
            let refused = judged(&changes, profile);
            assert_eq!(refused.unwrap_err(), OauthError::InvalidRequestObject, "{changes}");
        }
    }
    let several = json!({ "aud": ["https://other.example", ISSUER] });
    assert!(judged(&several, Profile::Fapi).is_ok());
}

#[test]
fn fapi_wants_to_know_since_when() {
    for changes in [
        json!({ "nbf": null }),
        json!({ "nbf": NOW - 3601, "exp": NOW + 10 }),
        json!({ "nbf": NOW - 60, "exp": NOW + 3590 }),
    ] {
        assert!(judged(&changes, Profile::OpenId).is_ok(), "{changes}");
        assert!(judged(&changes, Profile::Fapi).is_err(), "{changes}");
    }
    let soon = json!({ "nbf": NOW + 8 });
    assert!(judged(&soon, Profile::Fapi).is_ok());
}

#[test]
fn an_unsigned_request_is_not_supported_and_a_forged_one_invalid() {
    let unsigned = key()
        .sign_under(&json!({ "alg": "none" }), &claims(&json!({})))
        .unwrap();
    let refused = |object: &str| judge(object, &key(), Profile::OpenId).unwrap_err();
    assert_eq!(refused(&unsigned), OauthError::RequestNotSupported);
    let (message, _) = unsigned.rsplit_once('.').unwrap();
    assert_eq!(refused(&format!("{message}.")), OauthError::RequestNotSupported);

    let stranger = SigningKey::derive(&[8; 32]).unwrap();
    let forged = stranger.sign(TYPE, &claims(&json!({}))).unwrap();
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    let secret = jsonwebtoken::EncodingKey::from_secret(key().public_jwk().to_string().as_bytes());
    let symmetric = jsonwebtoken::encode(&header, &claims(&json!({})), &secret).unwrap();
    let of_another_kind = key().sign("dpop+jwt", &claims(&json!({}))).unwrap();
    for bad in [
        &forged,
        &symmetric,
        &of_another_kind,
        "",
        "x.y.z",
        &"a".repeat(LONGEST_TOKEN + 1),
    ] {
        assert_eq!(refused(bad), OauthError::InvalidRequestObject);
    }
    let rsa = SigningKey::generate(Algorithm::Rs256).unwrap();
    let object = rsa.sign(TYPE, &claims(&json!({}))).unwrap();
    assert!(judge(&object, &rsa, Profile::OpenId).is_ok());
    assert!(judge(&object, &rsa, Profile::Fapi).is_err());
}
