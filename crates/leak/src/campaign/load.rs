//! Digests into the database and compared with the accounts: in stretches, so that patients sign in meanwhile and a
//! kill loses one stretch at most.

use super::spool::SortedEntries;
use super::{LeakError, Notice, Notify};
use domain::leak::LeakId;
use kernel::clock::Stopwatch;
use kernel::ids::LabId;
use machinery::pause;
use service::Core;
use store::Tx;
use store::leak::leak_accounts::{self, END, Stretch};
use store::leak::leak_entries;
use store::leak::leaks::{self, Cursor};

/// Entries of one transaction.
pub(super) const STRETCH: u32 = 20_000;

pub(super) async fn load(
    core: &Core,
    lab: &LabId,
    id: LeakId,
    mut sorted: SortedEntries,
    notify: Notify<'_>,
) -> Result<(), LeakError> {
    let of = sorted.at_most();
    let mut done = 0;
    let mut at = cursor(core, lab, id, Cursor::Loaded).await?;
    loop {
        // From memory, or from a temporary file that was just written.
        let mut entries = sorted.take(STRETCH as usize).map_err(LeakError::Spool)?;
        let Some(last) = entries.last().map(|entry| entry.as_bytes().to_vec()) else {
            return Ok(());
        };
        done += entries.len() as u64;
        entries.retain(|entry| entry.as_bytes() > at.as_slice());
        if !entries.is_empty() {
            let held = Stopwatch::start();
            let mut tx = core.db.begin().await?;
            advance(&mut tx, lab, id, Cursor::Loaded, &at, &last).await?;
            leak_entries::insert_many(&mut tx, lab, id, &entries).await?;
            tx.commit().await?;
            at = last;
            pause::after(&core.db, held).await;
        }
        notify(Notice::Loading { done, of });
    }
}

/// In SQL alone: nothing of an account is read into memory.
pub(super) async fn match_accounts(core: &Core, lab: &LabId, id: LeakId, notify: Notify<'_>) -> Result<(), LeakError> {
    let mut at = cursor(core, lab, id, Cursor::Matched).await?;
    while at != END {
        let held = Stopwatch::start();
        let mut tx = core.db.begin().await?;
        let to = leak_entries::lookup_stretch(&mut tx, lab, id, &at, core.db.stretch(STRETCH)).await?;
        let to = to.unwrap_or_else(|| END.to_vec());
        advance(&mut tx, lab, id, Cursor::Matched, &at, &to).await?;
        let stretch = Stretch {
            lab,
            leak: id,
            after: &at,
            to: &to,
        };
        leak_accounts::match_stretch(&mut tx, stretch, core.now()).await?;
        tx.commit().await?;
        notify(Notice::Matching {
            done: share(&to),
            of: u64::from(u16::MAX),
        });
        at = to;
        pause::after(&core.db, held).await;
    }
    Ok(())
}

/// First of all in a transaction: a second run waits here, and does nothing twice.
pub(super) async fn advance(
    tx: &mut Tx,
    lab: &LabId,
    id: LeakId,
    cursor: Cursor,
    from: &[u8],
    to: &[u8],
) -> Result<(), LeakError> {
    if leaks::move_cursor(tx, lab, id, cursor, from, to).await? {
        Ok(())
    } else {
        Err(LeakError::ElsewhereAtWork)
    }
}

pub(super) async fn cursor(core: &Core, lab: &LabId, id: LeakId, cursor: Cursor) -> Result<Vec<u8>, LeakError> {
    let mut tx = core.db.begin_read().await?;
    let at = leaks::lookup_cursor(&mut tx, lab, id, cursor).await?;
    tx.commit().await?;
    Ok(at)
}

/// Digests are spread evenly: how far an index is, is how much is done. Of 65,535.
pub(crate) fn share(index: &[u8]) -> u64 {
    index
        .first_chunk()
        .map_or(0, |head| u64::from(u16::from_be_bytes(*head)))
}
