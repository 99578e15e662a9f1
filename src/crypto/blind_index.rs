//! Look-up of sealed values: a keyed MAC of the normalized text, with a key per lab and per kind.

use super::keyring::{Keyring, Purpose};
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
    let key = keyring.lookup_key(Purpose::BlindIndex, &[lab.as_str(), kind]);
    BlindIndex(super::mac(&key, &[normalized.as_bytes()]))
}
