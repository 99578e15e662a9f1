//! Signatures of tokens that others made.
//!
//! What may verify a token is decided before the token is asked: by the caller's list of algorithms and by the kind of
//! the keys (RFC 8725 3.1). Only the signature is judged here; claims are the callers', who have a clock.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Header, Validation, decode, decode_header};
use serde_json::{Map, Value};

use super::{Algorithm, Jwks, KeyProblem, PublicKey};

/// Bytes. A signed request object with its claims is shorter, a proof or an assertion much shorter.
pub const LONGEST_TOKEN: usize = 16 * 1024;

/// A token whose signature is right.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedToken {
    /// What was signed about the token itself.
    pub header: TokenHeader,
    /// What it says. Nothing of it was judged: not even `exp`.
    pub claims: Map<String, Value>,
}

/// The members of a header that we read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHeader {
    /// What kind of token it says it is; compare with [`Self::is`].
    pub typ: Option<String>,
    /// Under which it was verified.
    pub alg: Algorithm,
    /// Which key it says it was signed with.
    pub kid: Option<String>,
}

/// Why nothing that a token says counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says in its message what it is")]
pub enum TokenProblem {
    #[error("it is longer than {LONGEST_TOKEN} bytes")]
    TooLong,
    #[error("it is not a signed token that can be read, or names an algorithm that is never accepted")]
    Unreadable,
    #[error("it is not signed: its algorithm is none")]
    Unsigned,
    #[error("its algorithm is not accepted here")]
    Algorithm,
    #[error("its header has critical extensions")]
    Critical,
    #[error("no known key fits its algorithm and key id")]
    NoKey,
    #[error("the key in its header cannot be accepted: {0}")]
    Key(KeyProblem),
    #[error("its signature is wrong")]
    Signature,
}

impl TokenHeader {
    /// RFC 7515 4.1.9: upper and lower case are the same, and "application/" goes without saying.
    pub fn is(&self, typ: &str) -> bool {
        self.typ.as_deref().is_some_and(|ours| {
            let named = ours.to_ascii_lowercase();
            named.strip_prefix("application/").unwrap_or(&named) == typ
        })
    }
}

impl VerifiedToken {
    /// A claim that is text.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// A NumericDate (RFC 7519 2), in whole seconds.
    pub fn seconds(&self, claim: &str) -> Option<i64> {
        let value = self.claims.get(claim)?;
        // Some libraries write fractions.
        value.as_i64().or_else(|| {
            value
                .as_f64()
                .filter(|seconds| seconds.abs() < 1e12)
                .map(|seconds| seconds.floor() as i64)
        })
    }
}

/// Claims may name a patient.
impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedToken")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// Without a `kid`, every key that fits the algorithm is tried.
///
/// # Errors
/// None of the keys made this token with one of the algorithms.
pub fn verify(token: &str, keys: &Jwks, allowed: &[Algorithm]) -> Result<VerifiedToken, TokenProblem> {
    let (header, alg) = accepted(token, allowed)?;
    let fitting = keys
        .keys
        .iter()
        .filter(|key| key.fits(alg) && key.is_meant_by(header.kid.as_deref()));
    let mut refusal = TokenProblem::NoKey;
    for key in fitting {
        match with_key(token, key, alg) {
            Err(TokenProblem::Signature) => refusal = TokenProblem::Signature,
            other => return other,
        }
    }
    Err(refusal)
}

/// A token that carries the key that verifies it, as a DPoP proof does: it only shows that its maker holds that key.
///
/// # Errors
/// The header holds no valid key, or its key did not sign this token with one of the algorithms.
pub fn verify_embedded(token: &str, allowed: &[Algorithm]) -> Result<(VerifiedToken, PublicKey), TokenProblem> {
    let (_, alg) = accepted(token, allowed)?;
    // The library's header has dropped a private half by now; here it still shows.
    let header = part(token, 0).ok_or(TokenProblem::Unreadable)?;
    let jwk = header.get("jwk").ok_or(TokenProblem::NoKey)?;
    let key = PublicKey::parse(jwk).map_err(TokenProblem::Key)?;
    if !key.fits(alg) {
        return Err(TokenProblem::NoKey);
    }
    Ok((with_key(token, &key, alg)?, key))
}

