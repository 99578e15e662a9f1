//! Writes the audit trail: in the transaction of the act itself, so that neither exists without the other.

use crate::{Core, alerts};
use domain::audit::{Actor, Entry, Event};
use kernel::ids::{AccountId, AuditEventId, LabId};
use store::{StoreFault, Tx, audit};

/// # Errors
/// The database does not answer; the act must not be committed then.
pub async fn record(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    actor: &Actor,
    account: Option<AccountId>,
    event: Event,
) -> Result<(), StoreFault> {
    tracing::info!(target: "vestibule::audit", lab = %lab, kind = event.kind(), actor = %actor.label(), "audit");
    alerts::follow(core, tx, lab, actor, account, &event).await?;
    let entry = Entry {
        actor: actor.clone(),
        account,
        event,
    };
    let now = core.now();
    audit::insert(tx, lab, AuditEventId::at(now, &*core.entropy), &entry, now).await
}

/// As [`record`], for a refusal that changes nothing else.
pub async fn record_alone(
    core: &Core,
    lab: &LabId,
    actor: &Actor,
    account: Option<AccountId>,
    event: Event,
) -> Result<(), StoreFault> {
    let mut tx = core.db.begin().await?;
    record(core, &mut tx, lab, actor, account, event).await?;
    tx.commit().await
}

/// As [`record`], for what happens to many accounts at once.
///
/// # Errors
/// The database does not answer; the act must not be committed then.
pub async fn record_many(core: &Core, tx: &mut Tx, lab: &LabId, entries: &[Entry]) -> Result<(), StoreFault> {
    let Some(first) = entries.first() else { return Ok(()) };
    tracing::info!(
        target: "vestibule::audit", lab = %lab, kind = first.event.kind(), actor = %first.actor.label(),
        events = entries.len(), "audit"
    );
    let now = core.now();
    let ids: Vec<AuditEventId> = entries.iter().map(|_| AuditEventId::at(now, &*core.entropy)).collect();
    audit::insert_many(tx, lab, &ids, entries, now).await
}
