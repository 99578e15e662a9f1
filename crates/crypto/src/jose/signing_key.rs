//! Keys that sign.
//!
//! Signing uses the parsed key directly: `jsonwebtoken` parses PKCS#8 again for every token, which costs as much as
//! half an ES256 signature. Reading tokens back is `jsonwebtoken`'s part.

use std::fmt;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaEncoding, RsaKeyPair,
};
use aws_lc_rs::{agreement, hmac};
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Algorithm, thumbprint};

const LABEL: &[u8] = b"vestibule es256 v1";

/// A key that signs, with its public half ready to publish.
pub struct SigningKey {
    pair: Pair,
    algorithm: Algorithm,
    kid: String,
    public: Value,
}

enum Pair {
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    Rsa(RsaKeyPair, &'static dyn RsaEncoding),
}

/// Signing failed inside the cryptographic library; nothing a caller can fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says in its message what it is")]
pub enum JoseFault {
    #[error("no P-256 key could be derived from the seed")]
    Derivation,
    #[error("no key could be made")]
    Generation,
    #[error("a stored key cannot be read, or is not of its algorithm")]
    Stored,
    #[error("the claims could not be serialized")]
    Claims,
    #[error("the signature could not be made")]
    Signature,
}

impl SigningKey {
    /// A new key. An RSA key takes some tenths of a second: not for a thread that answers requests.
    ///
    /// The library takes no other generator than its own here. It is the one that `SystemEntropy` reads too, and no
    /// test could want to foresee a key that it can read back.
    ///
    /// # Errors
    /// The library has no randomness or no memory.
    pub fn generate(algorithm: Algorithm) -> Result<Self, JoseFault> {
        let pair = match algorithm {
            Algorithm::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Pair::Ec),
            Algorithm::EdDsa => Ed25519KeyPair::generate().map(Pair::Ed),
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048).map(|pair| Pair::Rsa(pair, &RSA_PKCS1_SHA256)),
            Algorithm::Ps256 => RsaKeyPair::generate(KeySize::Rsa2048).map(|pair| Pair::Rsa(pair, &RSA_PSS_SHA256)),
        };
        Self::of(algorithm, pair.map_err(|_| JoseFault::Generation)?).ok_or(JoseFault::Generation)
    }

    /// What [`Self::to_pkcs8`] wrote.
    ///
    /// # Errors
    /// It is no such key.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, JoseFault> {
        let pair = match algorithm {
            Algorithm::Es256 => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map(Pair::Ec),
            Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8(pkcs8).map(Pair::Ed),
            Algorithm::Rs256 => RsaKeyPair::from_pkcs8(pkcs8).map(|pair| Pair::Rsa(pair, &RSA_PKCS1_SHA256)),
            Algorithm::Ps256 => RsaKeyPair::from_pkcs8(pkcs8).map(|pair| Pair::Rsa(pair, &RSA_PSS_SHA256)),
        };
        Self::of(algorithm, pair.map_err(|_| JoseFault::Stored)?).ok_or(JoseFault::Stored)
    }

    /// The private key, to be sealed.
    ///
    /// # Errors
    /// The library has no memory.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, JoseFault> {
        let bytes = match &self.pair {
            Pair::Ec(pair) => pair.to_pkcs8v1().map(|document| document.as_ref().to_vec()),
            Pair::Ed(pair) => pair.to_pkcs8().map(|document| document.as_ref().to_vec()),
            Pair::Rsa(pair, _) => pair.as_der().map(|document| document.as_ref().to_vec()),
        };
        bytes.map(Zeroizing::new).map_err(|_| JoseFault::Stored)
    }

    /// An ES256 key that the same seed always gives, so that the keyring is the only thing to back up and every replica
    /// signs alike. The candidate scalar is HMAC-SHA-256(seed, label ‖ counter); the counter moves on in the one case
    /// of 2³² in which the candidate is not below the group order.
    ///
    /// # Errors
    /// No candidate was below the group order.
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
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &scalar, public.as_ref());
        Self::of(Algorithm::Es256, Pair::Ec(pair.ok()?))
    }

    fn of(algorithm: Algorithm, pair: Pair) -> Option<Self> {
        let mut public = pair.public_members()?;
        let kid = thumbprint(&public).ok()?;
        let members = public.as_object_mut()?;
        members.insert("use".to_owned(), json!("sig"));
        members.insert("alg".to_owned(), json!(algorithm.as_str()));
        members.insert("kid".to_owned(), json!(kid));
        Some(Self {
            pair,
            algorithm,
            kid,
            public,
        })
    }

    /// What it signs under.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The RFC 7638 thumbprint of the public key.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// A compact JWS over `claims`; `typ` goes into its header (RFC 8725 3.11: say what kind of token this is).
    ///
    /// # Errors
    /// The claims cannot be serialized, or the library has no randomness or no memory.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, JoseFault> {
        self.sign_under(
            &json!({ "typ": typ, "alg": self.algorithm.as_str(), "kid": self.kid }),
            claims,
        )
    }

    /// The same under a header of the caller's, who answers for its `alg`: a DPoP proof carries its key there.
    ///
    /// # Errors
    /// As [`Self::sign`].
    pub fn sign_under(&self, header: &Value, claims: &impl Serialize) -> Result<String, JoseFault> {
        let header = serde_json::to_vec(header).map_err(|_| JoseFault::Claims)?;
        let payload = serde_json::to_vec(claims).map_err(|_| JoseFault::Claims)?;
        let mut token = BASE64URL_NOPAD.encode(&header);
        token.push('.');
        BASE64URL_NOPAD.encode_append(&payload, &mut token);
        let signature = self.pair.sign(token.as_bytes()).ok_or(JoseFault::Signature)?;
        token.push('.');
        BASE64URL_NOPAD.encode_append(&signature, &mut token);
        Ok(token)
    }

    /// The public half as a JWK.
    pub fn public_jwk(&self) -> Value {
        self.public.clone()
    }
}

