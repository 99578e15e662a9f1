//! Pure, synchronous cryptography over well-kept libraries. Nothing here reads a clock, a file or a database.

#![warn(missing_docs)]

pub mod blind_index;
pub mod client_certificate;
pub mod cookie_tag;
pub mod csrf;
pub mod dpop_nonce;
pub mod human_code;
pub mod id_token;
pub mod jose;
pub mod jwe;
pub mod keyring;
pub mod leak_digest;
pub mod legacy;
pub mod pairwise;
pub mod passkey;
pub mod password_hash;
pub mod pkce;
pub mod seal;
pub mod token;
pub mod totp;
pub mod webhook;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// HMAC-SHA-256 over length-prefixed parts, so that no two lists of parts share a message.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    keyed(key, parts).finalize().into_bytes().into()
}

fn mac_matches(key: &[u8; 32], parts: &[&[u8]], tag: &[u8]) -> bool {
    keyed(key, parts).verify_slice(tag).is_ok()
}

fn keyed(key: &[u8; 32], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut hmac = keyed_by(key);
    for part in parts {
        feed(&mut hmac, part);
    }
    hmac
}

/// A key has 64 bytes at most.
fn keyed_by(key: &[u8]) -> Hmac<Sha256> {
    // HMAC pads a short key with zeros; doing so here spares a length error that cannot happen.
    let mut padded = Zeroizing::new([0; 64]);
    for (slot, byte) in padded.iter_mut().zip(key) {
        *slot = *byte;
    }
    <Hmac<Sha256> as KeyInit>::new((&*padded).into())
}

fn feed(hmac: &mut Hmac<Sha256>, part: &[u8]) {
    hmac.update(&(part.len() as u64).to_be_bytes());
    hmac.update(part);
}
