//! The second pass over a list: which of its passwords still open an account. Argon2 for each, in the share of the
//! machine it is given; what it learns is confirmed or listed only, and no clear password outlives its row.

use std::path::Path;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::{LeakError, List, Notice, Notify};
use crate::dump::{Census, Checkpoint, DumpReader, Mapping, Row};
use crypto::blind_index::Indexer;
use crypto::password_hash::HashedPassword;
use domain::audit::{Actor, Event};
use domain::leak::Leak;
use domain::leak::{LeakId, LeakState, Move, Verdict};
use domain::password::Password;
use kernel::clock::Stopwatch;
use kernel::ids::LabId;
use machinery::hashing::NoHash;
use service::act::Act;
use service::{Core, Fault, audit};
use store::leak::leak_accounts::{self, ToVerify};
use store::leak::leaks::{self, Milestone};

/// Rows between two checkpoints.
const BATCH: usize = 200;

/// How much of the machine it may take.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// Hashes computed at once, at least 1.
    pub threads: usize,
    /// Of the time of each, 0 to 1.
    pub of_each: f32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyCounts {
    /// Accounts' passwords that were checked, in one form or several.
    pub checked: u64,
    pub confirmed: u64,
}

/// Where a pass was cut off.
#[derive(Debug, Serialize, Deserialize)]
struct At {
    checkpoint: Checkpoint,
    census: Census,
    so_far: VerifyCounts,
}

/// Continues where it was interrupted; after it is done, it starts again for what has changed.
///
/// # Errors
/// It is another file, or the database or the hash pool broke; the same call continues from there.
pub async fn verify(
    act: Act<'_>,
    id: LeakId,
    file: &Path,
    share: Share,
    notify: Notify<'_>,
) -> Result<VerifyCounts, LeakError> {
    let Act { core, lab, actor } = act;
    let (leak, stored) = find(core, lab, id).await?;
    let mapping = match leak.mapping.as_str() {
        "" => Mapping::default(),
        text => Mapping::parse(text)?,
    };
    super::draft::check_file(core, lab, &leak, List::File(file.to_owned()), mapping.clone()).await?;
    let (mut reader, mut so_far) = match stored {
        Some(at) => (
            DumpReader::resume(file, &mapping, &at.checkpoint, at.census)?,
            at.so_far,
        ),
        None => (DumpReader::open(file, &mapping)?, VerifyCounts::default()),
    };
    let identifiers = Indexer::new(&core.keyring, lab, "identifier");
    loop {
        let mut rows = Vec::new();
        while rows.len() < BATCH
            && let Some(row) = reader.next_row()?
        {
            rows.push(row);
        }
        if rows.is_empty() {
            break;
        }
        let verdicts = check(core, lab, &leak, &identifiers, rows, share).await?;
        so_far.checked += verdicts.len() as u64;
        so_far.confirmed += verdicts
            .iter()
            .filter(|(_, verdict)| *verdict == Verdict::Confirmed)
            .count() as u64;
        let at = At {
            checkpoint: reader.checkpoint(),
            census: reader.census().clone(),
            so_far,
        };
        store(core, lab, id, &verdicts, &at).await?;
        let (done, of) = reader.progress();
        notify(Notice::Reading { done, of });
    }
    finish(core, lab, id, so_far, actor).await?;
    Ok(so_far)
}

async fn find(core: &Core, lab: &LabId, id: LeakId) -> Result<(Leak, Option<At>), LeakError> {
    let mut tx = core.db.begin_read().await?;
    let leak = super::act::lookup(&mut tx, lab, id).await?;
    let at = leaks::lookup_verified_to(&mut tx, lab, id).await?;
    tx.commit().await?;
    let (state, wanted) = (leak.state, Move::Close);
    if !matches!(
        state,
        LeakState::Drafted | LeakState::Awaiting | LeakState::Applied | LeakState::Closed
    ) {
        return Err(LeakError::NotNow { state, wanted });
    }
    // What an older version wrote is not guessed at but started over.
    Ok((leak, at.and_then(|at| serde_json::from_str(&at).ok())))
}

