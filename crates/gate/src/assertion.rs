//! Tells the LIS who is asking, in a form that it can check: a short-lived signed token.
//!
//! A LIS that trusts a plain header trusts anyone who reaches its port. This one it verifies against our JWK set; no
//! one but us can make one, and one that leaks is worth nothing after a minute and nothing at another site.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;

use crate::visitor::Visitor;
use crypto::jose::{JoseFault, SigningKey};
use domain::record::RecordNumber;
use kernel::clock::Timestamp;
use kernel::entropy::{Entropy, random};

/// Seconds from issue to expiry.
pub const LIFETIME: i64 = 60;
/// The `typ` in its header, so that no other token of ours passes for it (RFC 8725, 3.11).
pub const TYPE: &str = "vestibule-assertion+jwt";

/// What the token says; names as in RFC 7519 and OpenID Connect.
#[derive(Debug, Serialize)]
pub struct Claims<'a> {
    /// The portal's origin.
    iss: &'a str,
    /// The site's origin.
    aud: &'a str,
    sub: &'a str,
    /// Tells sessions of one person apart without being usable as one.
    sid: String,
    /// The record that the URL names, or, where it names none, all that the visitor may read.
    records: Vec<&'a str>,
    amr: &'a [&'static str],
    auth_time: i64,
    iat: i64,
    exp: i64,
    jti: String,
}

impl<'a> Claims<'a> {
    /// `record`: the one that the URL names. `portal` and `site` are origins; `entropy` makes the token's id.
    pub fn new(
        portal: &'a str,
        site: &'a str,
        visitor: &'a Visitor,
        record: Option<&'a RecordNumber>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Self {
        let records = match record {
            Some(record) => vec![record.as_str()],
            None => visitor.records.iter().map(RecordNumber::as_str).collect(),
        };
        let iat = now.unix_seconds();
        Self {
            iss: portal,
            aud: site,
            sub: &visitor.subject,
            sid: session_at(site, visitor),
            records,
            amr: &visitor.amr,
            auth_time: visitor.authenticated_at.unix_seconds(),
            iat,
            exp: iat.saturating_add(LIFETIME),
            jti: BASE64URL_NOPAD.encode(&random::<16>(entropy)),
        }
    }

    /// As a compact JWS.
    ///
    /// # Errors
    /// The key does not sign.
    pub fn sign(&self, key: &SigningKey) -> Result<String, JoseFault> {
        key.sign(TYPE, self)
    }
}

fn session_at(site: &str, visitor: &Visitor) -> String {
    let input = [
        b"vestibule sid v1\0",
        site.as_bytes(),
        b"\0",
        visitor.session.as_bytes().as_slice(),
    ]
    .concat();
    let digest = digest(&SHA256, &input);
    BASE64URL_NOPAD.encode(digest.as_ref().get(..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
    use serde_json::{Value, json};

    use super::*;
    use crate::decision::tests::visitor;
    use kernel::entropy::SystemEntropy;

    fn read(record: Option<&str>) -> Value {
        let key = SigningKey::derive(&[3; 32]).unwrap();
        let visitor = visitor(&["42", "43"]);
        let record = record.map(|text| RecordNumber::parse(text).unwrap());
        let now = Timestamp::from_seconds(2_000_000_000);
        let claims = Claims::new(
            "https://portal.example",
            "https://site.example",
            &visitor,
            record.as_ref(),
            now,
            &SystemEntropy,
        );
        let token = claims.sign(&key).unwrap();
        let reader = DecodingKey::from_jwk(&serde_json::from_value(key.public_jwk()).unwrap()).unwrap();
        let mut rules = Validation::new(Algorithm::ES256);
        rules.set_audience(&["https://site.example"]);
        rules.set_issuer(&["https://portal.example"]);
        decode(&token, &reader, &rules).unwrap().claims
    }

    #[test]
    fn the_lis_learns_who_asks_and_for_which_record() {
        let claims = read(Some("42"));
        assert_eq!(claims["records"], json!(["42"]));
        assert_eq!(claims["sub"], "pairwise");
        assert_eq!(claims["amr"], json!(["pwd", "otp"]));
        assert_eq!(claims["auth_time"], 1_000);
        assert_eq!(
            claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
            LIFETIME
        );
        assert_eq!(read(None)["records"], json!(["42", "43"]));
    }

    #[test]
    fn the_session_is_told_apart_but_not_told() {
        let claims = read(None);
        assert!(!claims.to_string().contains(&visitor(&[]).session.to_string()));
        assert_ne!(
            session_at("https://a", &visitor(&[])),
            session_at("https://b", &visitor(&[]))
        );
    }
}
