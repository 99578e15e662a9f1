//! A lab's keys as they are in memory.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;

use super::apart;
use crate::{Core, Fault};
use crypto::jose::{Algorithm, Jwks, SigningKey, TokenProblem, VerifiedToken, jwk_set, verify};
use domain::signing_key::{self, Slot};
use kernel::clock::Timestamp;
use kernel::ids::LabId;
use store::StoreFault;
use store::oauth::signing_keys::{self, Line};

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

pub async fn read(core: &Core, lab: &LabId) -> Result<KnownKeys, Fault> {
    let mut tx = core.db.begin_read().await?;
    let stored = signing_keys::find(&mut tx, lab).await?;
    drop(tx);
    let sealer = core.sealer.clone();
    let open = move || -> Result<Vec<Key>, StoreFault> {
        let key = |stored: signing_keys::KeyRow| {
            let signing = Arc::new(stored.open(&sealer)?);
            let line = stored.line;
            Ok(Key { line, signing })
        };
        stored.into_iter().map(key).collect()
    };
    Ok(KnownKeys::of(apart(open).await??))
}
