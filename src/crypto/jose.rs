//! ES256 keys and compact signed tokens (RFC 7515, 7517, 7518).
//!
//! The key is derived from a seed, so that the keyring is the only thing to back up and every replica signs alike.
//! Signing uses the parsed key directly: `jsonwebtoken` parses PKCS#8 anew for every token, which costs as much as half
//! the signature. Reading tokens back is `jsonwebtoken`'s part, in the tests here and in whoever verifies.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use aws_lc_rs::{agreement, hmac};
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

const LABEL: &[u8] = b"vestibule es256 v1";

/// A P-256 key that signs, with its public half ready to publish.
pub struct SigningKey {
    pair: EcdsaKeyPair,
    kid: String,
    x: String,
    y: String,
}

/// Signing failed inside the cryptographic library; nothing a caller can mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoseFault {
    #[error("no P-256 key could be derived from the seed")]
    Derivation,
    #[error("the claims could not be serialized")]
    Claims,
    #[error("the signature could not be made")]
    Signature,
}

impl SigningKey {
    /// The same seed always gives the same key. The candidate scalar is HMAC-SHA-256(seed, label ‖ counter); the
    /// counter moves on in the one case of 2³² in which the candidate is not below the group order.
    pub fn derive(seed: &[u8; 32]) -> Result<Self, JoseFault> {
        let mac = hmac::Key::new(hmac::HMAC_SHA256, seed);
        (0..=u8::MAX)
            .find_map(|counter| Self::from_candidate(&mac, counter))
            .ok_or(JoseFault::Derivation)
    }

    fn from_candidate(mac: &hmac::Key, counter: u8) -> Option<Self> {
        let tag = hmac::sign(mac, &[LABEL, &[counter]].concat());
        let scalar = Zeroizing::new(tag.as_ref().to_vec());
        let private = agreement::PrivateKey::from_private_key(&agreement::ECDH_P256, &scalar).ok()?;
        let public = private.compute_public_key().ok()?;
        let point = public.as_ref();
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &scalar, point).ok()?;
        let (x, y) = coordinates(point)?;
        let kid = thumbprint(&x, &y);
        Some(Self { pair, kid, x, y })
    }

    /// The RFC 7638 thumbprint of the public key.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// A compact JWS over `claims`; `typ` goes into its header (RFC 8725 3.11: say what kind of token this is).
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, JoseFault> {
        let header = json!({ "typ": typ, "alg": "ES256", "kid": self.kid });
        let header = serde_json::to_vec(&header).map_err(|_| JoseFault::Claims)?;
        let payload = serde_json::to_vec(claims).map_err(|_| JoseFault::Claims)?;
        let mut token = BASE64URL_NOPAD.encode(&header);
        token.push('.');
        BASE64URL_NOPAD.encode_append(&payload, &mut token);
        let signature = self
            .pair
            .sign(&SystemRandom::new(), token.as_bytes())
            .map_err(|_| JoseFault::Signature)?;
        token.push('.');
        BASE64URL_NOPAD.encode_append(signature.as_ref(), &mut token);
        Ok(token)
    }

    /// The public half as a JWK.
    pub fn public_jwk(&self) -> Value {
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid, "x": self.x, "y": self.y })
    }
}

/// The public halves as a JWK set, as served at a `jwks` address.
pub fn jwk_set<'a>(keys: impl IntoIterator<Item = &'a SigningKey>) -> Value {
    json!({ "keys": keys.into_iter().map(SigningKey::public_jwk).collect::<Vec<_>>() })
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// The halves of an uncompressed point (SEC 1, 2.3.3).
fn coordinates(point: &[u8]) -> Option<(String, String)> {
    let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32)?;
    (y.len() == 32).then(|| (BASE64URL_NOPAD.encode(x), BASE64URL_NOPAD.encode(y)))
}

fn thumbprint(x: &str, y: &str) -> String {
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    BASE64URL_NOPAD.encode(digest(&SHA256, canonical.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};

    use super::*;

    fn reader(key: &SigningKey) -> DecodingKey {
        DecodingKey::from_jwk(&serde_json::from_value(key.public_jwk()).unwrap()).unwrap()
    }

    #[test]
    fn a_seed_gives_one_key_and_another_seed_another() {
        let kid = |byte| SigningKey::derive(&[byte; 32]).unwrap().kid().to_owned();
        assert_eq!(kid(1), kid(1));
        assert_ne!(kid(1), kid(2));
    }

    #[test]
    fn another_library_verifies_what_is_signed() {
        let key = SigningKey::derive(&[7; 32]).unwrap();
        let token = key
            .sign("test+jwt", &json!({ "sub": "someone", "exp": 4_000_000_000_u64 }))
            .unwrap();
        let claims: HashMap<String, Value> = decode(&token, &reader(&key), &Validation::new(Algorithm::ES256))
            .unwrap()
            .claims;
        assert_eq!(claims["sub"], "someone");
        let header = decode_header(&token).unwrap();
        assert_eq!(
            (header.kid.as_deref(), header.typ.as_deref()),
            (Some(key.kid()), Some("test+jwt"))
        );
    }

    #[test]
    fn a_changed_token_or_another_key_does_not_verify() {
        let key = SigningKey::derive(&[7; 32]).unwrap();
        let token = key.sign("JWT", &json!({ "exp": 4_000_000_000_u64 })).unwrap();
        let rules = Validation::new(Algorithm::ES256);
        let other = SigningKey::derive(&[8; 32]).unwrap();
        assert!(decode::<Value>(&token, &reader(&other), &rules).is_err());
        let changed = token.replacen('.', ".e30", 1);
        assert!(decode::<Value>(&changed, &reader(&key), &rules).is_err());
    }

    #[test]
    fn the_set_holds_public_halves_only() {
        let key = SigningKey::derive(&[7; 32]).unwrap();
        let set = jwk_set([&key]);
        assert_eq!(set["keys"][0]["kid"], key.kid());
        assert!(set["keys"][0].get("d").is_none());
        assert!(!format!("{key:?}").contains("pair"));
    }
}
