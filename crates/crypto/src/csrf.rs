//! Proof that a form was made by us for this browser.

use data_encoding::BASE64URL_NOPAD;

use super::keyring::{Keyring, Purpose};
use super::token::HashedToken;

/// Bound to the browser's own random cookie; works for every form of that browser.
pub fn csrf_token(keyring: &Keyring, browser: &HashedToken) -> String {
    let key = keyring.lookup_key(Purpose::Csrf, &[]);
    BASE64URL_NOPAD.encode(&super::mac(&key, &[browser.as_bytes()]))
}

/// Is it the token of this browser's forms? In constant time; anything else that was sent is not.
pub fn csrf_matches(keyring: &Keyring, browser: &HashedToken, sent: &str) -> bool {
    let key = keyring.lookup_key(Purpose::Csrf, &[]);
    BASE64URL_NOPAD
        .decode(sent.as_bytes())
        .is_ok_and(|tag| super::mac_matches(&key, &[browser.as_bytes()], &tag))
}

/// By which a form that is sent a second time is found again: the same fields, from the same browser, to the same address.
/// `fields`: SHA-256 of the form as it was sent.
pub fn form_index(keyring: &Keyring, browser: &HashedToken, path: &str, fields: &[u8; 32]) -> [u8; 32] {
    let key = keyring.lookup_key(Purpose::Csrf, &["sent form"]);
    super::mac(&key, &[browser.as_bytes(), path.as_bytes(), fields])
}
