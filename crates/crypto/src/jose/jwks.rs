//! Sets of public keys (RFC 7517 5).

use serde_json::Value;

use super::{Algorithm, KeyProblem, PublicKey, SigningKey};

/// A larger set is a mistake, or an attempt to make us try every key.
pub(super) const MOST_KEYS: usize = 20;

/// Why a set of JWKs is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says in its message what it is")]
pub enum UnusableJwks {
    #[error("it is not a JWK set: a JSON object with a list 'keys' expected")]
    NotASet,
    #[error("key {index} (counted from 0): {problem}")]
    Key { index: usize, problem: KeyProblem },
    #[error("none of its keys verifies ES256, EdDSA, PS256 or RS256")]
    Nothing,
    #[error("it holds more than {MOST_KEYS} keys")]
    TooMany,
}

/// The keys that may have signed a token.
#[derive(Clone, Debug)]
pub struct Jwks {
    pub(super) keys: Vec<PublicKey>,
}

impl Jwks {
    /// Keys for other algorithms, or to encrypt with, are left out, as RFC 7517 5 wants; mistakes are not.
    ///
    /// # Errors
    /// The text is not a JWK set that can be trusted to verify anything.
    pub fn parse(text: &str) -> Result<Self, UnusableJwks> {
        let set = serde_json::from_str(text).map_err(|_| UnusableJwks::NotASet)?;
        Self::of_value(&set)
    }

    /// As [`Self::parse`], from JSON that is already parsed.
    ///
    /// # Errors
    /// It is not a JWK set that can be trusted to verify anything.
    pub fn of_value(set: &Value) -> Result<Self, UnusableJwks> {
        let listed = set.get("keys").and_then(Value::as_array).ok_or(UnusableJwks::NotASet)?;
        if listed.len() > MOST_KEYS {
            return Err(UnusableJwks::TooMany);
        }
        let mut keys = Vec::new();
        for (index, jwk) in listed.iter().enumerate() {
            match PublicKey::parse(jwk) {
                Ok(key) => keys.push(key),
                Err(KeyProblem::Unsupported) => {}
                Err(problem) => return Err(UnusableJwks::Key { index, problem }),
            }
        }
        if keys.is_empty() {
            return Err(UnusableJwks::Nothing);
        }
        Ok(Self { keys })
    }

    /// The public halves of our own keys.
    pub fn of<'a>(keys: impl IntoIterator<Item = &'a SigningKey>) -> Self {
        let public = |key: &SigningKey| PublicKey::parse(&key.public_jwk()).ok();
        Self {
            keys: keys.into_iter().filter_map(public).collect(),
        }
    }

    /// Whether any key of the set may verify this algorithm.
    pub fn has(&self, algorithm: Algorithm) -> bool {
        self.keys.iter().any(|key| key.fits(algorithm))
    }
}
