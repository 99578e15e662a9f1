//! Proof Key for Code Exchange (RFC 7636), with S256 alone.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use kernel::entropy::{Entropy, random};

/// The secret known only to the client that began the flow.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeVerifier(Zeroizing<String>);

impl CodeVerifier {
    /// A new one: 256 random bits.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let secret = Zeroizing::new(random::<32>(entropy));
        Self(Zeroizing::new(BASE64URL_NOPAD.encode(&*secret)))
    }

    /// What the token endpoint is shown.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is sent of it at the start of the flow.
    pub fn challenge(&self) -> String {
        BASE64URL_NOPAD.encode(&Sha256::digest(self.0.as_bytes()))
    }
}

kernel::opaque!(CodeVerifier);

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    #[test]
    fn the_challenge_is_that_of_the_standard() {
        let verifier = CodeVerifier(Zeroizing::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned()));
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
