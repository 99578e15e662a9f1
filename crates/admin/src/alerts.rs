//! What the lab's staff should look into, as the desk shows it.

use domain::alert::{Alert, MessageStatus};
use domain::audit::{Actor, Event};
use kernel::ids::{AlertId, LabId};
use service::{Core, StoreFault, audit};
use store::telling::{alert_deliveries, alerts};

/// The open ones come first, then this many older ones.
const MOST: i64 = 200;

/// # Errors
/// Nothing was found out.
pub async fn find(core: &Core, lab: &LabId) -> Result<Vec<Alert>, StoreFault> {
    let mut tx = core.db.begin_read().await?;
    let found = alerts::find(&mut tx, &core.sealer, lab, MOST).await?;
    tx.commit().await?;
    Ok(found)
}

/// # Errors
/// Nothing was found out.
pub async fn count_open(core: &Core, lab: &LabId) -> Result<u64, StoreFault> {
    let mut tx = core.db.begin_read().await?;
    let open = alerts::count_open(&mut tx, lab).await?;
    tx.commit().await?;
    Ok(open.all)
}

/// Whose an alert is.
#[derive(Debug)]
pub enum Whose {
    /// This lab's, as it is now.
    Own(Box<Alert>),
    Other,
}

/// # Errors
/// Nothing was found out.
pub async fn lookup(core: &Core, lab: &LabId, id: AlertId) -> Result<Option<Whose>, StoreFault> {
    let mut tx = core.db.begin_read().await?;
    let Some(of) = alerts::lookup_lab(&mut tx, id).await? else {
        return Ok(None);
    };
    let found = alerts::lookup(&mut tx, &core.sealer, lab, id).await?;
    tx.commit().await?;
    Ok(match found {
        Some(alert) => Some(Whose::Own(Box::new(alert))),
        None if of == *lab => None,
        None => Some(Whose::Other),
    })
}

/// How far its messages are.
///
/// # Errors
/// Nothing was found out.
pub async fn find_messages(core: &Core, lab: &LabId, id: AlertId) -> Result<Vec<MessageStatus>, StoreFault> {
    let mut tx = core.db.begin_read().await?;
    let told = alert_deliveries::find(&mut tx, lab, id).await?;
    tx.commit().await?;
    Ok(told)
}

/// False if someone else has it, or it is closed.
pub async fn take(core: &Core, alert: &Alert, actor: &Actor) -> Result<bool, StoreFault> {
    let mut tx = core.db.begin().await?;
    let taken = alerts::take(&mut tx, &alert.lab, alert.id, &actor.label(), core.now()).await?;
    if taken {
        let event = Event::AlertTaken {
            alert: alert.id.to_string(),
            kind: alert.kind,
        };
        audit::record(core, &mut tx, &alert.lab, actor, None, event).await?;
    }
    tx.commit().await?;
    Ok(taken)
}

/// False: it is closed.
pub async fn close(core: &Core, alert: &Alert, note: &str, actor: &Actor) -> Result<bool, StoreFault> {
    let (lab, who) = (&alert.lab, actor.label());
    let mut tx = core.db.begin().await?;
    let closed = alerts::close(
        &mut tx,
        &core.sealer,
        lab,
        alert.id,
        &alerts::Closing {
            by: &who,
            note,
            at: core.now(),
        },
    )
    .await?;
    if closed {
        let event = Event::AlertClosed {
            alert: alert.id.to_string(),
            kind: alert.kind,
        };
        audit::record(core, &mut tx, lab, actor, None, event).await?;
    }
    tx.commit().await?;
    Ok(closed)
}