impl Pair {
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Ec(pair) => Some(pair.sign(&random, message).ok()?.as_ref().to_vec()),
            Self::Ed(pair) => Some(pair.try_sign(message).ok()?.as_ref().to_vec()),
            Self::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &random, message, &mut signature).ok()?;
                Some(signature)
            }
        }
    }

    /// Those members of the JWK that make the key.
    fn public_members(&self) -> Option<Value> {
        let text = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        Some(match self {
            Self::Ec(pair) => {
                let (x, y) = coordinates(pair.public_key().as_ref())?;
                json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) })
            }
            Self::Ed(pair) => json!({ "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()) }),
            Self::Rsa(pair, _) => {
                let public = pair.public_key();
                let (n, e) = (public.modulus(), public.exponent());
                let (n, e) = (n.big_endian_without_leading_zero(), e.big_endian_without_leading_zero());
                json!({ "kty": "RSA", "n": text(n), "e": text(e) })
            }
        })
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
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// The halves of an uncompressed point (SEC 1, 2.3.3).
fn coordinates(point: &[u8]) -> Option<(&[u8], &[u8])> {
    let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32)?;
    (y.len() == 32).then_some((x, y))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};

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

    /// The LIS of a running installation may have remembered it.
    #[test]
    fn a_derived_key_stays_what_it_was() {
        let key = SigningKey::derive(&[7; 32]).unwrap();
        assert_eq!(key.kid(), "mc3LPCg4QwYUyfnuO7CaICh1Cs1HUADfqrJhZ--4Ldc");
    }

    #[test]
    fn another_library_verifies_what_is_signed_and_a_stored_key_signs_alike() {
        for algorithm in Algorithm::CLIENTS {
            let key = SigningKey::generate(algorithm).unwrap();
            let again = SigningKey::from_pkcs8(algorithm, &key.to_pkcs8().unwrap()).unwrap();
            assert_eq!(again.kid(), key.kid());
            let claims = json!({ "sub": "someone", "exp": 4_000_000_000_u64 });
            let token = again.sign("test+jwt", &claims).unwrap();
            let rules = Validation::new(algorithm.of_library());
            let read: HashMap<String, Value> = decode(&token, &reader(&key), &rules).unwrap().claims;
            assert_eq!(read["sub"], "someone");
            let header = decode_header(&token).unwrap();
            assert_eq!(header.kid.as_deref(), Some(key.kid()));
            assert_eq!(header.typ.as_deref(), Some("test+jwt"));
            let other = SigningKey::generate(algorithm).unwrap();
            assert!(decode::<Value>(&token, &reader(&other), &rules).is_err());
            let changed = token.replacen('.', ".e30", 1);
            assert!(decode::<Value>(&changed, &reader(&key), &rules).is_err());
        }
    }

    #[test]
    fn a_stored_key_is_read_as_what_it_is_only() {
        let ec = SigningKey::generate(Algorithm::Es256).unwrap().to_pkcs8().unwrap();
        for algorithm in [Algorithm::EdDsa, Algorithm::Rs256, Algorithm::Ps256] {
            assert_eq!(SigningKey::from_pkcs8(algorithm, &ec).unwrap_err(), JoseFault::Stored);
        }
        assert!(SigningKey::from_pkcs8(Algorithm::Es256, &ec[1..]).is_err());
    }

    #[test]
    fn the_set_holds_public_halves_only() {
        for algorithm in Algorithm::OURS {
            let key = SigningKey::generate(algorithm).unwrap();
            let set = jwk_set([&key]);
            assert_eq!(set["keys"][0]["kid"], key.kid());
            assert_eq!(set["keys"][0]["alg"], algorithm.as_str());
            for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(set["keys"][0].get(private).is_none());
            }
            assert!(!format!("{key:?}").contains("pair"));
        }
    }
}
