//! The token of a cookie that makes a browser known, a trusted device or something begun: with proof that we made it, so that
//! a made-up one is known for what it is before the database is asked.

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use super::keyring::{Keyring, Purpose};
use super::token::{PlainToken, TokenKind};

/// For the cookie: the token, a dot, and our tag over it.
pub fn tagged(keyring: &Keyring, token: &PlainToken) -> Zeroizing<String> {
    let key = keyring.lookup_key(Purpose::Device, &[]);
    let tag = BASE64URL_NOPAD.encode(&super::mac(&key, &[token.expose().as_bytes()]));
    Zeroizing::new(format!("{}.{tag}", token.expose()))
}

/// None: not one of ours.
pub fn untagged(keyring: &Keyring, kind: TokenKind, text: &str) -> Option<PlainToken> {
    let (token, tag) = text.split_once('.')?;
    let token = PlainToken::parse(kind, token)?;
    let tag = BASE64URL_NOPAD.decode(tag.as_bytes()).ok()?;
    let key = keyring.lookup_key(Purpose::Device, &[]);
    super::mac_matches(&key, &[token.expose().as_bytes()], &tag).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::clock::Timestamp;
    use kernel::entropy::SystemEntropy;

    #[test]
    fn a_made_up_token_is_none() {
        let keyring = || Keyring::generate(&SystemEntropy, Timestamp::from_seconds(0));
        let (ours, other) = (keyring(), keyring());
        let token = PlainToken::generate(TokenKind::Device, &SystemEntropy);
        let text = tagged(&ours, &token);
        assert_eq!(
            untagged(&ours, TokenKind::Device, &text).unwrap().hashed(),
            token.hashed()
        );
        assert!(untagged(&ours, TokenKind::Pending, &text).is_none());
        assert!(untagged(&other, TokenKind::Device, &text).is_none());
        assert!(untagged(&ours, TokenKind::Device, token.expose()).is_none());
        assert!(untagged(&ours, TokenKind::Device, &format!("{}.", token.expose())).is_none());
    }
}
