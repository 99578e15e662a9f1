//! Who acts, in which lab, with what: the first argument of a use case.

use crate::{Core, audit};
use domain::audit::{Actor, Event};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};
use store::{StoreFault, Tx};

#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    pub core: &'a Core,
    pub lab: &'a LabId,
    pub actor: &'a Actor,
}

impl<'a> Act<'a> {
    pub fn of(core: &'a Core, lab: &'a LabId, actor: &'a Actor) -> Self {
        Self { core, lab, actor }
    }

    pub fn now(&self) -> Timestamp {
        self.core.now()
    }

    /// Writes into the trail, in the transaction of the act itself.
    ///
    /// # Errors
    /// The act must not be committed then.
    pub async fn record(&self, tx: &mut Tx, account: Option<AccountId>, event: Event) -> Result<(), StoreFault> {
        audit::record(self.core, tx, self.lab, self.actor, account, event).await
    }
}
