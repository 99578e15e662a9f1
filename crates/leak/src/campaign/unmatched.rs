//! Who of a list has no account here: how many, what their identifiers look like, and where they stand. What is not found
//! is somebody who stays unsafe, so it is never passed over in silence.

use super::identifiers::{Identifiers, Shape};
use super::load::STRETCH;
use super::{LeakError, Reading};
use crate::dump::Row;
use domain::leak::{Leak, LeakId};
use kernel::ids::LabId;
use service::Core;
use store::leak::leak_accounts::END;
use store::leak::leak_entries::{self, Origin};
use store::leak::leaks;

/// Of a row: its shape, and its line as far as 32 bits count.
pub(super) fn origin(row: &Row) -> Origin {
    let [a, b, c, d] = u32::try_from(row.line).unwrap_or(u32::MAX).to_be_bytes();
    [Shape::of(row.identifier.as_str()) as u8, a, b, c, d]
}

fn read(origin: &[u8]) -> Option<(Shape, u64)> {
    let (shape, line) = origin.split_first()?;
    let shape = *Shape::ALL.get(usize::from(*shape))?;
    Some((shape, u64::from(u32::from_be_bytes(line.try_into().ok()?))))
}

/// Patients were imported since: some of those not found may be known now.
///
/// # Errors
/// Nothing was changed.
pub(super) async fn recount(core: &Core, lab: &LabId, leak: &Leak) -> Result<(), LeakError> {
    let Ok(reading) = serde_json::from_str::<Reading>(&leak.census) else {
        return Ok(());
    };
    let reading = Reading {
        identifiers: Some(count(core, lab, leak.id).await?),
        ..reading
    };
    let mut tx = core.db.begin().await?;
    leaks::set_census(
        &mut tx,
        lab,
        leak.id,
        &serde_json::to_string(&reading).unwrap_or_default(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// In stretches: a list of which nobody is known may be long.
pub(super) async fn count(core: &Core, lab: &LabId, id: LeakId) -> Result<Identifiers, LeakError> {
    let mut counted = Identifiers::default();
    let mut at = Vec::new();
    while at != END {
        let mut tx = core.db.begin_read().await?;
        let to = leak_entries::lookup_stretch(&mut tx, lab, id, &at, core.db.stretch(STRETCH)).await?;
        let to = to.unwrap_or_else(|| END.to_vec());
        let mut entries = leak_entries::find_unmatched(&mut tx, lab, id, &at, &to).await?;
        tx.commit().await?;
        entries.dedup_by(|one, other| one.0 == other.0);
        for (shape, line) in entries.iter().filter_map(|(_, origin)| read(origin)) {
            counted.add(shape, line);
        }
        at = to;
    }
    // The digests' own order says nothing.
    counted.unmatched.sort_by_key(|unmatched| unmatched.shape);
    let mut tx = core.db.begin_read().await?;
    let distinct = leak_entries::count_identifiers(&mut tx, lab, id).await?;
    tx.commit().await?;
    counted.distinct = u64::try_from(distinct).unwrap_or(0);
    counted.found = counted.distinct.saturating_sub(counted.not_found);
    Ok(counted)
}