/// A claim of a token that has not been verified yet: only for finding out whose keys to look for.
pub fn claimed(token: &str, claim: &str) -> Option<String> {
    if token.len() > LONGEST_TOKEN {
        return None;
    }
    part(token, 1)?.get(claim)?.as_str().map(str::to_owned)
}

/// The header (0) or the claims (1), as JSON.
fn part(token: &str, index: usize) -> Option<Value> {
    let text = token.split('.').nth(index)?;
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn accepted(token: &str, allowed: &[Algorithm]) -> Result<(Header, Algorithm), TokenProblem> {
    if token.len() > LONGEST_TOKEN {
        return Err(TokenProblem::TooLong);
    }
    let header = decode_header(token).map_err(|_| match part(token, 0) {
        Some(header) if header.get("alg").and_then(Value::as_str) == Some("none") => TokenProblem::Unsigned,
        _ => TokenProblem::Unreadable,
    })?;
    let alg = allowed
        .iter()
        .copied()
        .find(|alg| alg.of_library() == header.alg)
        .ok_or(TokenProblem::Algorithm)?;
    if header.crit.is_some() {
        return Err(TokenProblem::Critical);
    }
    Ok((header, alg))
}

fn with_key(token: &str, key: &PublicKey, alg: Algorithm) -> Result<VerifiedToken, TokenProblem> {
    let mut rules = Validation::new(alg.of_library());
    rules.required_spec_claims.clear();
    (rules.validate_exp, rules.validate_nbf, rules.validate_aud) = (false, false, false);
    let read = decode::<Map<String, Value>>(token, &key.decoding, &rules).map_err(|error| match error.kind() {
        ErrorKind::InvalidSignature => TokenProblem::Signature,
        _ => TokenProblem::Unreadable,
    })?;
    let header = TokenHeader {
        typ: read.header.typ,
        alg,
        kid: read.header.kid,
    };
    Ok(VerifiedToken {
        header,
        claims: read.claims,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{SigningKey, jwk_set};
    use super::*;

    fn key(algorithm: Algorithm) -> SigningKey {
        SigningKey::generate(algorithm).unwrap()
    }

    fn keys(keys: &[&SigningKey]) -> Jwks {
        Jwks::parse(&jwk_set(keys.iter().copied()).to_string()).unwrap()
    }

    fn forged(header: &Value, claims: &Value, signature: &[u8]) -> String {
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        format!(
            "{}.{}.{}",
            part(header),
            part(claims),
            BASE64URL_NOPAD.encode(signature)
        )
    }

    #[test]
    fn every_algorithm_verifies_with_its_own_key_among_others() {
        let all: Vec<_> = Algorithm::CLIENTS.into_iter().map(key).collect();
        let set = keys(&all.iter().collect::<Vec<_>>());
        for signer in &all {
            let token = signer.sign("at+jwt", &json!({ "sub": "a" })).unwrap();
            let verified = verify(&token, &set, &Algorithm::CLIENTS).unwrap();
            assert_eq!(
                (verified.header.alg, verified.text("sub")),
                (signer.algorithm(), Some("a"))
            );
            assert!(verified.header.is("at+jwt") && !verified.header.is("jwt"));
            let others: Vec<_> = all.iter().filter(|key| key.kid() != signer.kid()).collect();
            assert_eq!(
                verify(&token, &keys(&others), &Algorithm::CLIENTS),
                Err(TokenProblem::NoKey)
            );
        }
    }

    #[test]
    fn an_algorithm_that_is_not_allowed_is_refused_whatever_the_keys() {
        let signer = key(Algorithm::Es256);
        let token = signer.sign("JWT", &json!({})).unwrap();
        let set = keys(&[&signer]);
        assert_eq!(verify(&token, &set, &[Algorithm::EdDsa]), Err(TokenProblem::Algorithm));
        assert_eq!(verify(&token, &set, &[]), Err(TokenProblem::Algorithm));
    }

    /// The classic: the public key, known to all, as the secret of an HMAC.
    #[test]
    fn no_symmetric_signature_and_no_missing_one_is_accepted() {
        let signer = key(Algorithm::Rs256);
        let set = keys(&[&signer]);
        let claims = json!({ "sub": "a" });
        let public = signer.public_jwk().to_string();
        for alg in [jsonwebtoken::Algorithm::HS256, jsonwebtoken::Algorithm::HS512] {
            let mut header = Header::new(alg);
            header.kid = Some(signer.kid().to_owned());
            let secret = jsonwebtoken::EncodingKey::from_secret(public.as_bytes());
            let token = jsonwebtoken::encode(&header, &claims, &secret).unwrap();
            assert_eq!(verify(&token, &set, &Algorithm::CLIENTS), Err(TokenProblem::Algorithm));
        }
        for none in ["none", "None", "NONE", ""] {
            let header = json!({ "alg": none, "kid": signer.kid() });
            let refusal = match none {
                "none" => TokenProblem::Unsigned,
                _ => TokenProblem::Unreadable,
            };
            for signature in [[].as_slice(), &[1; 64]] {
                let token = forged(&header, &claims, signature);
                assert_eq!(verify(&token, &set, &Algorithm::CLIENTS), Err(refusal));
            }
        }
        let bare = forged(&json!({ "typ": "JWT" }), &claims, &[]);
        assert_eq!(verify(&bare, &set, &Algorithm::CLIENTS), Err(TokenProblem::Unreadable));
    }

    #[test]
    fn a_header_cannot_turn_a_key_into_one_of_another_algorithm() {
        let rsa = key(Algorithm::Rs256);
        let set = keys(&[&rsa]);
        let header = |alg: &str| json!({ "alg": alg, "kid": rsa.kid() });
        let claims = json!({ "sub": "a" });
        let with_pss = rsa.sign_under(&header("PS256"), &claims).unwrap();
        assert_eq!(verify(&with_pss, &set, &Algorithm::CLIENTS), Err(TokenProblem::NoKey));
        for alg in ["ES256", "EdDSA"] {
            let token = forged(&header(alg), &claims, &[1; 64]);
            assert_eq!(verify(&token, &set, &Algorithm::CLIENTS), Err(TokenProblem::NoKey));
        }
    }

    #[test]
    fn a_changed_token_is_refused() {
        let signer = key(Algorithm::Es256);
        let set = keys(&[&signer]);
        let token = signer.sign("JWT", &json!({ "sub": "a" })).unwrap();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let (header, _) = message.split_once('.').unwrap();
        let other = BASE64URL_NOPAD.encode(br#"{"sub":"b"}"#);
        let refused = |token: &str| verify(token, &set, &Algorithm::CLIENTS).unwrap_err();
        assert_eq!(
            refused(&format!("{header}.{other}.{signature}")),
            TokenProblem::Signature
        );
        assert_eq!(refused(&format!("{message}.")), TokenProblem::Signature);
        let zeros = BASE64URL_NOPAD.encode(&[0; 64]);
        assert_eq!(refused(&format!("{message}.{zeros}")), TokenProblem::Signature);
        for broken in ["", ".", "..", "a.b", "a.b.c.d", message, &format!("{token}=")] {
            assert!(verify(broken, &set, &Algorithm::CLIENTS).is_err(), "{broken}");
        }
        assert_eq!(refused(&"a".repeat(LONGEST_TOKEN + 1)), TokenProblem::TooLong);
        let text = signer.sign("JWT", &json!("no object")).unwrap();
        assert_eq!(refused(&text), TokenProblem::Unreadable);
    }

    #[test]
    fn a_key_id_chooses_and_without_one_all_are_tried() {
        let (one, two) = (key(Algorithm::Es256), key(Algorithm::Es256));
        let set = keys(&[&one, &two]);
        let bare = two.sign_under(&json!({ "alg": "ES256" }), &json!({})).unwrap();
        assert!(verify(&bare, &set, &Algorithm::CLIENTS).is_ok());
        let misnamed = json!({ "alg": "ES256", "kid": one.kid() });
        let misnamed = two.sign_under(&misnamed, &json!({})).unwrap();
        assert_eq!(
            verify(&misnamed, &set, &Algorithm::CLIENTS),
            Err(TokenProblem::Signature)
        );
        let unknown = two
            .sign_under(&json!({ "alg": "ES256", "kid": "x" }), &json!({}))
            .unwrap();
        assert_eq!(verify(&unknown, &set, &Algorithm::CLIENTS), Err(TokenProblem::NoKey));
    }

    #[test]
    fn critical_extensions_are_refused_and_keys_in_the_header_are_not_looked_at() {
        let signer = key(Algorithm::Es256);
        let set = keys(&[&signer]);
        for crit in [json!(["b64"]), json!(["exp"]), json!([])] {
            let header = json!({ "alg": "ES256", "kid": signer.kid(), "crit": crit });
            let token = signer.sign_under(&header, &json!({})).unwrap();
            assert_eq!(verify(&token, &set, &Algorithm::CLIENTS), Err(TokenProblem::Critical));
        }
        let stranger = key(Algorithm::Es256);
        let header = json!({ "alg": "ES256", "jwk": stranger.public_jwk(), "jku": "https://evil.example/jwks" });
        let token = stranger.sign_under(&header, &json!({})).unwrap();
        assert_eq!(verify(&token, &set, &Algorithm::CLIENTS), Err(TokenProblem::Signature));
    }

    #[test]
    fn an_embedded_key_must_be_public_and_must_have_signed() {
        let signer = key(Algorithm::EdDsa);
        let with = |jwk: Value| {
            let header = json!({ "typ": "dpop+jwt", "alg": "EdDSA", "jwk": jwk });
            verify_embedded(&signer.sign_under(&header, &json!({})).unwrap(), &Algorithm::CLIENTS)
        };
        let (_, found) = with(signer.public_jwk()).unwrap();
        assert_eq!(found.thumbprint(), signer.kid());
        let mut private = signer.public_jwk();
        private["d"] = json!("AQ");
        assert_eq!(with(private).unwrap_err(), TokenProblem::Key(KeyProblem::Private));
        let symmetric = json!({ "kty": "oct", "k": "AQ" });
        assert_eq!(with(symmetric).unwrap_err(), TokenProblem::Key(KeyProblem::Symmetric));
        assert_eq!(
            with(key(Algorithm::EdDsa).public_jwk()).unwrap_err(),
            TokenProblem::Signature
        );
        assert_eq!(
            with(key(Algorithm::Es256).public_jwk()).unwrap_err(),
            TokenProblem::NoKey
        );
        let bare = signer.sign("dpop+jwt", &json!({})).unwrap();
        assert_eq!(
            verify_embedded(&bare, &Algorithm::CLIENTS).unwrap_err(),
            TokenProblem::NoKey
        );
    }

    #[test]
    fn dates_are_whole_seconds() {
        let claims = json!({ "a": 12, "b": 12.9, "c": "12", "d": 1e300 });
        let verified = VerifiedToken {
            header: TokenHeader {
                typ: Some("application/DPoP+JWT".to_owned()),
                alg: Algorithm::Es256,
                kid: None,
            },
            claims: claims.as_object().unwrap().clone(),
        };
        let seconds = ["a", "b", "c", "d", "e"].map(|claim| verified.seconds(claim));
        assert_eq!(seconds, [Some(12), Some(12), None, None, None]);
        assert!(verified.header.is("dpop+jwt"));
    }
}
