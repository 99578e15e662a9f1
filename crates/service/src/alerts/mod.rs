//! Alerts: raised in the transaction of what causes them, or from what the detector has counted; told on every way that is
//! configured, at most once an hour for each cause, whatever the number of servers; then an operator deals with them.

mod deliver;
mod events;
mod mail;
mod telling;
mod webhook;

pub use self::deliver::deliver_due;
pub(super) use self::events::follow;
pub use self::webhook::secret as webhook_secret;

use lettre::Address;

use crate::Core;
use config::Lab;
use domain::alert::reminder::{due, hours_left};
use domain::alert::{About, Alert, Anomaly, Cause, Channel, Target};
use kernel::ids::{AlertId, LabId, MessageId};
use store::leak::leaks;
use store::telling::{alert_deliveries, alerts};
use store::{StoreFault, Tx};

/// Raises an alert, which exists once the transaction is committed; servers tell of it within seconds. `figure`: a
/// count, where the cause has one. An attack on operators is every lab's business.
pub async fn raise(core: &Core, tx: &mut Tx, lab: &LabId, cause: &Cause, figure: u64) -> Result<(), StoreFault> {
    let now = core.now();
    for lab in concerned(core, lab) {
        alerts::raise(tx, lab, AlertId::generate(&*core.entropy), cause, figure, now).await?;
    }
    Ok(())
}

fn concerned<'a>(core: &'a Core, lab: &'a LabId) -> Vec<&'a LabId> {
    if lab.is_operators() {
        core.config.labs.iter().map(|lab| &lab.id).collect()
    } else {
        vec![lab]
    }
}

/// What is done every few seconds: what the detector has seen is raised, what is due to be told is recorded, and what
/// no one reads but a log goes there.
///
/// # Errors
/// The database does not answer; the next turn continues.
pub async fn turn(core: &Core) -> Result<(), StoreFault> {
    for (lab, found) in core.detector.evaluate(&core.config.alerts, core.now()) {
        raise_found(core, &lab, found).await?;
    }
    raise_deadlines(core).await?;
    tell(core).await?;
    let mut tx = core.db.begin_read().await?;
    core.metrics.open_alerts(&alerts::count_kinds(&mut tx).await?);
    tx.commit().await
}

async fn raise_found(core: &Core, lab: &LabId, found: Anomaly) -> Result<(), StoreFault> {
    let mut tx = core.db.begin().await?;
    let cause = match found.cause {
        Cause::OneAccount(Target::Identifier(index)) => {
            let account = alerts::lookup_target(&mut tx, lab, index.as_bytes()).await?;
            Cause::OneAccount(account.map_or(Target::Identifier(index), Target::Account))
        }
        cause => cause,
    };
    raise(core, &mut tx, lab, &cause, found.figure).await?;
    tx.commit().await
}

/// Each warning once.
async fn raise_deadlines(core: &Core) -> Result<(), StoreFault> {
    let now = core.now();
    let mut tx = core.db.begin_read().await?;
    let mut news = Vec::new();
    for (lab, leak, aware_at) in leaks::find_running(&mut tx).await? {
        let Some(hours_left) = hours_left(aware_at, now) else {
            continue;
        };
        let cause = Cause::Deadline { leak, hours_left };
        if !alerts::is_known(&mut tx, &lab, &cause).await? {
            news.push((lab, cause));
        }
    }
    tx.commit().await?;
    for (lab, cause) in news {
        let mut tx = core.db.begin().await?;
        alerts::take_turns(&mut tx, &lab, cause.kind(), &cause.subject()).await?;
        if !alerts::is_known(&mut tx, &lab, &cause).await? {
            raise(core, &mut tx, &lab, &cause, 0).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn tell(core: &Core) -> Result<(), StoreFault> {
    let (remind_after, now) = (core.config.alerts.remind_after(), core.now());
    let mut tx = core.db.begin_read().await?;
    let untold = alerts::find_untold(&mut tx, &core.sealer).await?;
    tx.commit().await?;
    for alert in untold.iter().filter(|alert| due(alert, remind_after, now).is_some()) {
        let mut tx = core.db.begin().await?;
        alerts::take_turns(&mut tx, &alert.lab, alert.kind, &alert.subject).await?;
        // Another server may have been faster.
        let alert = alerts::lookup(&mut tx, &core.sealer, &alert.lab, alert.id).await?;
        if let Some((alert, about)) = alert.and_then(|alert| due(&alert, remind_after, now).map(|about| (alert, about)))
        {
            put(core, &mut tx, &alert, about).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn put(core: &Core, tx: &mut Tx, alert: &Alert, about: About) -> Result<(), StoreFault> {
    let now = core.now();
    alerts::note_told(tx, alert, about, now).await?;
    for channel in channels(core, &alert.lab) {
        let message = MessageId::generate(&*core.entropy);
        alert_deliveries::put(tx, alert, channel, about, message, now).await?;
    }
    Ok(())
}

/// The ways on which a lab's alerts leave: the log always, any other only where it is configured.
pub fn channels(core: &Core, lab: &LabId) -> Vec<Channel> {
    let mail = recipient(core, lab).map(|_| Channel::Mail);
    let webhook = core.config.alerts.webhook.as_ref().map(|_| Channel::Webhook);
    [Some(Channel::Log), mail, webhook].into_iter().flatten().collect()
}

fn recipient<'a>(core: &'a Core, lab: &LabId) -> Option<(&'a Lab, Address)> {
    core.config.mail.host.as_ref()?;
    let lab = core.config.lab(lab)?;
    Some((lab, core.config.alerts.recipient(lab)?))
}
