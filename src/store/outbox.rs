//! What is to be told, each thing once.

use super::db::on_both;
use super::{StoreFault, Tx};
use crate::domain::leak::LeakId;
use crate::kernel::clock::Timestamp;
use crate::kernel::ids::LabId;

/// What was not sent yet is not sent any more.
///
/// # Errors
/// The database does not answer.
pub async fn cancel(tx: &mut Tx, lab: &LabId, leak: LeakId, now: Timestamp) -> Result<u64, StoreFault> {
    const SQL: &str = "UPDATE outbox SET state = 'cancelled', changed_at = $3 \
         WHERE lab_id = $1 AND leak_id = $2 AND state = 'due'";
    Ok(on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(leak.number()).bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}
