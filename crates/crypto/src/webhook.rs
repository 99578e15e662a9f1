//! Signatures of outgoing webhooks, following the Standard Webhooks specification: the receiver knows
//! that it is ours, is whole, and when it was sent.

use data_encoding::BASE64;
use hmac::Mac;
use zeroize::Zeroizing;

const PREFIX: &str = "whsec_";
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// What both ends know.
pub struct Secret(Zeroizing<Vec<u8>>);

/// What was read is not a secret of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not whsec_ and 24 to 64 bytes in base64")]
pub struct MalformedSecret;

impl Secret {
    /// As written in its file, `whsec_…`.
    ///
    /// # Errors
    /// It is malformed, or too short to be safe.
    pub fn parse(text: &str) -> Result<Self, MalformedSecret> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(MalformedSecret)?;
        let bytes = BASE64.decode(encoded.as_bytes()).map_err(|_| MalformedSecret)?;
        let bytes = Zeroizing::new(bytes);
        LENGTHS
            .contains(&bytes.len())
            .then_some(Self(bytes))
            .ok_or(MalformedSecret)
    }

    /// The value of `webhook-signature` for a message sent at `timestamp`, in seconds since 1970.
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let mut mac = super::keyed_by(&self.0);
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
    }
}

kernel::opaque!(Secret);

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn the_specifications_example_comes_out() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
        let body = r#"{"test": 2432232314}"#;
        assert_eq!(
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn what_is_no_secret_is_refused_and_none_is_shown() {
        for bad in [
            "",
            "whsec_",
            "whsec_c2hvcnQ=",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_***",
        ] {
            assert_eq!(Secret::parse(bad).unwrap_err(), MalformedSecret, "{bad}");
        }
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }
}
