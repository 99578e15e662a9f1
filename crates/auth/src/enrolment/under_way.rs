//! An enrolment under way, between two pages.

use crypto::token::PlainToken;
use domain::pending::{BindingAuthenticator, ChoosingPassword, Pending};
use domain::provider::{self, Identity};
use kernel::ids::{AccountId, LabId, PendingId};
use service::{Core, Fault};
use store::account::accounts;
use store::account::accounts::Person;
use store::sign_in::pending;

/// For the page of its stage.
#[derive(Debug)]
pub struct Enrolling {
    pub(super) id: PendingId,
    pub(super) account: AccountId,
    pub person: Person,
    pub stage: Stage,
}

impl Enrolling {
    /// For a person who is sent to a provider on the way. `None` if not at this stage, or not after this kind of start.
    pub fn errand(&self) -> Option<provider::Enrolling> {
        match &self.stage {
            Stage::ChoosingPassword(stage) if stage.origin().lets_link() => Some(provider::Enrolling::of(self.id)),
            _ => None,
        }
    }

    /// What is linked at the end.
    pub fn identity(&self) -> Option<&Identity> {
        match &self.stage {
            Stage::ChoosingPassword(stage) => stage.identity(),
            Stage::BindingAuthenticator(_) => None,
        }
    }
}

#[derive(Debug)]
pub enum Stage {
    ChoosingPassword(ChoosingPassword),
    BindingAuthenticator(BindingAuthenticator),
}

/// None: nothing under this token, or it expired.
pub async fn lookup(core: &Core, lab: &LabId, token: &PlainToken) -> Result<Option<Enrolling>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = pending::lookup(&mut tx, &core.sealer, lab, &token.hashed(), core.now()).await?;
    let Some(pending::PendingRow { id, account, state }) = found else {
        return Ok(None);
    };
    let stage = match state {
        Pending::ChoosingPassword(state) => Stage::ChoosingPassword(state),
        Pending::BindingAuthenticator(state) => Stage::BindingAuthenticator(state),
        Pending::Held(_) | Pending::AddingPasskey(_) | Pending::AwaitingCode(_) => return Ok(None),
    };
    let person = accounts::lookup_person(&mut tx, &core.sealer, lab, account).await?;
    tx.commit().await?;
    Ok(person.map(|person| Enrolling {
        id,
        account,
        person,
        stage,
    }))
}
