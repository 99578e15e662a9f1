//! Who is reading, as the gate says it: a signed JWT in a header. This is all that a LIS has to learn of Vestibule.

use actix_web::HttpRequest;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, dangerous, decode, decode_header};
use serde::Deserialize;

pub const HEADER: &str = "X-Vestibule-Assertion";

/// Only asymmetric algorithms: a public key must never be taken for a shared secret.
const ALGORITHMS: [Algorithm; 4] = [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA, Algorithm::RS256];

/// The gate's public keys and whom its assertions must be made for.
#[derive(Clone, Debug)]
pub struct AssertionKeys {
    pub keys: JwkSet,
    /// The `aud` that an assertion must name; not looked at if absent.
    pub audience: Option<String>,
}

/// What the header said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// No header: a request that came around the gate, or a public page.
    Unknown,
    /// A header that does not verify, or is not a JWT.
    Refused,
    /// `verified` is false where the LIS was given no keys and just believes what it reads.
    Named { records: Vec<String>, verified: bool },
}

#[derive(Debug, Deserialize)]
struct Claims {
    #[serde(default)]
    records: Vec<String>,
}

pub fn reader(request: &HttpRequest, keys: Option<&AssertionKeys>) -> Reader {
    let mut values = request.headers().get_all(HEADER);
    let (first, second) = (values.next(), values.next());
    let token = match (first, second) {
        (None, _) => return Reader::Unknown,
        (Some(only), None) => only.to_str().ok(),
        (Some(_), Some(_)) => None,
    };
    let claims = token.and_then(|token| match keys {
        Some(keys) => verified(token, keys),
        None => dangerous::insecure_decode::<Claims>(token)
            .ok()
            .map(|decoded| decoded.claims),
    });
    match claims {
        Some(Claims { records }) => Reader::Named {
            records,
            verified: keys.is_some(),
        },
        None => Reader::Refused,
    }
}

fn verified(token: &str, keys: &AssertionKeys) -> Option<Claims> {
    let header = decode_header(token).ok()?;
    if !ALGORITHMS.contains(&header.alg) {
        return None;
    }
    let key = match header.kid {
        Some(kid) => keys.keys.find(&kid)?,
        None => keys.keys.keys.first()?,
    };
    let mut validation = Validation::new(header.alg);
    match &keys.audience {
        Some(audience) => {
            validation.set_audience(&[audience]);
            validation.set_required_spec_claims(&["exp", "aud"]);
        }
        None => validation.validate_aud = false,
    }
    decode::<Claims>(token, &DecodingKey::from_jwk(key).ok()?, &validation)
        .ok()
        .map(|decoded| decoded.claims)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use jsonwebtoken::jwk::Jwk;
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    use super::*;

    fn keys() -> (EncodingKey, AssertionKeys) {
        let pem = rcgen::KeyPair::generate().unwrap().serialize_pem();
        let signer = EncodingKey::from_ec_pem(pem.as_bytes()).unwrap();
        let keys = JwkSet {
            keys: vec![Jwk::from_encoding_key(&signer, Algorithm::ES256).unwrap()],
        };
        (
            signer,
            AssertionKeys {
                keys,
                audience: Some("lis".to_owned()),
            },
        )
    }

    fn token(signer: &EncodingKey, audience: &str, lasts: i64) -> String {
        let now = i64::try_from(jsonwebtoken::get_current_timestamp()).unwrap();
        let claims = json!({ "records": ["26104512"], "aud": audience, "exp": now + lasts });
        encode(&Header::new(Algorithm::ES256), &claims, signer).unwrap()
    }

    fn read(tokens: &[&str], keys: Option<&AssertionKeys>) -> Reader {
        let request = tokens.iter().fold(TestRequest::get(), |request, token| {
            request.append_header((HEADER, *token))
        });
        reader(&request.to_http_request(), keys)
    }

    #[test]
    fn a_signed_assertion_names_the_records() {
        let (signer, keys) = keys();
        let token = token(&signer, "lis", 60);
        let records = vec!["26104512".to_owned()];
        assert_eq!(
            read(&[&token], Some(&keys)),
            Reader::Named {
                records: records.clone(),
                verified: true
            }
        );
        assert_eq!(
            read(&[&token], None),
            Reader::Named {
                records,
                verified: false
            }
        );
        assert_eq!(read(&[], Some(&keys)), Reader::Unknown);
    }

    #[test]
    fn a_forged_expired_misaddressed_or_doubled_assertion_is_refused() {
        let (signer, keys) = keys();
        let (stranger, _) = self::keys();
        let good = token(&signer, "lis", 60);
        let forged = token(&stranger, "lis", 60);
        let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", good.split('.').nth(1).unwrap());
        for tokens in [
            vec![forged.as_str()],
            vec![&token(&signer, "other", 60)],
            vec![&token(&signer, "lis", -3600)],
            vec![&unsigned],
            vec!["nonsense"],
            vec![&good, &forged],
        ] {
            assert_eq!(read(&tokens, Some(&keys)), Reader::Refused, "{tokens:?}");
        }
    }
}
