//! After a leak took effect: each account's line in the trail, its place in the report, its message in the outbox.

use super::load::{advance, cursor, share};
use super::{LeakError, Notice, Notify};
use domain::audit::{Actor, Entry, Event};
use domain::leak::LeakId;
use kernel::clock::Stopwatch;
use kernel::ids::LabId;
use machinery::pause;
use service::{Core, audit};
use store::leak::leak_accounts::{self, AccountRow, Stretch};
use store::leak::leaks::{self, Cursor, Milestone};

/// Accounts of one transaction.
const STRETCH: u32 = 5_000;

/// Continues where it was; done once, it does nothing more.
///
/// # Errors
/// The database does not answer; the same call continues from there.
pub async fn settle(core: &Core, lab: &LabId, id: LeakId, notify: Notify<'_>) -> Result<(), LeakError> {
    let mut at = cursor(core, lab, id, Cursor::Settled).await?;
    loop {
        let held = Stopwatch::start();
        let mut tx = core.db.begin().await?;
        let leak = super::act::lookup(&mut tx, lab, id).await?;
        if leak.settled_at.is_some() || !leak.state.is_in_effect() {
            return Ok(());
        }
        let found = leak_accounts::find_next(&mut tx, lab, id, &at, core.db.stretch(STRETCH)).await?;
        let Some(to) = found.last().map(|last| last.index.clone()) else {
            leaks::pass(&mut tx, lab, id, Milestone::Settled, core.now()).await?;
            tx.commit().await?;
            return Ok(());
        };
        let stretch = Stretch {
            lab,
            leak: id,
            after: &at,
            to: &to,
        };
        advance(&mut tx, lab, id, Cursor::Settled, &at, &to).await?;
        leak_accounts::settle(&mut tx, stretch, leak.began_at, core.now()).await?;
        leak_accounts::fill_outbox(&mut tx, stretch, core.now()).await?;
        let entries: Vec<Entry> = found.iter().map(|found| entry(id, found)).collect();
        audit::record_many(core, &mut tx, lab, &entries).await?;
        tx.commit().await?;
        notify(Notice::Settling {
            done: share(&to),
            of: u64::from(u16::MAX),
        });
        at = to;
        pause::after(&core.db, held).await;
    }
}

fn entry(leak: LeakId, found: &AccountRow) -> Entry {
    Entry {
        actor: Actor::Vestibule,
        account: Some(found.account),
        event: Event::AccountListed {
            leak,
            effect: found.effect,
        },
    }
}
