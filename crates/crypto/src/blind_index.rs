//! Look-up of sealed values: a keyed MAC of the normalized text, with a key per lab and per kind.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::keyring::{Keyring, Purpose};
use kernel::ids::LabId;

/// What a sealed value is found by; tells nothing of it without the keyring.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlindIndex([u8; 32]);

impl BlindIndex {
    /// For the database.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As [`Self::as_bytes`], taken out.
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }

    /// As the database has it.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

kernel::opaque!(BlindIndex);

/// `kind` names what is looked up (`identifier`, `record`), so that equal texts of two kinds cannot be matched.
pub fn blind_index(keyring: &Keyring, lab: &LabId, kind: &'static str, normalized: &str) -> BlindIndex {
    Indexer::new(keyring, lab, kind).index(&[normalized])
}

/// Makes many values of one kind: the key is derived and fed to the MAC once.
#[derive(Clone)]
pub struct Indexer(Hmac<Sha256>);

impl Indexer {
    /// For values of one `kind` of one lab; as in [`blind_index`].
    pub fn new(keyring: &Keyring, lab: &LabId, kind: &'static str) -> Self {
        let key = keyring.lookup_key(Purpose::BlindIndex, &[lab.as_str(), kind]);
        Self(super::keyed(&key, &[]))
    }

    /// No two lists of parts share a value.
    pub fn index(&self, parts: &[&str]) -> BlindIndex {
        let mut mac = self.0.clone();
        for part in parts {
            super::feed(&mut mac, part.as_bytes());
        }
        BlindIndex(mac.finalize().into_bytes().into())
    }
}

kernel::opaque!(Indexer);
