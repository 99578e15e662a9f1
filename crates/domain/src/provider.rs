//! Identities of providers: why a person is sent there, and what makes a link between such an identity and
//! an account. Nothing that a provider says of a person makes one: only the account's holder does, or a lab code.

use serde::{Deserialize, Serialize};

use crate::ending::Generation;
use crate::evidence::{Elevated, LinkProvider};
use crypto::blind_index::BlindIndex;
use crypto::id_token::IdTokenOk;
use crypto::pkce::CodeVerifier;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LinkId, PendingId, ProviderId};

/// Of one account. No one needs more; without a limit a stolen session could fill the database.
pub const MOST: usize = 10;

/// What a browser was sent to a provider with, kept for the one answer to it.
#[derive(Serialize, Deserialize)]
pub struct Departure {
    pub provider: ProviderId,
    pub nonce: String,
    pub verifier: CodeVerifier,
    pub errand: Errand,
}

// What makes the answer fit must not be printed.
impl std::fmt::Debug for Departure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Departure({}, ..)", self.provider)
    }
}

/// Why a person is sent to a provider.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Errand {
    /// The query of the sign-in page that they come from.
    SignIn(String),
    Link(Linking),
    Enrol(Enrolling),
}

/// The holder of the account has stepped up, and is to show which identity they mean.
#[derive(Debug, Serialize, Deserialize)]
pub struct Linking {
    account: [u8; 16],
    /// None in what an older version wrote: it counts for nothing.
    generation: Option<i64>,
}

impl Linking {
    pub fn begin(elevated: Elevated<LinkProvider>) -> Self {
        let account = *elevated.account().as_bytes();
        let generation = Some(elevated.generation().number());
        Self { account, generation }
    }

    pub fn account(&self) -> AccountId {
        AccountId::from_bytes(self.account)
    }

    /// In which the holder stepped up.
    pub fn generation(&self) -> Option<Generation> {
        self.generation.map(Generation::from_number)
    }
}

/// A person who is enrolling shows an identity to be linked at the end.
#[derive(Debug, Serialize, Deserialize)]
pub struct Enrolling {
    pending: [u8; 16],
}

impl Enrolling {
    pub fn of(pending: PendingId) -> Self {
        let pending = *pending.as_bytes();
        Self { pending }
    }

    pub fn pending(&self) -> PendingId {
        PendingId::from_bytes(self.pending)
    }
}

/// A person as a provider knows them, shown by a verified ID token.
#[derive(Clone, Serialize, Deserialize)]
pub struct Identity {
    provider: ProviderId,
    index: [u8; 32],
    name: String,
}

impl Identity {
    /// `index`: of issuer and subject.
    pub fn shown(provider: ProviderId, token: &IdTokenOk, index: BlindIndex) -> Self {
        Self {
            provider,
            index: index.to_bytes(),
            name: token.name().to_owned(),
        }
    }

    pub fn provider(&self) -> &ProviderId {
        &self.provider
    }

    pub fn index(&self) -> BlindIndex {
        BlindIndex::from_bytes(self.index)
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

/// It names a patient.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({}, ..)", self.provider)
    }
}

/// A link about to be recorded. Only the holder's own wish makes one, or a lab code at the end of an enrolment.
#[derive(Debug)]
pub struct NewLink {
    id: LinkId,
    account: AccountId,
    identity: Identity,
}

impl NewLink {
    /// `linking` is used up.
    pub fn by_holder(id: LinkId, linking: Linking, identity: Identity) -> Self {
        let account = linking.account();
        Self { id, account, identity }
    }

    /// Called by the enrolment's last stage alone.
    pub(super) fn by_enrolment(id: LinkId, account: AccountId, identity: Identity) -> Self {
        Self { id, account, identity }
    }

    pub fn id(&self) -> LinkId {
        self.id
    }

    pub fn account(&self) -> AccountId {
        self.account
    }

    pub fn identity(&self) -> &Identity {
        &self.identity
    }
}

/// As its holder sees it in their list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkEntry {
    pub id: LinkId,
    pub provider: ProviderId,
    /// What the provider calls the person; it may be empty.
    pub name: String,
    pub linked_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}
