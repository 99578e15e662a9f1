//! What a patient lets services know: listed, and taken back.

use std::collections::BTreeSet;

use domain::audit::{Actor, Event};
use domain::authorization::Claim;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, ClientId, LabId};
use service::{Core, Fault, audit};
use store::oauth::{clients, consents, oauth_grants};

#[derive(Debug)]
pub struct ConsentLine {
    pub client: ClientId,
    /// The name shown on the consent page, or the current one.
    pub name: String,
    pub claims: BTreeSet<Claim>,
    pub since: Timestamp,
}

/// The latest first.
pub async fn list(core: &Core, lab: &LabId, account: AccountId) -> Result<Vec<ConsentLine>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let mut listed = Vec::new();
    for given in consents::find(&mut tx, lab, account).await? {
        let Some(client) = clients::lookup(&mut tx, lab, &given.client).await? else {
            continue;
        };
        listed.push(ConsentLine {
            client: given.client,
            name: client.policy.name,
            claims: given.claims,
            since: given.at,
        });
    }
    Ok(listed)
}

/// The service gets nothing more, from this moment on; with nothing to take back, nothing happens.
///
/// # Errors
/// The database does not answer; the service may continue then.
pub async fn revoke(
    core: &Core,
    lab: &LabId,
    account: AccountId,
    client: &ClientId,
    actor: &Actor,
) -> Result<(), Fault> {
    let mut tx = core.db.begin().await?;
    if consents::delete(&mut tx, lab, account, client).await? {
        let grants_ended = oauth_grants::end_of_client(&mut tx, lab, account, client, core.now()).await?;
        let event = Event::ConsentTakenBack {
            client: client.clone(),
            grants_ended,
        };
        audit::record(core, &mut tx, lab, actor, Some(account), event).await?;
    }
    Ok(tx.commit().await?)
}
