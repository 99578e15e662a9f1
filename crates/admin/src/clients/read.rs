//! Clients as they are shown: everything but their secrets, which are not known here.

use serde::Serialize;

use super::ClientError;
use domain::client::{Client, Policy};
use kernel::clock::Timestamp;
use kernel::ids::{ClientId, LabId};
use service::Core;
use store::oauth::clients;
use store::{StoreFault, Tx};

#[derive(Clone, Debug, Serialize)]
pub struct ClientView {
    pub client_id: ClientId,
    pub policy: Policy,
    pub created_at: String,
    /// None: it serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<String>,
    /// Those that serve, the newest first.
    pub secrets: Vec<ShownSecret>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ShownSecret {
    pub created_at: String,
    pub expires_at: String,
}

/// By name, disabled ones too.
///
/// # Errors
/// No such lab, or the database does not answer.
pub async fn list(core: &Core, lab: &LabId) -> Result<Vec<ClientView>, ClientError> {
    if core.config.lab(lab).is_none() {
        return Err(ClientError::UnknownLab(lab.clone()));
    }
    let mut tx = core.db.begin_read().await?;
    let mut all = Vec::new();
    for client in clients::find(&mut tx, lab).await? {
        all.push(shown(&mut tx, lab, client, core.now()).await?);
    }
    Ok(all)
}

/// # Errors
/// No such lab or client, or the database does not answer.
pub async fn lookup(core: &Core, lab: &LabId, id: &ClientId) -> Result<ClientView, ClientError> {
    if core.config.lab(lab).is_none() {
        return Err(ClientError::UnknownLab(lab.clone()));
    }
    let mut tx = core.db.begin_read().await?;
    let client = clients::lookup(&mut tx, lab, id).await?.ok_or(ClientError::Unknown)?;
    Ok(shown(&mut tx, lab, client, core.now()).await?)
}

async fn shown(tx: &mut Tx, lab: &LabId, client: Client, now: Timestamp) -> Result<ClientView, StoreFault> {
    let secrets = clients::find_secrets(tx, lab, &client.id, now).await?;
    let secret = |secret: clients::Secret| ShownSecret {
        created_at: secret.created_at.to_string(),
        expires_at: secret.expires_at.to_string(),
    };
    Ok(ClientView {
        client_id: client.id,
        policy: client.policy,
        created_at: client.created_at.to_string(),
        disabled_at: client.disabled_at.map(|at| at.to_string()),
        secrets: secrets.into_iter().map(|(found, _)| secret(found)).collect(),
    })
}
