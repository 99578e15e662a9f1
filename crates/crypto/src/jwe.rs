//! Tokens that a provider encrypts for us (RFC 7516): ECDH-ES over P-256 with A256GCM, in the compact form, and nothing
//! else. What is inside is a signed token, which is checked as any other: encryption keeps it from others' eyes and
//! proves nothing of who made it.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::kdf::{SskdfDigestAlgorithmId, get_sskdf_digest_algorithm, sskdf_digest};
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

/// Bytes. A signed token inside is shorter by a third.
const LONGEST: usize = 32 * 1024;
const ALGORITHM: &str = "ECDH-ES";
const ENCRYPTION: &str = "A256GCM";

/// Why a token stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says in its message what it is")]
pub enum JweProblem {
    #[error("it is not a readable encrypted token, or it is too long")]
    Unreadable,
    #[error("it is not encrypted by {ALGORITHM} and {ENCRYPTION}")]
    Algorithm,
    #[error("it is not for this key, or was changed")]
    Key,
}

/// What was read is not a key that others could encrypt for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not a private P-256 key in PKCS#8")]
pub struct UnusableKey;

/// A private key that others encrypt for.
pub struct DecryptionKey {
    private: PrivateKey,
    kid: String,
    x: String,
    y: String,
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptionKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    enc: String,
    epk: Ephemeral,
    #[serde(default)]
    apu: String,
    #[serde(default)]
    apv: String,
    #[serde(flatten)]
    other: Map<String, Value>,
}

#[derive(Deserialize)]
struct Ephemeral {
    crv: String,
    x: String,
    y: String,
}

