//! A lab's keys as they are in memory.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;

use crypto::jose::{Algorithm, Jwks, SigningKey, TokenProblem, VerifiedToken, jwk_set, verify};
use crypto::seal::Sealer;
use domain::signing_key::{self, Slot};
use kernel::clock::Timestamp;
use store::StoreFault;
use store::oauth::signing_keys::{KeyRow, Line};

#[derive(Debug)]
pub struct KnownKeys {
    /// By algorithm and in their order.
    keys: Vec<Key>,
    pub published: Arc<PublishedKeys>,
}

#[derive(Debug)]
struct Key {
    line: Line,
    signing: Arc<SigningKey>,
}

/// A lab's JWK set.
#[derive(Debug)]
pub struct PublishedKeys {
    pub document: Bytes,
    /// Changes with the document; in quotes, as the header wants it.
    pub etag: String,
    keys: Jwks,
}

impl PublishedKeys {
    fn of<'a>(keys: impl Iterator<Item = &'a SigningKey> + Clone) -> Self {
        let document = Bytes::from(jwk_set(keys.clone()).to_string());
        let tag = digest(&SHA256, &document);
        Self {
            etag: format!("\"{}\"", BASE64URL_NOPAD.encode(tag.as_ref())),
            document,
            keys: Jwks::of(keys),
        }
    }

    /// What one of these keys signed: an access token, an `id_token_hint`.
    ///
    /// # Errors
    /// None of them signed it.
    pub fn verify(&self, token: &str) -> Result<VerifiedToken, TokenProblem> {
        verify(token, &self.keys, &Algorithm::OURS)
    }
}

impl KnownKeys {
    /// # Errors
    /// A key cannot be unsealed or parsed.
    pub fn open(rows: Vec<KeyRow>, sealer: &Sealer) -> Result<Self, StoreFault> {
        let key = |row: KeyRow| -> Result<Key, StoreFault> {
            let signing = Arc::new(row.open(sealer)?);
            let line = row.line;
            Ok(Key { line, signing })
        };
        Ok(Self::of(rows.into_iter().map(key).collect::<Result<_, _>>()?))
    }

    fn of(keys: Vec<Key>) -> Self {
        let published = Arc::new(PublishedKeys::of(keys.iter().map(|key| &*key.signing)));
        Self { keys, published }
    }

    fn row(&self, algorithm: Algorithm) -> Vec<&Key> {
        let of_row = self.keys.iter().filter(|key| key.line.algorithm == algorithm);
        of_row.collect()
    }

    pub fn has(&self, algorithm: Algorithm) -> bool {
        !self.row(algorithm).is_empty()
    }

    pub fn current(&self, algorithm: Algorithm, now: Timestamp) -> Option<Arc<SigningKey>> {
        let slot = |key: &&Key| -> Slot { key.line.slot };
        signing_key::current(&self.row(algorithm), slot, now).map(|key| Arc::clone(&key.signing))
    }

    pub fn is_of<'a>(&self, lines: impl Iterator<Item = &'a Line>) -> bool {
        self.keys.iter().map(|key| &key.line).eq(lines)
    }
}
