//! What the clock brings: successors, and the end of keys whose tokens are over.

use std::sync::Arc;

use super::known::KnownKeys;
use super::make;
use super::read::read;
use crate::{Core, Fault};
use crypto::jose::Algorithm;
use kernel::ids::LabId;
use store::oauth::signing_keys::{self, Line};

/// Looks at the keys of every lab that has any, whichever server made them.
///
/// # Errors
/// The database does not answer, or a stored key cannot be read.
pub async fn turn(core: &Core) -> Result<(), Fault> {
    let lines = lines(core).await?;
    let mut changed = false;
    for lab in core.signing_keys.labs.keys() {
        for algorithm in Algorithm::OURS {
            let row = lines
                .iter()
                .filter(|line| line.lab == *lab && line.algorithm == algorithm);
            changed |= advance(core, lab, algorithm, &row.collect::<Vec<_>>()).await?;
        }
    }
    let lines = if changed { self::lines(core).await? } else { lines };
    for (lab, ring) in &core.signing_keys.labs {
        let is_stale = |known: &KnownKeys| !known.is_of(lines.iter().filter(|line| line.lab == *lab));
        if ring.known.load().as_deref().is_some_and(is_stale) {
            ring.known.store(Some(Arc::new(read(core, lab).await?)));
        }
    }
    Ok(())
}

async fn lines(core: &Core) -> Result<Vec<Line>, Fault> {
    let mut tx = core.db.begin_read().await?;
    Ok(signing_keys::find_lines(&mut tx).await?)
}

async fn advance(core: &Core, lab: &LabId, algorithm: Algorithm, row: &[&Line]) -> Result<bool, Fault> {
    let (schedule, now) = (core.signing_keys.schedule, core.now());
    let next = row.last().and_then(|last| schedule.next(last.slot, now));
    if let Some(next) = next {
        make(core, lab, vec![algorithm], next).await?;
    }
    let followed = row.iter().zip(row.iter().skip(1));
    let over: Vec<&Line> = followed
        .filter(|(_, successor)| schedule.is_over(successor.slot, now))
        .map(|(line, _)| *line)
        .collect();
    if !over.is_empty() {
        let mut tx = core.db.begin().await?;
        for line in &over {
            signing_keys::delete(&mut tx, line).await?;
        }
        tx.commit().await?;
    }
    Ok(next.is_some() || !over.is_empty())
}
