//! Keys that clients show, and what they sign with them.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use vestibule::crypto::jose::SigningKey;
use vestibule::kernel::clock::Timestamp;

/// An ES256 token; with its public key in the header, if `shows_key`.
pub fn sign(key: &SigningKey, typ: &str, shows_key: bool, claims: &Value) -> String {
    let mut header = Header::new(Algorithm::ES256);
    header.typ = Some(typ.to_owned());
    if shows_key {
        let mut public = key.public_jwk();
        for extra in ["use", "alg", "kid"] {
            public.as_object_mut().unwrap().remove(extra);
        }
        header.jwk = Some(serde_json::from_value(public).unwrap());
    }
    encode(&header, claims, &EncodingKey::from_ec_der(&key.to_pkcs8().unwrap())).unwrap()
}

/// A request for which a proof is made.
pub struct Call<'a> {
    pub method: &'a str,
    pub url: &'a str,
    pub token: Option<&'a str>,
    pub nonce: Option<&'a str>,
}

/// A DPoP proof (RFC 9449 4.2).
pub fn proof(key: &SigningKey, id: &str, call: &Call<'_>, now: Timestamp) -> String {
    let mut claims = json!({ "jti": id, "htm": call.method, "htu": call.url, "iat": now.unix_seconds() });
    if let Some(nonce) = call.nonce {
        claims["nonce"] = json!(nonce);
    }
    if let Some(token) = call.token {
        claims["ath"] = json!(BASE64URL_NOPAD.encode(digest(&SHA256, token.as_bytes()).as_ref()));
    }
    sign(key, "dpop+jwt", true, &claims)
}
