//! What is kept of a leaked identifier and password: a short keyed digest of the pair, useless without the keyring.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::blind_index::BlindIndex;
use super::keyring::{Keyring, Purpose};
use kernel::ids::LabId;

/// Half of the MAC: among a thousand million pairs, two are never the same by chance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PairDigest([u8; Self::LENGTH]);

impl PairDigest {
    /// Bytes.
    pub const LENGTH: usize = 16;

    /// For the database.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As the database has it.
    pub fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }
}

kernel::opaque!(PairDigest);

/// Makes the digests of one lab. The key is derived once and its MAC state copied for every pair.
#[derive(Clone)]
pub struct PairDigester(Hmac<Sha256>);

impl PairDigester {
    /// For pairs of one lab; digests of two labs are never alike.
    pub fn new(keyring: &Keyring, lab: &LabId) -> Self {
        let key = keyring.lookup_key(Purpose::Leak, &[lab.as_str()]);
        Self(super::keyed(&key, &[]))
    }

    /// The index has a fixed length, so no two pairs share a message. `password` in NFC.
    pub fn digest(&self, identifier: &BlindIndex, password: &str) -> PairDigest {
        let mut mac = self.0.clone();
        mac.update(identifier.as_bytes());
        mac.update(password.as_bytes());
        let whole = mac.finalize().into_bytes();
        let mut half = [0; PairDigest::LENGTH];
        for (slot, byte) in half.iter_mut().zip(whole) {
            *slot = byte;
        }
        PairDigest(half)
    }
}

kernel::opaque!(PairDigester);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blind_index::blind_index;
    use kernel::clock::Timestamp;
    use kernel::entropy::SystemEntropy;

    #[test]
    fn a_digest_depends_on_lab_identifier_password_and_key() {
        let keyring = Keyring::generate(&SystemEntropy, Timestamp::from_seconds(0));
        let other = Keyring::generate(&SystemEntropy, Timestamp::from_seconds(0));
        let (north, south): (LabId, LabId) = ("north".parse().unwrap(), "south".parse().unwrap());
        let one = blind_index(&keyring, &north, "identifier", "p-1");
        let two = blind_index(&keyring, &north, "identifier", "p-2");
        let digester = PairDigester::new(&keyring, &north);
        let digest = digester.digest(&one, "soleil1");
        assert_eq!(digest, PairDigester::new(&keyring, &north).digest(&one, "soleil1"));
        for different in [
            digester.digest(&two, "soleil1"),
            digester.digest(&one, "soleil2"),
            PairDigester::new(&keyring, &south).digest(&one, "soleil1"),
            PairDigester::new(&other, &north).digest(&one, "soleil1"),
        ] {
            assert_ne!(digest, different);
        }
        assert_eq!(PairDigest::from_bytes(digest.as_bytes().try_into().unwrap()), digest);
        assert_eq!(format!("{digest:?} {digester:?}"), "PairDigest(..) PairDigester(..)");
    }
}
