use serde_json::{Value, json};

use super::*;
use crypto::jose::{LONGEST_TOKEN, SigningKey};

const URL: &str = "https://portal.lab.example/oauth2/token";
const NOW: i64 = 1_800_000_000;

fn call() -> Call<'static> {
    Call {
        method: "POST",
        url: URL,
        access_token: None,
        algorithms: &Algorithm::CLIENTS,
        nonce: Nonce::Optional,
    }
}

fn claims() -> Value {
    json!({ "jti": "id-1", "htm": "POST", "htu": URL, "iat": NOW })
}

fn header(key: &SigningKey) -> Value {
    json!({ "typ": "dpop+jwt", "alg": key.algorithm(), "jwk": key.public_jwk() })
}

fn with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

fn key() -> SigningKey {
    SigningKey::derive(&[7; 32]).unwrap()
}

fn judge(proof: &str, call: &Call<'_>) -> Result<Proof, OauthError> {
    let now = Timestamp::from_seconds(NOW);
    check(proof, call, |nonce| nonce == "ours", now).map_err(|refusal| refusal.error)
}

fn judged(changes: Value, call: &Call<'_>) -> Result<Proof, OauthError> {
    let key = key();
    judge(&key.sign_under(&header(&key), &with(changes)).unwrap(), call)
}

#[test]
fn a_right_proof_names_its_key() {
    for algorithm in Algorithm::CLIENTS {
        let key = SigningKey::generate(algorithm).unwrap();
        let proof = key.sign_under(&header(&key), &claims()).unwrap();
        assert_eq!(judge(&proof, &call()).unwrap().jkt, key.kid());
        let none = Call {
            algorithms: &[],
            ..call()
        };
        assert_eq!(judge(&proof, &none), Err(OauthError::InvalidDpopProof));
    }
}

#[test]
fn what_is_missing_or_wrong_is_refused() {
    for changes in [
        json!({ "jti": null }),
        json!({ "jti": "" }),
        json!({ "jti": 7 }),
        json!({ "jti": "x".repeat(600) }),
        json!({ "htm": null }),
        json!({ "htm": "GET" }),
        json!({ "htm": "post" }),
        json!({ "htu": null }),
        json!({ "iat": null }),
        json!({ "iat": "now" }),
    ] {
        assert_eq!(
            judged(changes.clone(), &call()),
            Err(OauthError::InvalidDpopProof),
            "{changes}"
        );
    }
}

#[test]
fn the_address_is_compared_as_addresses_are() {
    for same in [
        "https://portal.lab.example/oauth2/token?a=b",
        "https://portal.lab.example/oauth2/token#x",
        "HTTPS://PORTAL.LAB.EXAMPLE/oauth2/token",
        "https://portal.lab.example:443/oauth2/token",
        "https://portal.lab.example/oauth2/x/../token",
    ] {
        assert!(judged(json!({ "htu": same }), &call()).is_ok(), "{same}");
    }
    for other in [
        "http://portal.lab.example/oauth2/token",
        "https://portal.lab.example:8443/oauth2/token",
        "https://portal.lab.example/oauth2/token/",
        "https://portal.lab.example/oauth2/Token",
        "https://portal.lab.example.evil.example/oauth2/token",
        "https://user@portal.lab.example/oauth2/token",
        "/oauth2/token",
        "",
    ] {
        assert!(judged(json!({ "htu": other }), &call()).is_err(), "{other}");
    }
    let with_query = "https://portal.lab.example/oauth2/token?a=b";
    assert!(
        judged(
            json!({}),
            &Call {
                url: with_query,
                ..call()
            }
        )
        .is_ok()
    );
}

#[test]
fn a_proof_is_of_now() {
    for (seconds, good) in [
        (8, true),
        (29, true),
        (61, false),
        (3600, false),
        (-60, true),
        (-91, false),
        (-3600, false),
    ] {
        let judged = judged(json!({ "iat": NOW + seconds }), &call());
        assert_eq!(judged.is_ok(), good, "{seconds}");
    }
    assert!(judged(json!({ "nbf": NOW, "exp": NOW + 300 }), &call()).is_ok());
    assert!(judged(json!({ "exp": NOW - 31 }), &call()).is_err());
    assert!(judged(json!({ "nbf": NOW + 61 }), &call()).is_err());
    // It is remembered for as long as it could be shown.
    let proof = judged(json!({ "iat": NOW + 29 }), &call()).unwrap();
    assert_eq!(
        Some(proof.id),
        SingleUse::of(KIND, &proof.jkt, Some("id-1"), Timestamp::from_seconds(NOW + 29 + 90))
    );
}