type Verdicts = Vec<(Vec<u8>, Verdict)>;

/// Passwords set after the list was read are not in it, and are not asked about.
async fn check(
    core: &Core,
    lab: &LabId,
    leak: &Leak,
    identifiers: &Indexer,
    rows: Vec<Row>,
    share: Share,
) -> Result<Verdicts, LeakError> {
    let mut asked: Vec<(Vec<u8>, Row)> = Vec::with_capacity(rows.len());
    for row in rows.into_iter().filter(|row| row.password.is_some() && !row.is_digest) {
        let index = identifiers.index(&[row.identifier.as_str()]);
        asked.push((index.as_bytes().to_vec(), row));
    }
    let indexes: Vec<&[u8]> = asked.iter().map(|(index, _)| index.as_slice()).collect();
    let mut tx = core.db.begin_read().await?;
    let found = leak_accounts::find_to_verify(&mut tx, lab, leak.id, &indexes).await?;
    tx.commit().await?;
    let mut jobs = Vec::new();
    for (index, row) in asked {
        let account = found.iter().find(|account| account.index == index);
        if let (Some(ToVerify { hash, .. }), Some(password)) = (account, row.password) {
            let forms = std::iter::once(password.as_found().to_owned().into())
                .chain(password.other_forms())
                .filter_map(|form| Password::typed(&form))
                .collect::<Vec<_>>();
            jobs.push((index, hash.clone(), forms));
        }
    }
    stream::iter(jobs)
        .map(|(index, hash, forms)| async move {
            let opened = opens(core, &hash, forms, share).await?;
            let verdict = if opened {
                Verdict::Confirmed
            } else {
                Verdict::ListedOnly
            };
            Ok::<_, LeakError>((index, verdict))
        })
        .buffer_unordered(share.threads.max(1))
        .try_collect()
        .await
}

async fn opens(core: &Core, hash: &HashedPassword, forms: Vec<Password>, share: Share) -> Result<bool, LeakError> {
    for form in forms {
        loop {
            let watch = Stopwatch::start();
            let verdict = core.hashing.verify(hash.clone(), form.clone()).await;
            let rest = watch.elapsed().mul_f32(1.0 / share.of_each.clamp(0.01, 1.0) - 1.0);
            tokio::time::sleep(rest).await;
            match verdict {
                Ok(Some(_)) => return Ok(true),
                Ok(None) => break,
                Err(NoHash::Busy { retry_after }) => {
                    tokio::time::sleep(retry_after.max(Duration::from_millis(100))).await
                }
                Err(NoHash::Fault(fault)) => return Err(LeakError::Fault(Fault::from(fault))),
            }
        }
    }
    Ok(false)
}

async fn store(core: &Core, lab: &LabId, id: LeakId, verdicts: &Verdicts, at: &At) -> Result<(), LeakError> {
    let mut tx = core.db.begin().await?;
    for (index, verdict) in verdicts {
        leak_accounts::set_verdict(&mut tx, lab, id, index, *verdict).await?;
    }
    let at = serde_json::to_string(at).unwrap_or_default();
    leaks::set_verified_to(&mut tx, lab, id, Some(&at)).await?;
    Ok(tx.commit().await?)
}

async fn finish(core: &Core, lab: &LabId, id: LeakId, so_far: VerifyCounts, actor: &Actor) -> Result<(), LeakError> {
    let now = core.now();
    let mut tx = core.db.begin().await?;
    leaks::set_verified_to(&mut tx, lab, id, None).await?;
    leaks::pass(&mut tx, lab, id, Milestone::Verified, now).await?;
    leaks::add_step(&mut tx, lab, id, "verified", &actor.label(), now).await?;
    let event = Event::LeakVerified {
        leak: id,
        checked: so_far.checked,
        confirmed: so_far.confirmed,
    };
    audit::record(core, &mut tx, lab, actor, None, event).await?;
    Ok(tx.commit().await?)
}
