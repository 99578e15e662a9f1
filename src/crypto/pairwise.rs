//! An account's name towards one outsider alone, so that two outsiders cannot compare notes.

use data_encoding::BASE64URL_NOPAD;

use super::keyring::{Keyring, Purpose};
use crate::kernel::ids::{AccountId, LabId};

/// `sector`: the site or client that the name is for. The same account always has the same name there.
pub fn pairwise_subject(keyring: &Keyring, lab: &LabId, sector: &str, account: AccountId) -> String {
    let key = keyring.lookup_key(Purpose::BlindIndex, &[lab.as_str(), "subject", sector]);
    BASE64URL_NOPAD.encode(&super::mac(&key, &[account.as_bytes()]))
}