#[test]
fn an_access_token_needs_its_hash() {
    let call = Call {
        access_token: Some("token"),
        ..call()
    };
    let hash = |text: &str| BASE64URL_NOPAD.encode(digest(&SHA256, text.as_bytes()).as_ref());
    assert!(judged(json!({ "ath": hash("token") }), &call).is_ok());
    for changes in [json!({}), json!({ "ath": hash("other") }), json!({ "ath": "token" })] {
        assert_eq!(judged(changes, &call), Err(OauthError::InvalidDpopProof));
    }
}

#[test]
fn a_nonce_is_ours_or_asked_for() {
    let required = Call {
        nonce: Nonce::Required,
        ..call()
    };
    assert!(judged(json!({ "nonce": "ours" }), &required).is_ok());
    assert!(judged(json!({ "nonce": "ours" }), &call()).is_ok());
    assert_eq!(judged(json!({}), &required), Err(OauthError::UseDpopNonce));
    for wrong in [json!({ "nonce": "old" }), json!({ "nonce": 7 })] {
        for call in [&required, &call()] {
            assert_eq!(judged(wrong.clone(), call), Err(OauthError::UseDpopNonce));
        }
    }
    // Without the key one learns nothing about nonces.
    let key = key();
    let proof = key.sign_under(&header(&key), &claims()).unwrap();
    let (message, _) = proof.rsplit_once('.').unwrap();
    let forged = format!("{message}.{}", BASE64URL_NOPAD.encode(&[1; 64]));
    assert_eq!(judge(&forged, &required), Err(OauthError::InvalidDpopProof));
}

#[test]
fn headers_that_lie_are_refused() {
    let key = key();
    let other = SigningKey::derive(&[8; 32]).unwrap();
    let mut private = key.public_jwk();
    private["d"] = json!("AQ");
    let secret = json!({ "kty": "oct", "k": "AQ" });
    for (what, header) in [
        ("no typ", json!({ "alg": "ES256", "jwk": key.public_jwk() })),
        (
            "another typ",
            json!({ "typ": "JWT", "alg": "ES256", "jwk": key.public_jwk() }),
        ),
        ("no key", json!({ "typ": "dpop+jwt", "alg": "ES256" })),
        (
            "another key",
            json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": other.public_jwk() }),
        ),
        (
            "a private key",
            json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": private }),
        ),
        ("a secret", json!({ "typ": "dpop+jwt", "alg": "HS256", "jwk": secret })),
        (
            "none",
            json!({ "typ": "dpop+jwt", "alg": "none", "jwk": key.public_jwk() }),
        ),
        (
            "another algorithm",
            json!({ "typ": "dpop+jwt", "alg": "EdDSA", "jwk": key.public_jwk() }),
        ),
        (
            "extensions",
            json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.public_jwk(), "crit": ["x"] }),
        ),
    ] {
        let proof = key.sign_under(&header, &claims()).unwrap();
        assert_eq!(judge(&proof, &call()), Err(OauthError::InvalidDpopProof), "{what}");
    }
    let public = key.public_jwk().to_string();
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    header.typ = Some("dpop+jwt".to_owned());
    header.jwk = serde_json::from_value(key.public_jwk()).unwrap();
    let with_public_key_as_secret = jsonwebtoken::EncodingKey::from_secret(public.as_bytes());
    let forged = jsonwebtoken::encode(&header, &claims(), &with_public_key_as_secret).unwrap();
    assert_eq!(judge(&forged, &call()), Err(OauthError::InvalidDpopProof));
    for broken in ["", "x", "a.b.c", &"a".repeat(LONGEST_TOKEN + 1)] {
        assert_eq!(judge(broken, &call()), Err(OauthError::InvalidDpopProof));
    }
}
