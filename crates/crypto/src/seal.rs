//! Sealed columns: AES-256-GCM-SIV with the place (lab, table, column, row) as associated data, so that a value moved
//! to another row or column no longer opens.

use std::sync::Arc;

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use zeroize::Zeroizing;

use super::keyring::{KeyId, Keyring, Purpose};
use kernel::entropy::{SharedEntropy, random};
use kernel::ids::LabId;

const NONCE_LENGTH: usize = 12;

/// Where a sealed value lives.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Whose it is.
    pub lab: &'a LabId,
    /// `table.column`
    pub column: &'static str,
    /// The row's id.
    pub row: &'a [u8],
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        let mut data = Vec::new();
        for part in [self.lab.as_str().as_bytes(), self.column.as_bytes(), self.row] {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part);
        }
        data
    }
}

/// A sealed value does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says in its message what it is")]
pub enum SealError {
    #[error("a sealed value was made with a key that the keyring does not hold")]
    UnknownKey,
    #[error("a sealed value is damaged or was moved from another place")]
    Damaged,
}

/// Seals and opens with a keyring.
#[derive(Clone, Debug)]
pub struct Sealer {
    keyring: Arc<Keyring>,
    entropy: SharedEntropy,
}

impl Sealer {
    /// Seals with the newest key of the keyring, opens with any.
    pub fn new(keyring: Arc<Keyring>, entropy: SharedEntropy) -> Self {
        Self { keyring, entropy }
    }

    /// Key id, nonce, ciphertext and tag, in this order.
    ///
    /// # Errors
    /// The value is longer than the cipher allows (64 GiB).
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let (id, key) = self.keyring.current_key(Purpose::Seal);
        let nonce = random::<NONCE_LENGTH>(&*self.entropy);
        let payload = Payload {
            msg: plain,
            aad: &place.associated_data(),
        };
        let cipher = Aes256GcmSiv::new((&*key).into());
        let sealed = cipher
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| SealError::Damaged)?;
        Ok([id.as_bytes(), &nonce, &sealed].concat())
    }

    /// # Errors
    /// The key is missing, or the value does not belong to this place.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (id, rest) = sealed.split_at_checked(KeyId::LENGTH).ok_or(SealError::Damaged)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_LENGTH).ok_or(SealError::Damaged)?;
        let id = KeyId::try_from(id).map_err(|_| SealError::UnknownKey)?;
        let key = self.keyring.key(id, Purpose::Seal).map_err(|_| SealError::UnknownKey)?;
        let nonce: [u8; NONCE_LENGTH] = nonce.try_into().map_err(|_| SealError::Damaged)?;
        let payload = Payload {
            msg: sealed,
            aad: &place.associated_data(),
        };
        let plain = Aes256GcmSiv::new((&*key).into()).decrypt(&Nonce::from(nonce), payload);
        plain.map(Zeroizing::new).map_err(|_| SealError::Damaged)
    }

    /// # Errors
    /// As [`Sealer::open`]; also when what was sealed is not text.
    pub fn open_text(&self, place: Place<'_>, sealed: &[u8]) -> Result<String, SealError> {
        let plain = self.open(place, sealed)?;
        String::from_utf8(plain.to_vec()).map_err(|_| SealError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::clock::Timestamp;
    use kernel::entropy::SystemEntropy;

    fn sealer(keyring: Keyring) -> Sealer {
        Sealer::new(Arc::new(keyring), Arc::new(SystemEntropy))
    }

    #[test]
    fn a_value_opens_in_its_own_place_only_and_after_rotation() {
        let start = Timestamp::from_seconds(0);
        let keyring = Keyring::generate(&SystemEntropy, start);
        let mut rotated = Keyring::parse(&keyring.to_text()).unwrap();
        rotated.rotate(&SystemEntropy, start);
        let lab: LabId = "demo".parse().unwrap();
        let place = Place {
            lab: &lab,
            column: "accounts.email",
            row: b"1",
        };
        let sealed = sealer(keyring).seal(place, b"odette@example.org").unwrap();
        let rotated = sealer(rotated);
        assert_eq!(rotated.open_text(place, &sealed).unwrap(), "odette@example.org");
        for elsewhere in [
            Place { row: b"2", ..place },
            Place {
                column: "accounts.name",
                ..place
            },
        ] {
            assert_eq!(rotated.open(elsewhere, &sealed), Err(SealError::Damaged));
        }
        let stranger = sealer(Keyring::generate(&SystemEntropy, start));
        assert_eq!(stranger.open(place, &sealed), Err(SealError::UnknownKey));
        assert_eq!(rotated.open(place, &sealed[..5]), Err(SealError::Damaged));
    }
}
