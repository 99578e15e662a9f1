//! The end of a client.

use super::{Authority, ClientError, lock};
use domain::audit::Event;
use kernel::ids::{ClientId, LabId};
use service::{Core, audit};
use store::oauth::{clients, oauth_grants};

/// Everything it was granted ends now, for good; returns how much that was. Doing it again is not an error.
///
/// # Errors
/// No such client, or the database does not answer.
pub async fn disable(core: &Core, lab: &LabId, id: &ClientId, authority: &Authority) -> Result<u64, ClientError> {
    let mut tx = core.db.begin().await?;
    lock(core, &mut tx, lab, id, authority).await?;
    let now = core.now();
    if !clients::disable(&mut tx, lab, id, now).await? {
        return Ok(0);
    }
    clients::expire_secrets(&mut tx, lab, id, now).await?;
    let grants_ended = oauth_grants::end_all_of_client(&mut tx, lab, id, now).await?;
    let event = Event::ClientDisabled {
        client: id.clone(),
        grants_ended,
    };
    audit::record(core, &mut tx, lab, authority.actor(), None, event).await?;
    tx.commit().await?;
    Ok(grants_ended)
}
