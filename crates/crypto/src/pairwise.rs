//! Names of accounts and sessions towards one outsider alone, so that two outsiders cannot compare notes.

use data_encoding::BASE64URL_NOPAD;

use super::keyring::{Keyring, Purpose};
use kernel::ids::{AccountId, ClientId, LabId, SessionId};

/// `sector`: the site or client that the name is for. The same account always has the same name there.
pub fn pairwise_subject(keyring: &Keyring, lab: &LabId, sector: &str, account: AccountId) -> String {
    let key = keyring.lookup_key(Purpose::BlindIndex, &[lab.as_str(), "subject", sector]);
    BASE64URL_NOPAD.encode(&super::mac(&key, &[account.as_bytes()]))
}

/// The name by which one client knows a session. The session cannot be derived from it.
pub fn pairwise_session(keyring: &Keyring, lab: &LabId, client: &ClientId, session: SessionId) -> String {
    let key = keyring.lookup_key(Purpose::BlindIndex, &[lab.as_str(), "sid", client.as_str()]);
    let mac = super::mac(&key, &[session.as_bytes()]);
    BASE64URL_NOPAD.encode(mac.get(..16).unwrap_or_default())
}
