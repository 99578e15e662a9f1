//! Relying parties of a lab: added, changed, given secrets and disabled, by an operator or through the admin API. What
//! may be in an entry is decided in `domain::client`; what an entry refers to is looked up here.

mod add;
mod authority;
mod check;
mod disable;
mod read;
mod secret;
mod update;

use domain::client::{Client, PolicyProblem, Scopes};
use kernel::ids::{ClientId, LabId};
use service::Core;
use store::oauth::clients;
use store::{StoreFault, Tx};

pub use add::add;
pub use authority::Authority;
pub use disable::disable;
pub use read::{ClientView, ShownSecret, list, lookup};
pub use secret::{Days, ISSUED_DAYS, IssuedSecret, OVERLAP_DAYS, Rotation, rotate};
pub use update::{ClientUpdate, update};

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("the configuration has no laboratory '{0}'")]
    UnknownLab(LabId),
    #[error("the laboratory already has a client with this name")]
    Taken,
    #[error("the laboratory has no client with this name")]
    Unknown,
    #[error("the client is disabled, for good")]
    Disabled,
    #[error("the entry is not valid")]
    Unfit(Vec<PolicyProblem>),
    #[error("the client authenticates with a key of its own and has no secret")]
    NoSecret,
    #[error("the client already has {} valid secrets", secret::MOST)]
    TooManySecrets,
    /// Of the admin API.
    #[error("this would grant more than you have yourself: the scopes {0}")]
    Beyond(Scopes),
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// A client that can still be changed, whose changes now wait for this transaction.
async fn lock(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    id: &ClientId,
    authority: &Authority,
) -> Result<Client, ClientError> {
    if core.config.lab(lab).is_none() {
        return Err(ClientError::UnknownLab(lab.clone()));
    }
    clients::take_turns(tx, lab).await?;
    let client = clients::lookup(tx, lab, id).await?.ok_or(ClientError::Unknown)?;
    authority.reaches(&client.policy)?;
    Ok(client)
}
