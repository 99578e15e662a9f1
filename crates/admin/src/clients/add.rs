//! A new client.

use super::check::check;
use super::secret::{Days, IssuedSecret, issue};
use super::{Authority, ClientError};
use domain::audit::Event;
use domain::client::{Client, Policy};
use kernel::ids::{ClientId, LabId};
use service::act::Act;
use service::{Core, audit};
use store::oauth::clients;

/// Its secret, if it authenticates with one.
///
/// # Errors
/// The name is taken, or the entry cannot be; nothing is made then.
pub async fn add(
    core: &Core,
    lab: &LabId,
    id: &ClientId,
    policy: Policy,
    secret: Days,
    authority: &Authority,
) -> Result<Option<IssuedSecret>, ClientError> {
    if core.config.lab(lab).is_none() {
        return Err(ClientError::UnknownLab(lab.clone()));
    }
    check(core, lab, &policy)?;
    authority.reaches(&policy)?;
    let has_secret = policy.authentication.has_secret();
    let now = core.now();
    let client = Client {
        id: id.clone(),
        policy,
        created_at: now,
        disabled_at: None,
    };
    let mut tx = core.db.begin().await?;
    if !clients::insert(&mut tx, lab, &client).await? {
        return Err(ClientError::Taken);
    }
    let event = Event::ClientAdded { client: id.clone() };
    audit::record(core, &mut tx, lab, authority.actor(), None, event).await?;
    let issued = match has_secret {
        true => Some(issue(Act::of(core, lab, authority.actor()), &mut tx, id, secret, now).await?),
        false => None,
    };
    tx.commit().await?;
    Ok(issued)
}