impl DecryptionKey {
    /// # Errors
    /// The bytes are no such key.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, UnusableKey> {
        let private = PrivateKey::from_private_key_der(&ECDH_P256, der).map_err(|_| UnusableKey)?;
        let public = private.compute_public_key().map_err(|_| UnusableKey)?;
        let point = public.as_ref().strip_prefix(&[4]).ok_or(UnusableKey)?;
        let (x, y) = point.split_at_checked(32).ok_or(UnusableKey)?;
        let (x, y) = (BASE64URL_NOPAD.encode(x), BASE64URL_NOPAD.encode(y));
        // RFC 7638 3.
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let kid = BASE64URL_NOPAD.encode(digest(&SHA256, canonical.as_bytes()).as_ref());
        Ok(Self { private, kid, x, y })
    }

    /// The public half as a JWK, for the provider.
    pub fn public_jwk(&self) -> Value {
        json!({
            "kty": "EC", "crv": "P-256", "use": "enc", "alg": ALGORITHM, "kid": self.kid, "x": self.x, "y": self.y,
        })
    }

    /// What is inside.
    ///
    /// # Errors
    /// The token is not one for this key.
    pub fn open(&self, token: &str) -> Result<Zeroizing<String>, JweProblem> {
        if token.len() > LONGEST {
            return Err(JweProblem::Unreadable);
        }
        let mut parts = token.split('.');
        let mut part = || parts.next().ok_or(JweProblem::Unreadable);
        let (protected, wrapped, nonce) = (part()?, part()?, decoded(part()?)?);
        let (mut sealed, tag) = (Zeroizing::new(decoded(part()?)?), decoded(part()?)?);
        let header: Header = serde_json::from_slice(&decoded(protected)?).map_err(|_| JweProblem::Unreadable)?;
        if parts.next().is_some() || header.other.contains_key("crit") {
            return Err(JweProblem::Unreadable);
        }
        let is_known = header.alg == ALGORITHM && header.enc == ENCRYPTION && header.epk.crv == "P-256";
        if !is_known || !wrapped.is_empty() || header.other.contains_key("zip") {
            return Err(JweProblem::Algorithm);
        }
        let key = self.agree(&header)?;
        let key = UnboundKey::new(&AES_256_GCM, &*key).map_err(|_| JweProblem::Key)?;
        let nonce = Nonce::try_assume_unique_for_key(&nonce).map_err(|_| JweProblem::Unreadable)?;
        if tag.len() != AES_256_GCM.tag_len() {
            return Err(JweProblem::Unreadable);
        }
        sealed.extend_from_slice(&tag);
        let opened = LessSafeKey::new(key).open_in_place(nonce, Aad::from(protected), &mut sealed);
        let opened = opened.map_err(|_| JweProblem::Key)?;
        let text = str::from_utf8(opened).map_err(|_| JweProblem::Unreadable)?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    fn agree(&self, header: &Header) -> Result<Zeroizing<[u8; 32]>, JweProblem> {
        let point = [[4].as_slice(), &decoded(&header.epk.x)?, &decoded(&header.epk.y)?].concat();
        let info = info(ENCRYPTION, &decoded(&header.apu)?, &decoded(&header.apv)?, 256);
        let theirs = UnparsedPublicKey::new(&ECDH_P256, point);
        let mut key = Zeroizing::new([0; 32]);
        agree(&self.private, theirs, Unspecified, |shared| {
            derive(shared, &info, &mut *key)
        })
        .map_err(|_| JweProblem::Key)?;
        Ok(key)
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, JweProblem> {
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .map_err(|_| JweProblem::Unreadable)
}

/// The one-step derivation of NIST SP 800-56C, as RFC 7518 4.6.2 wants it.
fn derive(shared: &[u8], info: &[u8], key: &mut [u8]) -> Result<(), Unspecified> {
    sskdf_digest(
        get_sskdf_digest_algorithm(SskdfDigestAlgorithmId::Sha256).ok_or(Unspecified)?,
        shared,
        info,
        key,
    )
}

/// RFC 7518 4.6.2: AlgorithmID, PartyUInfo, PartyVInfo, SuppPubInfo.
fn info(algorithm: &str, apu: &[u8], apv: &[u8], bits: u32) -> Vec<u8> {
    let mut info = Vec::new();
    for part in [algorithm.as_bytes(), apu, apv] {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        info.extend_from_slice(&length.to_be_bytes());
        info.extend_from_slice(part);
    }
    info.extend_from_slice(&bits.to_be_bytes());
    info
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};

    use super::*;

    fn key() -> DecryptionKey {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        DecryptionKey::from_pkcs8(pair.to_pkcs8v1().unwrap().as_ref()).unwrap()
    }

    /// As a provider does it.
    fn sealed(to: &DecryptionKey, text: &str, change: &Value) -> String {
        let ephemeral = key();
        let mut header = json!({
            "alg": ALGORITHM, "enc": ENCRYPTION, "cty": "JWT", "apv": BASE64URL_NOPAD.encode(b"us"),
            "epk": { "kty": "EC", "crv": "P-256", "x": ephemeral.x, "y": ephemeral.y },
        });
        for (member, value) in change.as_object().unwrap() {
            header[member] = value.clone();
        }
        let protected = BASE64URL_NOPAD.encode(header.to_string().as_bytes());
        let theirs = json!({
            "alg": ALGORITHM, "enc": ENCRYPTION, "apv": header["apv"],
            "epk": { "crv": "P-256", "x": to.x, "y": to.y },
        });
        let secret = ephemeral.agree(&serde_json::from_value(theirs).unwrap()).unwrap();
        let secret = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &*secret).unwrap());
        let nonce = [7; 12];
        let mut bytes = text.as_bytes().to_vec();
        let (aad, unique) = (Aad::from(protected.as_str()), Nonce::assume_unique_for_key(nonce));
        let tag = secret.seal_in_place_separate_tag(unique, aad, &mut bytes).unwrap();
        let parts = [nonce.as_slice(), &bytes, tag.as_ref()].map(|part| BASE64URL_NOPAD.encode(part));
        format!("{protected}..{}", parts.join("."))
    }

    /// RFC 7518, appendix C.
    #[test]
    fn the_derivation_is_that_of_the_standard() {
        let shared = [
            158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163, 218, 128,
            106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
        ];
        let mut key = [0; 16];
        derive(&shared, &info("A128GCM", b"Alice", b"Bob", 128), &mut key).unwrap();
        assert_eq!(BASE64URL_NOPAD.encode(&key), "VqqN6vgjbSBcIijNcacQGg");
    }

    #[test]
    fn what_is_for_this_key_is_opened_and_nothing_else() {
        let (ours, other) = (key(), key());
        let token = sealed(&ours, "a.b.c", &json!({}));
        assert_eq!(*ours.open(&token).unwrap(), "a.b.c");
        assert_eq!(other.open(&token).unwrap_err(), JweProblem::Key);
        for at in 0..5 {
            let mut parts: Vec<&str> = token.split('.').collect();
            let changed = match parts[at] {
                "" => "AAAA".to_owned(),
                part if at == 0 => BASE64URL_NOPAD
                    .encode(&[BASE64URL_NOPAD.decode(part.as_bytes()).unwrap().as_slice(), b" "].concat()),
                part if part.starts_with('A') => part.replacen('A', "B", 1),
                part => format!("A{}", &part[1..]),
            };
            parts[at] = &changed;
            assert!(ours.open(&parts.join(".")).is_err(), "part {at}");
        }
        for broken in ["", "....", "a.b.c", &format!("{token}.a"), &"a".repeat(LONGEST + 1)] {
            assert_eq!(ours.open(broken).unwrap_err(), JweProblem::Unreadable);
        }
    }

    #[test]
    fn only_one_way_to_encrypt_is_accepted() {
        let ours = key();
        for (change, refusal) in [
            (json!({ "alg": "RSA-OAEP" }), JweProblem::Algorithm),
            (json!({ "alg": "dir" }), JweProblem::Algorithm),
            (json!({ "alg": "PBES2-HS256+A128KW" }), JweProblem::Algorithm),
            (json!({ "enc": "A128CBC-HS256" }), JweProblem::Algorithm),
            (json!({ "zip": "DEF" }), JweProblem::Algorithm),
            (json!({ "crit": ["exp"] }), JweProblem::Unreadable),
            (
                json!({ "epk": { "crv": "P-384", "x": "AA", "y": "AA" } }),
                JweProblem::Algorithm,
            ),
            (
                json!({ "epk": { "crv": "P-256", "x": "AA", "y": "AA" } }),
                JweProblem::Key,
            ),
            // Not on the curve.
            (
                json!({ "epk": { "crv": "P-256", "x": BASE64URL_NOPAD.encode(&[1; 32]), "y": BASE64URL_NOPAD.encode(&[1; 32]) } }),
                JweProblem::Key,
            ),
        ] {
            assert_eq!(
                ours.open(&sealed(&ours, "a", &change)).unwrap_err(),
                refusal,
                "{change}"
            );
        }
    }

    #[test]
    fn the_public_half_is_for_encryption_alone() {
        let jwk = key().public_jwk();
        assert_eq!(
            (jwk["use"].as_str(), jwk["alg"].as_str()),
            (Some("enc"), Some("ECDH-ES"))
        );
        assert!(jwk.get("d").is_none());
        assert!(DecryptionKey::from_pkcs8(&[1, 2, 3]).is_err());
    }
}
