//! Nothing outlives what it came from: which change of an account's means ends what. Pure, so that a model
//! of an account's life can ask the very functions that decide in the server; `tests/suite/life` asks the server itself.

use kernel::ids::{LinkId, PasskeyId};

/// How often everything of an account ended so far. What came from its means carries the generation it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(i64);

impl Generation {
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    pub const fn number(self) -> i64 {
        self.0
    }

    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A means that its account can lose alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 16]);

impl KeyId {
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl From<PasskeyId> for KeyId {
    fn from(passkey: PasskeyId) -> Self {
        Self(*passkey.as_bytes())
    }
}

impl From<LinkId> for KeyId {
    fn from(link: LinkId) -> Self {
        Self(*link.as_bytes())
    }
}

/// What something came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Footing {
    /// A lab code or a mailed link, which is used up at the end only.
    Paper,
    /// The means that the account had in that generation; with a passkey or a linked identity, that one alone.
    Means(Generation, Option<KeyId>),
}

impl Footing {
    /// Whether it still stands, in an account that is in this generation.
    pub fn stands(self, generation: Generation) -> bool {
        match self {
            Self::Paper => true,
            Self::Means(began, _) => began == generation,
        }
    }
}

/// Something that happened to an account's means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    PasswordReplaced,
    /// A new authenticator: an enrolment is complete.
    AuthenticatorBound,
    PasskeyRemoved(PasskeyId),
    LinkRemoved(LinkId),
    /// Everywhere, as its holder or the lab asked.
    SignedOut,
    /// Suspended, disabled, or waiting for a lab code again.
    Stopped,
}

/// How far an ending reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extent {
    /// All there is.
    Everything,
    /// All but what came from paper: whoever has a session cannot end an enrolment that the lab allowed.
    Means,
    Key(KeyId),
}

impl Change {
    pub fn extent(self) -> Extent {
        match self {
            Self::AuthenticatorBound | Self::Stopped => Extent::Everything,
            Self::PasswordReplaced | Self::SignedOut => Extent::Means,
            Self::PasskeyRemoved(passkey) => Extent::Key(passkey.into()),
            Self::LinkRemoved(link) => Extent::Key(link.into()),
        }
    }
}

impl Extent {
    pub fn reaches(self, footing: Footing) -> bool {
        match (self, footing) {
            (Self::Everything, _) | (Self::Means, Footing::Means(..)) => true,
            (Self::Key(ended), Footing::Means(_, Some(key))) => ended == key,
            (Self::Means | Self::Key(_), _) => false,
        }
    }

    /// The generation after it.
    #[must_use]
    pub fn after(self, generation: Generation) -> Generation {
        match self {
            Self::Everything | Self::Means => generation.next(),
            Self::Key(_) => generation,
        }
    }
}

/// What can rest on an account's means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resting {
    /// Holds, codes that are awaited, passkeys being made, enrolments.
    Pending,
    /// With the sites' sessions that hang on them.
    Session,
    Ticket,
    Device,
    /// With its codes and refresh tokens.
    Grant,
    LabCode,
}

impl Resting {
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::Session,
        Self::Ticket,
        Self::Device,
        Self::Grant,
        Self::LabCode,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Generation = Generation(4);

    #[test]
    fn a_key_takes_along_what_came_from_it_and_nothing_else() {
        let (lost, kept) = (PasskeyId::from_bytes([1; 16]), PasskeyId::from_bytes([2; 16]));
        let extent = Change::PasskeyRemoved(lost).extent();
        assert!(extent.reaches(Footing::Means(NOW, Some(lost.into()))));
        for other in [
            Footing::Paper,
            Footing::Means(NOW, None),
            Footing::Means(NOW, Some(kept.into())),
        ] {
            assert!(!extent.reaches(other), "{other:?}");
        }
        assert_eq!(extent.after(NOW), NOW);
    }

    #[test]
    fn a_new_password_ends_all_but_an_enrolment_that_the_lab_allowed() {
        let extent = Change::PasswordReplaced.extent();
        assert!(extent.reaches(Footing::Means(NOW, None)) && !extent.reaches(Footing::Paper));
        assert!(!Footing::Means(NOW, None).stands(extent.after(NOW)));
        assert!(Change::Stopped.extent().reaches(Footing::Paper));
    }
}
