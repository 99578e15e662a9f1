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
