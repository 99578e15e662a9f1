//! Sealed columns: AES-256-GCM-SIV with the place (lab, table, column, row) as associated data, so that a value moved to
//! another row or column no longer opens.

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use zeroize::Zeroizing;

use super::keyring::{KeyId, Keyring, Purpose};
use crate::kernel::entropy::{Entropy, random};
use crate::kernel::ids::LabId;

const NONCE_LENGTH: usize = 12;

/// Where a sealed value lives.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub lab: &'a LabId,
    /// `table.column`
    pub column: &'static str,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("a sealed value was made with a key that the keyring does not hold")]
    UnknownKey,
    #[error("a sealed value is damaged or was moved from another place")]
    Damaged,
}

/// Key id, nonce, ciphertext and tag, in this order.
///
/// # Errors
/// The value is longer than the cipher allows (64 GiB).
pub fn seal(keyring: &Keyring, entropy: &dyn Entropy, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let (id, key) = keyring.current_key(Purpose::Seal);
    let nonce = random::<NONCE_LENGTH>(entropy);
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
pub fn open(keyring: &Keyring, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (id, rest) = sealed.split_at_checked(KeyId::LENGTH).ok_or(SealError::Damaged)?;
    let (nonce, sealed) = rest.split_at_checked(NONCE_LENGTH).ok_or(SealError::Damaged)?;
    let id = KeyId::try_from(id).map_err(|_| SealError::UnknownKey)?;
    let key = keyring.key(id, Purpose::Seal).map_err(|_| SealError::UnknownKey)?;
    let nonce: [u8; NONCE_LENGTH] = nonce.try_into().map_err(|_| SealError::Damaged)?;
    let payload = Payload {
        msg: sealed,
        aad: &place.associated_data(),
    };
    let plain = Aes256GcmSiv::new((&*key).into()).decrypt(&Nonce::from(nonce), payload);
    plain.map(Zeroizing::new).map_err(|_| SealError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::Timestamp;
    use crate::kernel::entropy::SystemEntropy;

    #[test]
    fn a_value_opens_in_its_own_place_only_and_after_rotation() {
        let mut keyring = Keyring::generate(&SystemEntropy, Timestamp::from_seconds(0));
        let lab: LabId = "demo".parse().unwrap();
        let place = Place {
            lab: &lab,
            column: "accounts.email",
            row: b"1",
        };
        let sealed = seal(&keyring, &SystemEntropy, place, b"odette@example.org").unwrap();
        keyring.rotate(&SystemEntropy, Timestamp::from_seconds(1));
        assert_eq!(
            open(&keyring, place, &sealed).unwrap().as_slice(),
            b"odette@example.org"
        );
        for elsewhere in [
            Place { row: b"2", ..place },
            Place {
                column: "accounts.name",
                ..place
            },
        ] {
            assert_eq!(open(&keyring, elsewhere, &sealed), Err(SealError::Damaged));
        }
        let stranger = Keyring::generate(&SystemEntropy, Timestamp::from_seconds(0));
        assert_eq!(open(&stranger, place, &sealed), Err(SealError::UnknownKey));
        assert_eq!(open(&keyring, place, &sealed[..5]), Err(SealError::Damaged));
    }
}
