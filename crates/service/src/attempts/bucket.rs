//! Where an attempt on an identifier is counted. A trusted device has a bucket of its own; everyone else shares the
//! public one.

use crate::Core;
use crypto::blind_index::BlindIndex;
use crypto::token::HashedToken;
use domain::backoff::BackoffDecision;
use domain::device;
use kernel::clock::Timestamp;
use kernel::ids::{DeviceId, LabId};
use store::leak::leak_entries;
use store::sign_in::{devices, throttle};
use store::{StoreFault, Tx};

/// An attempt that was counted; the same bucket is told how it ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct CountedAttempt {
    bucket: Bucket,
    at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bucket {
    Public,
    Device(DeviceId),
}

impl CountedAttempt {
    pub(super) fn is_from_trusted_device(&self) -> bool {
        self.bucket != Bucket::Public
    }
}

/// Counts an attempt unless it has to wait; others in the same bucket wait for the end of this transaction. `known_by`:
/// the browser's token as a trusted device, of this account or of another one. `is_enough`: whether what was shown may be
/// checked from any browser, or from a trusted device of the account alone. None: what was shown is too little from
/// this browser, and nothing was counted.
pub(super) async fn count(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    identifier: &BlindIndex,
    known_by: Option<&HashedToken>,
    is_enough: bool,
) -> Result<Option<(BackoffDecision, CountedAttempt)>, StoreFault> {
    let on_device = count_on_device(core, tx, lab, identifier, known_by).await?;
    if on_device.is_some() || !is_enough {
        return Ok(on_device);
    }
    let (now, limits) = (core.now(), core.backoff_limits());
    let is_listed = leak_entries::is_on_open_list(tx, lab, identifier).await?;
    let limits = if is_listed { limits.of_listed() } else { limits };
    let backoff = throttle::lock(tx, lab, identifier, now).await?;
    let decision = backoff.admit(limits, now);
    if !matches!(decision, BackoffDecision::Wait(_)) {
        throttle::store(tx, lab, identifier, &backoff.with_attempt(now)).await?;
    }
    let (bucket, at) = (Bucket::Public, now);
    Ok(Some((decision, CountedAttempt { bucket, at })))
}

async fn count_on_device(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    identifier: &BlindIndex,
    known_by: Option<&HashedToken>,
) -> Result<Option<(BackoffDecision, CountedAttempt)>, StoreFault> {
    let Some(token) = known_by else { return Ok(None) };
    let Some((id, backoff)) = devices::lock(tx, lab, identifier, token, core.devices_used_since()).await? else {
        return Ok(None);
    };
    let at = core.now();
    let decision = backoff.admit(device::limits(core.backoff_limits()), at);
    match decision {
        BackoffDecision::Evaluate => devices::set_backoff(tx, lab, id, &backoff.with_attempt(at)).await?,
        BackoffDecision::Wait(_) => {}
        BackoffDecision::Exhausted => {
            devices::distrust(tx, lab, id).await?;
            return Ok(None);
        }
    }
    let bucket = Bucket::Device(id);
    Ok(Some((decision, CountedAttempt { bucket, at })))
}

/// The attempt counted then was a success. From a trusted device it says nothing to those who share the public bucket,
/// but the person is alive and well: the row of failures that would disable their means ends.
pub(super) async fn succeeded(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    identifier: &BlindIndex,
    counted: CountedAttempt,
) -> Result<(), StoreFault> {
    match counted.bucket {
        Bucket::Public => {
            let backoff = throttle::lock(tx, lab, identifier, core.now()).await?;
            throttle::store(tx, lab, identifier, &backoff.with_success(counted.at)).await
        }
        Bucket::Device(device) => {
            if let Some(backoff) = devices::lookup_backoff(tx, lab, device).await? {
                devices::set_backoff(tx, lab, device, &backoff.with_success(counted.at)).await?;
            }
            reopened(core, tx, lab, identifier).await
        }
    }
}

/// The holder came in by a way that has nothing to do with the public bucket: its row of failures ends, and what
/// strangers are told of it stays.
///
/// # Errors
/// Nothing was changed.
pub async fn reopened(core: &Core, tx: &mut Tx, lab: &LabId, identifier: &BlindIndex) -> Result<(), StoreFault> {
    let backoff = throttle::lock(tx, lab, identifier, core.now()).await?;
    throttle::store(tx, lab, identifier, &backoff.reopened()).await
}

/// The visitor did not fail: it was our fault.
pub(super) async fn take_back(
    core: &Core,
    lab: &LabId,
    identifier: &BlindIndex,
    counted: CountedAttempt,
) -> Result<(), StoreFault> {
    let mut tx = core.db.begin().await?;
    match counted.bucket {
        Bucket::Public => {
            let backoff = throttle::lock(&mut tx, lab, identifier, core.now()).await?;
            throttle::store(&mut tx, lab, identifier, &backoff.without_attempt(counted.at)).await?;
        }
        Bucket::Device(device) => {
            if let Some(backoff) = devices::lookup_backoff(&mut tx, lab, device).await? {
                devices::set_backoff(&mut tx, lab, device, &backoff.without_attempt(counted.at)).await?;
            }
        }
    }
    tx.commit().await
}
