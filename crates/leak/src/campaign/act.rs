//! Decisions about a leak: applied, approved by a second person, undone, closed.

use super::{Identifiers, LeakError, Reading, load, unmatched};
use config::Approval;
use domain::audit::{Actor, Event};
use domain::leak::Leak;
use domain::leak::{LeakId, LeakState, Move};
use kernel::ids::LabId;
use service::{Core, audit};
use store::Tx;
use store::leak::leak_accounts;
use store::leak::leaks;
use store::telling::outbox;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffectStatus {
    InEffect,
    AwaitingApproval,
}

/// With `leak.approval = "two-person"` it waits for [`approve`]. Repeated, it does nothing more.
///
/// # Errors
/// The leak is not one that can be applied, or the database does not answer; nothing has happened then.
pub async fn apply(core: &Core, lab: &LabId, id: LeakId, actor: &Actor) -> Result<EffectStatus, LeakError> {
    apply_accepting(core, lab, id, None, actor).await
}

/// As [`apply`], where many identifiers are nobody's here. `accepted`: how many the actor was told of, and accepts.
///
/// # Errors
/// As [`apply`]; and there are others than were accepted.
pub async fn apply_accepting(
    core: &Core,
    lab: &LabId,
    id: LeakId,
    accepted: Option<u64>,
    actor: &Actor,
) -> Result<EffectStatus, LeakError> {
    match_newcomers(core, lab, id).await?;
    let mut tx = core.db.begin().await?;
    let leak = lookup(&mut tx, lab, id).await?;
    if leak.state == LeakState::Drafted {
        refuse_unaccepted(&leak, accepted)?;
    }
    match (leak.state, core.config.leak.approval) {
        (LeakState::Applied | LeakState::Closed, _) => Ok(EffectStatus::InEffect),
        (LeakState::Awaiting, Approval::TwoPerson) => Ok(EffectStatus::AwaitingApproval),
        (_, Approval::OnePerson) => {
            put_in_effect(core, tx, lab, &leak, actor).await?;
            Ok(EffectStatus::InEffect)
        }
        (_, Approval::TwoPerson) => {
            advance(core, &mut tx, lab, &leak, Move::Request, actor).await?;
            leaks::set_requested_by(&mut tx, lab, id, &actor.label()).await?;
            let event = Event::LeakApprovalRequested { leak: id };
            audit::record(core, &mut tx, lab, actor, None, event).await?;
            tx.commit().await?;
            Ok(EffectStatus::AwaitingApproval)
        }
    }
}

fn refuse_unaccepted(leak: &Leak, accepted: Option<u64>) -> Result<(), LeakError> {
    let reading: Option<Reading> = serde_json::from_str(&leak.census).ok();
    let identifiers = reading.and_then(|reading| reading.identifiers);
    match identifiers.filter(Identifiers::are_many_unmatched) {
        Some(Identifiers {
            not_found, distinct, ..
        }) if accepted != Some(not_found) => Err(LeakError::Unmatched { not_found, distinct }),
        _ => Ok(()),
    }
}

/// The second person agrees: it takes effect.
///
/// # Errors
/// It is the same person, or not a named operator, or the leak does not wait for an approval.
pub async fn approve(core: &Core, lab: &LabId, id: LeakId, actor: &Actor) -> Result<(), LeakError> {
    match_newcomers(core, lab, id).await?;
    let mut tx = core.db.begin().await?;
    let leak = lookup(&mut tx, lab, id).await?;
    let (state, wanted) = (leak.state, Move::Apply);
    if state != LeakState::Awaiting {
        return Err(LeakError::NotNow { state, wanted });
    }
    if !matches!(actor, Actor::Operator { .. }) {
        return Err(LeakError::NotAnOperator);
    }
    if leak.requested_by.as_ref() == Some(&actor.label()) {
        return Err(LeakError::SamePerson);
    }
    put_in_effect(core, tx, lab, &leak, actor).await
}

/// Patients imported since the dry run may be on the list, too.
async fn match_newcomers(core: &Core, lab: &LabId, id: LeakId) -> Result<(), LeakError> {
    let mut tx = core.db.begin_read().await?;
    let leak = lookup(&mut tx, lab, id).await?;
    tx.commit().await?;
    if matches!(leak.state, LeakState::Drafted | LeakState::Awaiting) {
        load::match_accounts(core, lab, id, &mut |_| {}).await?;
        unmatched::recount(core, lab, &leak).await?;
    }
    Ok(())
}

/// One transaction: from its commit on, everyone on the list is safe.
async fn put_in_effect(core: &Core, mut tx: Tx, lab: &LabId, leak: &Leak, actor: &Actor) -> Result<(), LeakError> {
    tx.begin_campaign(lab).await?;
    advance(core, &mut tx, lab, leak, Move::Apply, actor).await?;
    let sessions = leak_accounts::end_sessions(&mut tx, lab, leak.id, core.now()).await?;
    let event = Event::LeakApplied {
        leak: leak.id,
        sessions_ended: sessions,
    };
    audit::record(core, &mut tx, lab, actor, None, event).await?;
    tx.commit().await?;
    core.visits.forget_all();
    Ok(())
}

/// It was not a leak: no one has to do anything because of it any more. Ended sessions stay ended.
///
/// # Errors
/// It was closed or undone, or the database does not answer.
pub async fn undo(core: &Core, lab: &LabId, id: LeakId, actor: &Actor) -> Result<(), LeakError> {
    let mut tx = core.db.begin().await?;
    tx.begin_campaign(lab).await?;
    let leak = lookup(&mut tx, lab, id).await?;
    advance(core, &mut tx, lab, &leak, Move::Undo, actor).await?;
    outbox::cancel(&mut tx, lab, id, core.now()).await?;
    audit::record(core, &mut tx, lab, actor, None, Event::LeakUndone { leak: id }).await?;
    tx.commit().await?;
    Ok(())
}

/// Nothing more is to be done about it. It stays in effect.
///
/// # Errors
/// It is not in effect, or still being carried out.
pub async fn close(core: &Core, lab: &LabId, id: LeakId, actor: &Actor) -> Result<(), LeakError> {
    let mut tx = core.db.begin().await?;
    let leak = lookup(&mut tx, lab, id).await?;
    if leak.state == LeakState::Applied && leak.settled_at.is_none() {
        return Err(LeakError::NotSettled);
    }
    advance(core, &mut tx, lab, &leak, Move::Close, actor).await?;
    audit::record(core, &mut tx, lab, actor, None, Event::LeakClosed { leak: id }).await?;
    tx.commit().await?;
    Ok(())
}

pub(super) async fn lookup(tx: &mut Tx, lab: &LabId, id: LeakId) -> Result<Leak, LeakError> {
    leaks::lookup(tx, lab, id).await?.ok_or(LeakError::UnknownLeak)
}

async fn advance(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    leak: &Leak,
    wanted: Move,
    actor: &Actor,
) -> Result<(), LeakError> {
    let state = leak.state;
    let now = core.now();
    let not_now = LeakError::NotNow { state, wanted };
    let Some(to) = state.after(wanted) else {
        return Err(not_now);
    };
    if !leaks::advance(tx, lab, leak.id, state, to, now).await? {
        return Err(not_now);
    }
    Ok(leaks::add_step(tx, lab, leak.id, to.as_str(), &actor.label(), now).await?)
}
