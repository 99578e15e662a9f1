//! The public bucket of an identifier: an attempt on it, by whatever way, is counted before it is evaluated, so that no
//! way in is a way around the others' limits.

use crate::crypto::blind_index::BlindIndex;
use crate::domain::backoff::Admission;
use crate::domain::identifier::Identifier;
use crate::kernel::clock::Timestamp;
use crate::kernel::ids::LabId;
use crate::service::{Core, Fault};
use crate::store::accounts::Person;
use crate::store::{StoreFault, Tx, throttle};

/// Counts an attempt unless it has to wait; other attempts on the same identifier wait for the end of this transaction.
///
/// # Errors
/// The database does not answer; the attempt must not be evaluated.
pub async fn count(core: &Core, tx: &mut Tx, lab: &LabId, identifier: &BlindIndex) -> Result<Admission, StoreFault> {
    let now = core.now();
    let backoff = throttle::lock(tx, lab, identifier, now).await?;
    let admission = backoff.admit(core.backoff_limits(), now);
    if !matches!(admission, Admission::Wait(_)) {
        throttle::store(tx, lab, identifier, &backoff.with_attempt(now)).await?;
    }
    Ok(admission)
}

/// The attempt counted then was a success.
///
/// # Errors
/// The database does not answer.
pub async fn succeeded(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    identifier: &BlindIndex,
    attempted_at: Timestamp,
) -> Result<(), StoreFault> {
    let backoff = throttle::lock(tx, lab, identifier, core.now()).await?;
    throttle::store(tx, lab, identifier, &backoff.with_success(attempted_at)).await
}

/// The holder came in by a way that has nothing to do with the public bucket: its row of failures ends, and what
/// strangers are told of it stays.
///
/// # Errors
/// The database does not answer.
pub async fn reopened(core: &Core, tx: &mut Tx, lab: &LabId, identifier: &BlindIndex) -> Result<(), StoreFault> {
    let now = core.now();
    let backoff = throttle::lock(tx, lab, identifier, now).await?;
    throttle::store(tx, lab, identifier, &backoff.reopened(now)).await
}

/// Nobody failed: it was our fault.
///
/// # Errors
/// The database does not answer.
pub async fn take_back(
    core: &Core,
    lab: &LabId,
    identifier: &BlindIndex,
    attempted_at: Timestamp,
) -> Result<(), StoreFault> {
    let mut tx = core.db.begin().await?;
    let backoff = throttle::lock(&mut tx, lab, identifier, core.now()).await?;
    throttle::store(&mut tx, lab, identifier, &backoff.without_attempt(attempted_at)).await?;
    tx.commit().await
}

/// Whose bucket it is, where the account is known.
///
/// # Errors
/// The stored identifier is none.
pub fn of(core: &Core, lab: &LabId, person: &Person) -> Result<BlindIndex, Fault> {
    let identifier = Identifier::parse(&person.identifier);
    let identifier = identifier.ok_or(Fault::Broken("a stored identifier is none"))?;
    Ok(core.identifier_index(lab, &identifier))
}
