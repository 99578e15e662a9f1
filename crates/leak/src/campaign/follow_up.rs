//! What a leak still needs, done unasked: whatever a kill cut off, passwords whose time is over, digests that are
//! no longer needed. Called again and again by the server; every replica may do it.

use super::LeakError;
use domain::audit::{Actor, Entry, Event};
use domain::leak::Leak;
use domain::leak::{LeakState, Progress};
use kernel::clock::Stopwatch;
use kernel::ids::LabId;
use machinery::pause;
use service::{Core, audit};
use store::leak::leak_accounts::{self, Stretch};
use store::leak::leak_entries;
use store::leak::leaks::{self, Milestone};

const STRETCH: i64 = 5_000;

/// # Errors
/// The database does not answer; the next call continues.
pub async fn follow_up(core: &Core) -> Result<(), LeakError> {
    for lab in &core.config.labs {
        let mut tx = core.db.begin_read().await?;
        let leaks = leaks::find(&mut tx, &lab.id).await?;
        tx.commit().await?;
        for leak in leaks {
            match follow_one(core, &lab.id, &leak).await {
                // Another replica is at it.
                Ok(()) | Err(LeakError::ElsewhereAtWork) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

async fn follow_one(core: &Core, lab: &LabId, leak: &Leak) -> Result<(), LeakError> {
    let now = core.now();
    if leak.state.is_in_effect() && leak.settled_at.is_none() {
        super::settle(core, lab, leak.id, &mut |_| {}).await?;
    }
    let due = leak.effective_at.map(|at| at.plus(core.config.leak.rotation_within()));
    if leak.state.is_in_effect() && leak.expired_at.is_none() && due.is_some_and(|due| due <= now) {
        expire(core, lab, leak).await?;
    }
    let kept_until = leak.ended_at.map(|at| match leak.state {
        LeakState::Undone => at,
        _ => at.plus(core.config.leak.kept()),
    });
    if kept_until.is_some_and(|until| until <= now) {
        forget(core, lab, leak).await?;
    }
    Ok(())
}

/// Accounts that did not rotate in time: the password is already disabled (by the clock); here this is recorded.
async fn expire(core: &Core, lab: &LabId, leak: &Leak) -> Result<(), LeakError> {
    let mut at = Vec::new();
    loop {
        let held = Stopwatch::start();
        let mut tx = core.db.begin().await?;
        let found = leak_accounts::find_next(&mut tx, lab, leak.id, &at, STRETCH).await?;
        let Some(to) = found.last().map(|last| last.index.clone()) else {
            leaks::pass(&mut tx, lab, leak.id, Milestone::Expired, core.now()).await?;
            tx.commit().await?;
            return Ok(());
        };
        let late = found
            .iter()
            .filter(|found| found.progress == Progress::RotationRequired);
        let entries: Vec<Entry> = late
            .map(|found| Entry {
                actor: Actor::Vestibule,
                account: Some(found.account),
                event: Event::PasswordDisabled { leak: leak.id },
            })
            .collect();
        let stretch = Stretch {
            lab,
            leak: leak.id,
            after: &at,
            to: &to,
        };
        let expired = leak_accounts::expire(&mut tx, stretch, core.now()).await?;
        if expired != entries.len() as u64 {
            return Err(LeakError::ElsewhereAtWork);
        }
        audit::record_many(core, &mut tx, lab, &entries).await?;
        tx.commit().await?;
        at = to;
        pause::after(&core.db, held).await;
    }
}

/// The digests of a list that are no longer needed.
async fn forget(core: &Core, lab: &LabId, leak: &Leak) -> Result<(), LeakError> {
    while has_entries(core, lab, leak).await? {
        let held = Stopwatch::start();
        let mut tx = core.db.begin().await?;
        leak_entries::delete_some(&mut tx, lab, leak.id, STRETCH).await?;
        tx.commit().await?;
        pause::after(&core.db, held).await;
    }
    Ok(())
}

/// Asked without keeping any writer waiting.
async fn has_entries(core: &Core, lab: &LabId, leak: &Leak) -> Result<bool, LeakError> {
    let mut tx = core.db.begin_read().await?;
    let first = leak_entries::lookup_stretch(&mut tx, lab, leak.id, &[], 1).await?;
    tx.commit().await?;
    Ok(first.is_some())
}
