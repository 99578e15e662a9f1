//! Passwords of the LIS, wrapped while its patients are imported. Hours of hashing for a large lab: what was wrapped
//! once is not wrapped again, so an import that was cut off continues where it was.

use std::time::Duration;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::Serialize;

use crate::patients::columns::LegacyPositions;
use crate::patients::lines::Record;
use crate::patients::notice::{BadLine, Notice};
use crate::patients::row::Reason;
use crate::patients::survey::Encoding;
use crypto::blind_index::BlindIndex;
use crypto::legacy::{StoredPassword, UnreadableLegacy};
use domain::audit::{Actor, Event};
use kernel::ids::{AccountId, LabId};
use machinery::hashing::NoHash;
use service::{Core, Fault, audit};
use store::account::legacy_passwords::{self, LegacyPassword};

/// What became of the LIS's passwords.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LegacyReport {
    pub wrapped: u64,
    /// Wrapped by an earlier import; a newer one in the file is not taken.
    pub known: u64,
    /// The patient has enrolled and needs none.
    pub enrolled: u64,
    /// The identifier is on a leaked list: no earlier password works.
    pub listed: u64,
    pub unreadable: u64,
}

/// The contents of a line.
pub(super) struct LegacyLine {
    pub line: u64,
    pub identifier: BlindIndex,
    pub kept: Result<StoredPassword, UnreadableLegacy>,
}

pub(super) fn read(
    record: &Record,
    at: LegacyPositions,
    encoding: Encoding,
) -> Result<StoredPassword, UnreadableLegacy> {
    let text = |at: usize| encoding.decode(&record.field(at)).ok_or(UnreadableLegacy::OtherKind);
    let salt = at.salt.map(text).transpose()?.unwrap_or_default();
    StoredPassword::read(at.scheme, &text(at.password)?, &salt)
}

/// Wraps what these lines say, where it may be.
pub(super) async fn wrap(
    core: &Core,
    lab: &LabId,
    found: Vec<LegacyLine>,
    actor: &Actor,
    report: &mut LegacyReport,
    notify: &mut (dyn FnMut(Notice) + Send),
) -> Result<(), Fault> {
    let identifiers: Vec<BlindIndex> = found.iter().map(|found| found.identifier).collect();
    let mut tx = core.db.begin_read().await?;
    let candidates = legacy_passwords::find_candidates(&mut tx, lab, &identifiers).await?;
    tx.commit().await?;
    let candidates: std::collections::HashMap<_, _> = candidates.into_iter().collect();
    let mut wanted = Vec::new();
    for LegacyLine { line, identifier, kept } in found {
        let Some(candidate) = candidates.get(&identifier) else {
            continue;
        };
        match kept {
            _ if candidate.is_listed => report.listed += 1,
            _ if !candidate.is_waiting => report.enrolled += 1,
            _ if candidate.has_one => report.known += 1,
            Ok(kept) => wanted.push((candidate.account, kept)),
            Err(why) => {
                report.unreadable += 1;
                let (field, reason) = (None, Reason::Legacy(why));
                notify(Notice::Bad(BadLine { line, field, reason }));
            }
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let at_once = core.hashing.threads() * 2;
    let wrapped: Vec<(AccountId, LegacyPassword)> = stream::iter(wanted)
        .map(|(account, kept)| async move { Ok::<_, Fault>((account, hashed(core, kept).await?)) })
        .buffer_unordered(at_once)
        .try_collect()
        .await?;
    let mut tx = core.db.begin().await?;
    let mut number = 0;
    for (account, legacy) in &wrapped {
        let kept = legacy_passwords::insert_if_waiting(&mut tx, &core.sealer, lab, *account, legacy, core.now());
        number += u64::from(kept.await?);
    }
    let event = Event::LegacyPasswordsWrapped { number };
    audit::record(core, &mut tx, lab, actor, None, event).await?;
    tx.commit().await?;
    report.wrapped += number;
    Ok(())
}

async fn hashed(core: &Core, kept: StoredPassword) -> Result<LegacyPassword, Fault> {
    loop {
        match core.hashing.make(kept.secret.clone()).await {
            Ok(hash) => {
                let StoredPassword { scheme, salt, .. } = kept;
                return Ok(LegacyPassword { scheme, hash, salt });
            }
            // No person waits for this one.
            Err(NoHash::Busy { retry_after }) => tokio::time::sleep(retry_after.max(Duration::from_millis(50))).await,
            Err(NoHash::Fault(fault)) => return Err(fault.into()),
        }
    }
}
