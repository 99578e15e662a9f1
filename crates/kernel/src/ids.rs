//! Typed ids: an account's id cannot be passed where a session's is expected.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::entropy::{Entropy, random};

macro_rules! random_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// A new one: 128 random bits.
            pub fn generate(entropy: &dyn Entropy) -> Self {
                Self(random(entropy))
            }

            /// As [`Self::as_bytes`] gives it.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// What the database keeps.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;

            fn from_str(text: &str) -> Result<Self, MalformedId> {
                let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(|_| MalformedId)?;
                bytes.as_slice().try_into().map(Self).map_err(|_| MalformedId)
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = MalformedId;

            fn try_from(bytes: &[u8]) -> Result<Self, MalformedId> {
                bytes.try_into().map(Self).map_err(|_| MalformedId)
            }
        }
    )+};
}

random_id! {
    /// A person in a lab, or an operator in the realm of operators.
    AccountId,
    /// A sign-in that is open.
    SessionId,
    /// A browser that an account trusts.
    DeviceId,
    /// Something started and not yet finished between two requests: an enrolment, a hold.
    PendingId,
    /// An event in the trail.
    AuditEventId,
    /// A passkey, as the database knows it; what its authenticator calls it is sealed.
    PasskeyId,
    /// What a person let a client have: its tokens hang on it.
    GrantId,
    /// One of a client's secrets, which overlap when they are replaced.
    SecretId,
    /// A passkey sign-in in progress, not yet tied to an account.
    ChallengeId,
    /// One sending of a form whose second click gets the outcome of the first.
    SendingId,
    /// An identity of a provider that opens an account.
    LinkId,
    /// One attempt to tell a person something by mail; a bounce comes back to an address that contains it.
    NoticeId,
    /// Something that a person has to look into.
    AlertId,
    /// One message about an alert, the same at every attempt to deliver it.
    MessageId,
    /// Ties a page shown to a person to the one line in the log that says what happened.
    CorrelationId,
}

impl AuditEventId {
    /// Begins with the time, so that a trail is appended to, however long it is.
    pub fn at(now: Timestamp, entropy: &dyn Entropy) -> Self {
        let mut id = Self::generate(entropy);
        for (slot, byte) in id.0.iter_mut().zip(now.micros().to_be_bytes()) {
            *slot = byte;
        }
        id
    }
}

/// What was read is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id: 32 lower-case hexadecimal digits expected")]
pub struct MalformedId;

macro_rules! slug {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// As it is written in the configuration.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = MalformedSlug;

            fn from_str(text: &str) -> Result<Self, MalformedSlug> {
                is_slug(text).then(|| Self(Arc::from(text))).ok_or(MalformedSlug)
            }
        }

        impl TryFrom<String> for $name {
            type Error = MalformedSlug;

            fn try_from(text: String) -> Result<Self, MalformedSlug> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(slug: $name) -> Self {
                slug.0.as_ref().to_owned()
            }
        }
    )+};
}

slug! {
    /// A laboratory, as named in the configuration.
    LabId,
    /// A host name in front of one LIS, as named in the configuration.
    SiteId,
    /// A relying party, as it calls itself towards us.
    ClientId,
    /// A provider whose identities a lab's patients may link, as named in the configuration.
    ProviderId,
    /// What an operator signs in with, and what the audit trail calls them.
    OperatorName,
}

/// Accounts are kept lab by lab, and operators' in a realm of their own, which takes a lab's place.
const OPERATORS: &str = "operators";

impl LabId {
    /// The realm of operators.
    pub fn operators() -> Self {
        Self(Arc::from(OPERATORS))
    }

    /// Is it the realm of operators, and no lab?
    pub fn is_operators(&self) -> bool {
        self.as_str() == OPERATORS
    }
}

/// What was read is not a name of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name here is 1 to 40 of a-z, 0-9 and '-', beginning with a letter")]
pub struct MalformedSlug;

fn is_slug(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_prints() {
        let id = AccountId::from_bytes([7; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("07".parse::<AccountId>(), Err(MalformedId));
    }

    #[test]
    fn a_slug_is_short_and_plain() {
        assert!("lab-30".parse::<LabId>().is_ok());
        for bad in ["", "30", "Lab", "a b", "é", &"a".repeat(41)] {
            assert_eq!(bad.parse::<LabId>(), Err(MalformedSlug), "{bad}");
        }
    }
}
