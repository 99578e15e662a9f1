//! Digests into the database and compared with the accounts: in stretches, so that patients sign in meanwhile and a kill
//! loses one stretch at most.

use super::spool::Sorted;
use super::{LeakError, Notice, Notify};
use crate::domain::leak::LeakId;
use crate::kernel::clock::Stopwatch;
use crate::kernel::ids::LabId;
use crate::service::{Core, pause};
use crate::store::leak_accounts::{self, Stretch};
use crate::store::leak_entries;
use crate::store::leaks::{self, Cursor};

/// Entries of one transaction.
const STRETCH: usize = 20_000;

pub(super) async fn load(
    core: &Core,
    lab: &LabId,
    id: LeakId,
    mut sorted: Sorted,
    notify: Notify<'_>,
) -> Result<(), LeakError> {
    let of = sorted.at_most();
    let mut done = 0;
    let mut at = cursor(core, lab, id, Cursor::Loaded).await?;
    loop {
        // From memory, or from a temporary file that was just written.
        let mut entries = sorted.take(STRETCH).map_err(LeakError::Spool)?;
        let Some(last) = entries.last().map(|entry| entry.as_bytes().to_vec()) else {
            return Ok(());
        };
        done += entries.len() as u64;
        entries.retain(|entry| entry.as_bytes() > at.as_slice());
        if !entries.is_empty() {
            let held = Stopwatch::start();
            let mut tx = core.db.begin().await?;
            leak_entries::insert_many(&mut tx, lab, id, &entries).await?;
            if !leaks::move_cursor(&mut tx, lab, id, Cursor::Loaded, &at, &last).await? {
                return Err(LeakError::ElsewhereAtWork);
            }
            tx.commit().await?;
            at = last;
            pause::after(core, held).await;
        }
        notify(Notice::Loading { done, of });
    }
}

/// In SQL alone: nothing of an account is read into memory.
pub(super) async fn match_accounts(core: &Core, lab: &LabId, id: LeakId, notify: Notify<'_>) -> Result<(), LeakError> {
    let mut at = cursor(core, lab, id, Cursor::Matched).await?;
    loop {
        let held = Stopwatch::start();
        let mut tx = core.db.begin().await?;
        let to = leak_entries::lookup_stretch(&mut tx, lab, id, &at, STRETCH as i64).await?;
        let stretch = Stretch {
            lab,
            leak: id,
            after: &at,
            to: to.as_deref(),
        };
        leak_accounts::match_stretch(&mut tx, stretch, core.now()).await?;
        if let Some(to) = &to
            && !leaks::move_cursor(&mut tx, lab, id, Cursor::Matched, &at, to).await?
        {
            return Err(LeakError::ElsewhereAtWork);
        }
        tx.commit().await?;
        let Some(to) = to else {
            return Ok(());
        };
        notify(Notice::Matching {
            done: share(&to),
            of: u64::from(u16::MAX),
        });
        at = to;
        pause::after(core, held).await;
    }
}

pub(super) async fn cursor(core: &Core, lab: &LabId, id: LeakId, cursor: Cursor) -> Result<Vec<u8>, LeakError> {
    let mut tx = core.db.begin_read().await?;
    let at = leaks::lookup_cursor(&mut tx, lab, id, cursor).await?;
    tx.commit().await?;
    Ok(at)
}

/// Digests are spread evenly: how far an index is, is how much is done. Of 65,535.
pub(in crate::leak) fn share(index: &[u8]) -> u64 {
    index
        .first_chunk()
        .map_or(0, |head| u64::from(u16::from_be_bytes(*head)))
}
