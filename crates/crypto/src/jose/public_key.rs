//! Public keys as clients publish them (RFC 7517).

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use serde_json::Value;

use super::Algorithm;

const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// The private members of a JWK, for every kind of key (RFC 7518 6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A key that verifies.
#[derive(Clone)]
pub struct PublicKey {
    kid: Option<String>,
    kind: Kind,
    /// The one algorithm that the key is for, where it says so.
    only: Option<Algorithm>,
    thumbprint: String,
    pub(super) decoding: DecodingKey,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ec,
    Ed,
    Rsa,
}

/// Why a JWK verifies nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says in its message what it is")]
pub enum KeyProblem {
    #[error("it contains its private half, which only its owner may have: replace it with a new key")]
    Private,
    #[error("it is symmetric: anyone who can verify with it could sign with it")]
    Symmetric,
    #[error("it is not a JWK with valid members")]
    Malformed,
    #[error("an RSA key must have 2048 to 8192 bits")]
    Size,
    /// Keys for other algorithms, or to encrypt with.
    #[error("it is not a key that verifies ES256, EdDSA, PS256 or RS256")]
    Unsupported,
}

impl PublicKey {
    /// # Errors
    /// The JWK may not be used to verify tokens.
    pub fn parse(jwk: &Value) -> Result<Self, KeyProblem> {
        let members = jwk.as_object().ok_or(KeyProblem::Malformed)?;
        if members.get("kty").and_then(Value::as_str) == Some("oct") {
            return Err(KeyProblem::Symmetric);
        }
        if PRIVATE.iter().any(|member| members.contains_key(*member)) {
            return Err(KeyProblem::Private);
        }
        let only = match members.get("alg") {
            None => None,
            Some(alg) => Some(alg.as_str().ok_or(KeyProblem::Malformed)?),
        };
        let only = only.map(str::parse::<Algorithm>).transpose();
        let only = only.map_err(|_| KeyProblem::Unsupported)?;
        let jwk: Jwk = serde_json::from_value(jwk.clone()).map_err(|_| KeyProblem::Malformed)?;
        if !is_for_signatures(&jwk) {
            return Err(KeyProblem::Unsupported);
        }
        let kind = kind(&jwk.algorithm)?;
        if only.is_some_and(|only| kind != Kind::of(only)) {
            return Err(KeyProblem::Malformed);
        }
        let thumbprint = canonical(&jwk.algorithm).ok_or(KeyProblem::Malformed)?;
        Ok(Self {
            thumbprint: BASE64URL_NOPAD.encode(digest(&SHA256, thumbprint.as_bytes()).as_ref()),
            decoding: DecodingKey::from_jwk(&jwk).map_err(|_| KeyProblem::Malformed)?,
            kid: jwk.common.key_id,
            kind,
            only,
        })
    }

    /// RFC 7638, with SHA-256.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// Whether the key may verify what this algorithm signed.
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        self.kind == Kind::of(algorithm) && self.only.is_none_or(|only| only == algorithm)
    }

    /// A key that names itself is used under its name only.
    pub(super) fn is_meant_by(&self, kid: Option<&str>) -> bool {
        match (&self.kid, kid) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => true,
        }
    }
}

impl Kind {
    fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Es256 => Self::Ec,
            Algorithm::EdDsa => Self::Ed,
            Algorithm::Rs256 | Algorithm::Ps256 => Self::Rsa,
        }
    }
}

fn is_for_signatures(jwk: &Jwk) -> bool {
    let common = &jwk.common;
    let of_use = common.public_key_use.as_ref();
    let operations = common.key_operations.as_ref();
    of_use.is_none_or(|of_use| *of_use == PublicKeyUse::Signature)
        && operations.is_none_or(|operations| operations.contains(&KeyOperations::Verify))
}

fn decoded(text: &str) -> Result<Vec<u8>, KeyProblem> {
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .map_err(|_| KeyProblem::Malformed)
}

/// What kind of key it is, once its members are known to make one.
fn kind(parameters: &AlgorithmParameters) -> Result<Kind, KeyProblem> {
    match parameters {
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => {
            let (x, y) = (decoded(&ec.x)?, decoded(&ec.y)?);
            if x.len() != 32 || y.len() != 32 {
                return Err(KeyProblem::Malformed);
            }
            let point = [[4].as_slice(), &x, &y].concat();
            ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).map_err(|_| KeyProblem::Malformed)?;
            Ok(Kind::Ec)
        }
        AlgorithmParameters::OctetKeyPair(ed) if ed.curve == EllipticCurve::Ed25519 => {
            ParsedPublicKey::new(&ED25519, decoded(&ed.x)?).map_err(|_| KeyProblem::Malformed)?;
            Ok(Kind::Ed)
        }
        AlgorithmParameters::RSA(rsa) => {
            let (n, e) = (decoded(&rsa.n)?, decoded(&rsa.e)?);
            let unused = n.first().map_or(0, |byte| byte.leading_zeros() as usize);
            if !RSA_BITS.contains(&(n.len() * 8 - unused)) {
                return Err(KeyProblem::Size);
            }
            let key = RsaPublicKeyComponents { n, e };
            key.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
                .map_err(|_| KeyProblem::Malformed)?;
            Ok(Kind::Rsa)
        }
        _ => Err(KeyProblem::Unsupported),
    }
}

