//! Password hashes.

use std::time::Duration;

use crate::account::locked::LockedAccount;
use crate::columns::moment;
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::password_hash::HashedPassword;
use domain::ending::Change;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

/// What rested on the one before ends.
pub async fn set(holder: &mut LockedAccount<'_>, hash: &HashedPassword, now: Timestamp) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO passwords (lab_id, account_id, hash, set_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (lab_id, account_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at";
    holder.end(Change::PasswordReplaced, now).await?;
    let (lab, account) = (holder.lab().clone(), holder.id());
    on_both!(holder.tx(), connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(hash.as_str()).bind(now.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// Stores a dearer hash of the same password. False if the password was changed meanwhile: the newer one stays.
pub async fn replace_hash(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    old: &HashedPassword,
    new: &HashedPassword,
) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE passwords SET hash = $4 WHERE lab_id = $1 AND account_id = $2 AND hash = $3";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(old.as_str()).bind(new.as_str())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// # Errors
/// The database does not answer, or the stored hash cannot be read.
pub async fn lookup(tx: &mut Tx, lab: &LabId, account: AccountId) -> Result<Option<HashedPassword>, StoreFault> {
    const SQL: &str = "SELECT hash FROM passwords WHERE lab_id = $1 AND account_id = $2";
    let hash: Option<String> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).fetch_optional(connection).await?
    });
    hash.map(HashedPassword::restore)
        .transpose()
        .map_err(|_| StoreFault::Unreadable("passwords.hash"))
}

pub async fn lookup_age(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    now: Timestamp,
) -> Result<Option<Duration>, StoreFault> {
    const SQL: &str = "SELECT set_at FROM passwords WHERE lab_id = $1 AND account_id = $2";
    let set_at: Option<i64> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).fetch_optional(connection).await?
    });
    Ok(moment(set_at).map(|set_at| now.since(set_at)))
}
