//! The signature algorithms that there are here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// As a token's header names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA over P-256 with SHA-256.
    #[default]
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 bits.
    #[serde(rename = "RS256")]
    Rs256,
    /// Clients may sign with it; our own tokens never carry it.
    #[serde(rename = "PS256")]
    Ps256,
}

/// The text names none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a signature algorithm that is known here: ES256, EdDSA, RS256 or PS256 expected")]
pub struct UnknownAlgorithm;

impl Algorithm {
    /// What each lab has keys for, the default first.
    pub const OURS: [Self; 3] = [Self::Es256, Self::EdDsa, Self::Rs256];

    /// What clients may sign with.
    pub const CLIENTS: [Self; 4] = [Self::Es256, Self::EdDsa, Self::Ps256, Self::Rs256];

    /// What clients may sign with under FAPI 2.0 (5.4).
    pub const FAPI: [Self; 3] = [Self::Es256, Self::EdDsa, Self::Ps256];

    /// As in a header's `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }

    pub(super) const fn of_library(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
            Self::Ps256 => jsonwebtoken::Algorithm::PS256,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        Self::CLIENTS
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
            .ok_or(UnknownAlgorithm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_and_nothing_weak_has_one() {
        for algorithm in Algorithm::CLIENTS {
            assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
            assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.as_str());
        }
        for other in ["none", "None", "HS256", "RS1", "es256", "", "Ed25519"] {
            assert_eq!(other.parse::<Algorithm>(), Err(UnknownAlgorithm), "{other}");
        }
    }
}
