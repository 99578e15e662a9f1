//! An entry is replaced, whole or by field.

use std::collections::BTreeSet;

use serde_json::Value;

use super::check::check;
use super::secret::{Days, IssuedSecret, issue};
use super::{Authority, ClientError, lock};
use domain::audit::Event;
use domain::client::Policy;
use kernel::ids::{ClientId, LabId};
use service::act::Act;
use service::{Core, audit};
use store::oauth::clients;

#[derive(Debug)]
pub struct ClientUpdate {
    pub policy: Policy,
    /// Names of the fields that are others now.
    pub fields: Vec<String>,
    /// For a client that had none before.
    pub secret: Option<IssuedSecret>,
}

/// `change` makes the new entry of the old one. Where a secret is of no use any more, every secret ends.
///
/// # Errors
/// No such client, or the entry cannot be; it stays as it was then.
pub async fn update(
    core: &Core,
    lab: &LabId,
    id: &ClientId,
    change: impl FnOnce(Policy) -> Policy,
    secret: Days,
    authority: &Authority,
) -> Result<ClientUpdate, ClientError> {
    let mut tx = core.db.begin().await?;
    let client = lock(core, &mut tx, lab, id, authority).await?;
    if client.disabled_at.is_some() {
        return Err(ClientError::Disabled);
    }
    let old = client.policy;
    let policy = change(old.clone());
    check(core, lab, &policy)?;
    authority.reaches(&policy)?;
    let fields = differing(&old, &policy);
    let mut issued = None;
    if !fields.is_empty() {
        let now = core.now();
        clients::update(&mut tx, lab, id, &policy, now).await?;
        let event = Event::ClientChanged {
            client: id.clone(),
            fields: fields.clone(),
        };
        audit::record(core, &mut tx, lab, authority.actor(), None, event).await?;
        match (old.authentication.has_secret(), policy.authentication.has_secret()) {
            (true, false) => clients::expire_secrets(&mut tx, lab, id, now).await?,
            (false, true) => {
                issued = Some(issue(Act::of(core, lab, authority.actor()), &mut tx, id, secret, now).await?)
            }
            _ => {}
        }
        tx.commit().await?;
    }
    Ok(ClientUpdate {
        policy,
        fields,
        secret: issued,
    })
}

/// As they are called in the stored entry.
fn differing(old: &Policy, new: &Policy) -> Vec<String> {
    let fields = |policy: &Policy| match serde_json::to_value(policy) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (old, new) = (fields(old), fields(new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names
        .into_iter()
        .filter(|name| old.get(*name) != new.get(*name))
        .cloned()
        .collect()
}