/// RFC 7638 3: the members that make the key, in order. Their values are base64url, so nothing in them needs escaping.
fn canonical(parameters: &AlgorithmParameters) -> Option<String> {
    Some(match parameters {
        AlgorithmParameters::EllipticCurve(ec) => {
            format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, ec.x, ec.y)
        }
        AlgorithmParameters::OctetKeyPair(ed) => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, ed.x),
        AlgorithmParameters::RSA(rsa) => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, rsa.e, rsa.n),
        _ => return None,
    })
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("kid", &self.kid)
            .field("kind", &self.kind)
            .field("thumbprint", &self.thumbprint)
            .finish_non_exhaustive()
    }
}

/// The RFC 7638 thumbprint of a public key.
///
/// # Errors
/// The JWK may not be used to verify tokens.
pub fn thumbprint(jwk: &Value) -> Result<String, KeyProblem> {
    PublicKey::parse(jwk).map(|key| key.thumbprint)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::jwks::MOST_KEYS;
    use super::super::{Jwks, SigningKey, UnusableJwks};
    use super::*;

    fn set(keys: &[Value]) -> String {
        json!({ "keys": keys }).to_string()
    }

    fn ec() -> Value {
        SigningKey::derive(&[7; 32]).unwrap().public_jwk()
    }

    fn with(member: &str, value: &str) -> Value {
        let mut jwk = ec();
        jwk[member] = json!(value);
        jwk
    }

    /// RFC 7638 3.1 and RFC 8037 A.3.
    #[test]
    fn thumbprints_are_those_of_the_standards() {
        let rsa = json!({
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"
        });
        assert_eq!(thumbprint(&rsa).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        let ed = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        assert_eq!(thumbprint(&ed).unwrap(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn private_and_symmetric_keys_are_refused_by_their_place() {
        let private = json!({ "kty": "EC", "crv": "P-256", "x": "a", "y": "a", "d": "a" });
        let symmetric = json!({ "kty": "oct", "k": "c2VjcmV0" });
        for (bad, problem) in [
            (private, KeyProblem::Private),
            (with("p", "AQ"), KeyProblem::Private),
            (symmetric, KeyProblem::Symmetric),
        ] {
            let refused = Jwks::parse(&set(&[ec(), bad])).unwrap_err();
            assert_eq!(refused, UnusableJwks::Key { index: 1, problem });
            assert!(refused.to_string().starts_with("key 1 "));
        }
    }

    #[test]
    fn malformed_and_weak_keys_are_refused() {
        let weak = json!({ "kty": "RSA", "n": BASE64URL_NOPAD.encode(&[0xff; 128]), "e": "AQAB" });
        let hidden =
            json!({ "kty": "RSA", "n": BASE64URL_NOPAD.encode(&[[0].as_slice(), &[0xff; 128]].concat()), "e": "AQAB" });
        let off_curve = with("x", &BASE64URL_NOPAD.encode(&[1; 32]));
        let cases = [
            (weak, KeyProblem::Size),
            (hidden, KeyProblem::Size),
            (off_curve, KeyProblem::Malformed),
            (with("x", "AQ"), KeyProblem::Malformed),
            (with("x", "not base64!"), KeyProblem::Malformed),
            (with("alg", "RS256"), KeyProblem::Malformed),
            (json!("a string"), KeyProblem::Malformed),
        ];
        for (bad, problem) in cases {
            assert_eq!(PublicKey::parse(&bad).unwrap_err(), problem, "{bad}");
        }
        for text in ["", "[]", "{}", "{\"keys\":{}}"] {
            assert_eq!(Jwks::parse(text).unwrap_err(), UnusableJwks::NotASet, "{text}");
        }
        let many = vec![ec(); MOST_KEYS + 1];
        assert_eq!(Jwks::parse(&set(&many)).unwrap_err(), UnusableJwks::TooMany);
    }

    #[test]
    fn keys_for_something_else_are_left_out() {
        let others = [
            with("use", "enc"),
            with("alg", "ECDH-ES"),
            with("crv", "P-384"),
            json!({ "kty": "OKP", "crv": "X25519", "x": "AQ" }),
            json!({ "kty": "AKP", "pub": "AQ" }),
        ];
        assert_eq!(Jwks::parse(&set(&others)).unwrap_err(), UnusableJwks::Nothing);
        let mut with_ours = others.to_vec();
        with_ours.push(ec());
        let jwks = Jwks::parse(&set(&with_ours)).unwrap();
        assert!(jwks.has(Algorithm::Es256) && !jwks.has(Algorithm::Rs256));
    }

    #[test]
    fn a_key_fits_its_kind_and_the_algorithm_it_names() {
        let mut rsa = SigningKey::generate(Algorithm::Ps256).unwrap().public_jwk();
        let named = PublicKey::parse(&rsa).unwrap();
        assert!(named.fits(Algorithm::Ps256) && !named.fits(Algorithm::Rs256));
        rsa.as_object_mut().unwrap().remove("alg");
        let open = PublicKey::parse(&rsa).unwrap();
        assert!(open.fits(Algorithm::Ps256) && open.fits(Algorithm::Rs256) && !open.fits(Algorithm::Es256));
    }
}
