//! Look-up of sealed values: a keyed MAC of the normalized text, with a key per lab and per kind.

use super::keyring::{Key, Keyring, Purpose};
use crate::kernel::ids::LabId;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlindIndex([u8; 32]);

impl BlindIndex {
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for BlindIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BlindIndex(..)")
    }
}

/// `kind` names what is looked up (`identifier`, `record`), so that equal texts of two kinds cannot be matched.
pub fn blind_index(keyring: &Keyring, lab: &LabId, kind: &'static str, normalized: &str) -> BlindIndex {
    Indexer::new(keyring, lab, kind).index(&[normalized])
}

/// Makes many values of one kind: the key is derived once.
pub struct Indexer(Key);

impl Indexer {
    pub fn new(keyring: &Keyring, lab: &LabId, kind: &'static str) -> Self {
        Self(keyring.lookup_key(Purpose::BlindIndex, &[lab.as_str(), kind]))
    }

    /// No two lists of parts share a value.
    pub fn index(&self, parts: &[&str]) -> BlindIndex {
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        BlindIndex(super::mac(&self.0, &parts))
    }
}

impl std::fmt::Debug for Indexer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Indexer(..)")
    }
}
