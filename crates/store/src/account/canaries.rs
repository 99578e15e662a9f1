//! Accounts that exist only to be leaked.

use crate::db::on_both;
use crate::{StoreFault, Tx};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

pub async fn insert(tx: &mut Tx, lab: &LabId, account: AccountId, now: Timestamp) -> Result<(), StoreFault> {
    on_both!(tx, connection => {
        sqlx::query("INSERT INTO canaries (lab_id, account_id, made_at) VALUES ($1, $2, $3)")
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(now.micros()).execute(connection).await?;
    });
    Ok(())
}

/// There was an attempt on this account. False if it is not a canary.
pub async fn touch(tx: &mut Tx, lab: &LabId, account: AccountId, now: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE canaries SET touched_at = $3 WHERE lab_id = $1 AND account_id = $2";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}
