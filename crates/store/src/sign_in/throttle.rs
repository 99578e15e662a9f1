//! The back-off of each identifier that was tried, whether it exists or not.

use std::time::Duration;

use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::blind_index::BlindIndex;
use domain::backoff::Backoff;
use kernel::clock::Timestamp;
use kernel::ids::LabId;

/// Reads the back-off and keeps other attempts on the same identifier waiting until this transaction ends.
///
/// # Errors
/// The database does not answer, or the stored state cannot be read.
pub async fn lock(tx: &mut Tx, lab: &LabId, identifier: &BlindIndex, now: Timestamp) -> Result<Backoff, StoreFault> {
    const SQL: &str = "INSERT INTO throttle (lab_id, identifier_index, state, updated_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (lab_id, identifier_index) DO UPDATE SET updated_at = excluded.updated_at RETURNING state";
    let fresh = to_text(&Backoff::default())?;
    let state: String = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(identifier.as_bytes()).bind(fresh).bind(now.micros())
            .fetch_one(connection).await?
    });
    from_text(&state, "throttle.state")
}

pub async fn store(tx: &mut Tx, lab: &LabId, identifier: &BlindIndex, backoff: &Backoff) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE throttle SET state = $3 WHERE lab_id = $1 AND identifier_index = $2";
    let state = to_text(backoff)?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(identifier.as_bytes()).bind(state).execute(connection).await?;
    });
    Ok(())
}

/// An account whose means were bound again starts without failures.
pub async fn forget(tx: &mut Tx, lab: &LabId, account: kernel::ids::AccountId) -> Result<(), StoreFault> {
    const SQL: &str = "DELETE FROM throttle WHERE lab_id = $1 AND identifier_index = \
         (SELECT identifier_index FROM accounts WHERE lab_id = $1 AND account_id = $2)";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).execute(connection).await?;
    });
    Ok(())
}

/// Rows of identifiers that exist nowhere and were not tried for `age`.
pub async fn delete_strangers(tx: &mut Tx, age: Duration, now: Timestamp) -> Result<u64, StoreFault> {
    const SQL: &str = "DELETE FROM throttle WHERE updated_at < $1 AND NOT EXISTS (SELECT 1 FROM accounts a \
         WHERE a.lab_id = throttle.lab_id AND a.identifier_index = throttle.identifier_index)";
    Ok(on_both!(tx, connection => {
        sqlx::query(SQL).bind(now.minus(age).micros()).execute(connection).await?.rows_affected()
    }))
}

pub(super) fn from_text(text: &str, column: &'static str) -> Result<Backoff, StoreFault> {
    serde_json::from_str(text).map_err(|_| StoreFault::Unreadable(column))
}

pub(super) fn to_text(backoff: &Backoff) -> Result<String, StoreFault> {
    serde_json::to_string(backoff).map_err(|_| StoreFault::Unreadable("throttle.state"))
}
