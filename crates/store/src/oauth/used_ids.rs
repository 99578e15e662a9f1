//! What clients may use once: ids of proofs and assertions.

use crate::db::on_both;
use crate::{StoreFault, Tx};
use kernel::clock::Timestamp;
use kernel::ids::LabId;

/// False: it was used before.
pub async fn insert(
    tx: &mut Tx,
    lab: &LabId,
    kind: &'static str,
    digest: &[u8; 32],
    expires_at: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "INSERT INTO used_ids (lab_id, kind, digest, expires_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT DO NOTHING";
    let inserted = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(kind).bind(digest.as_slice()).bind(expires_at.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(inserted == 1)
}

pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query("DELETE FROM used_ids WHERE expires_at <= $1")
            .bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}
