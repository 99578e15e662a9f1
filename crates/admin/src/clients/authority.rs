//! Who may change clients, and how far: no one can make or take over a client that may do more than they may.

use super::ClientError;
use domain::audit::Actor;
use domain::client::{Policy, Scope, Scopes};
use kernel::ids::ClientId;

#[derive(Clone, Debug)]
pub struct Authority {
    actor: Actor,
    /// Of the admin API, what may be handed on.
    scopes: Scopes,
}

impl Authority {
    /// Everything: a person at the machine, or an operator with the role `security`.
    pub fn whole(actor: Actor) -> Self {
        let scopes = Scope::ALL.into_iter().filter(|scope| scope.is_of_the_api()).collect();
        Self { actor, scopes }
    }

    /// As far as the scopes of a client's token.
    pub fn of_client(id: &ClientId, scopes: &Scopes) -> Self {
        Self {
            actor: Actor::Client { name: id.to_string() },
            scopes: scopes.clone(),
        }
    }

    pub(super) fn actor(&self) -> &Actor {
        &self.actor
    }

    pub(super) fn reaches(&self, policy: &Policy) -> Result<(), ClientError> {
        let of_the_api: Scopes = policy.scopes.iter().filter(|scope| scope.is_of_the_api()).collect();
        match self.scopes.covers(&of_the_api) {
            true => Ok(()),
            false => Err(ClientError::Beyond(of_the_api)),
        }
    }
}
