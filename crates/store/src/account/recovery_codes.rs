//! Recovery codes, as MACs; each works once.

use crate::account::locked::LockedAccount;
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::human_code::{CodeKind, HumanCode};
use crypto::keyring::Keyring;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

/// A right recovery code allows this many attempts at the password.
const TRIES_PER_CODE: i64 = 3;

/// Replaces all earlier codes with these.
pub async fn replace(holder: &mut LockedAccount<'_>, keyring: &Keyring, codes: &[HumanCode]) -> Result<(), StoreFault> {
    let (lab, account) = (holder.lab().clone(), holder.id());
    let tx = holder.tx();
    on_both!(&mut *tx, connection => {
        sqlx::query("DELETE FROM recovery_codes WHERE lab_id = $1 AND account_id = $2")
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).execute(connection).await?;
    });
    const SQL: &str = "INSERT INTO recovery_codes (lab_id, account_id, code_mac, tried_times) VALUES ($1, $2, $3, 0)";
    for code in codes {
        let mac = code.mac(keyring, &lab, CodeKind::Recovery);
        on_both!(&mut *tx, connection => {
            sqlx::query(SQL)
                .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(mac.as_slice())
                .execute(connection).await?;
        });
    }
    Ok(())
}

/// The stored MAC of a code that may still be used.
pub async fn lookup(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    mac: &[u8; 32],
) -> Result<Option<Vec<u8>>, StoreFault> {
    const SQL: &str = "SELECT code_mac FROM recovery_codes WHERE lab_id = $1 AND account_id = $2 AND code_mac = $3 \
         AND consumed_at IS NULL AND tried_times < $4";
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(mac.as_slice()).bind(TRIES_PER_CODE)
            .fetch_optional(connection).await?
    }))
}

/// Takes one of the attempts that a right code is good for and returns the stored MAC. None: no such code, or used up.
pub async fn try_code(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    mac: &[u8; 32],
) -> Result<Option<Vec<u8>>, StoreFault> {
    const SQL: &str = "UPDATE recovery_codes SET tried_times = tried_times + 1 WHERE lab_id = $1 AND account_id = $2 \
         AND code_mac = $3 AND consumed_at IS NULL AND tried_times < $4 RETURNING code_mac";
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(mac.as_slice()).bind(TRIES_PER_CODE)
            .fetch_optional(connection).await?
    }))
}

/// Uses a code up. False: another sign-in was faster.
pub async fn consume(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    mac: &[u8; 32],
    now: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE recovery_codes SET consumed_at = $4 \
         WHERE lab_id = $1 AND account_id = $2 AND code_mac = $3 AND consumed_at IS NULL";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(mac.as_slice()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

pub async fn count_left(tx: &mut Tx, lab: &LabId, account: AccountId) -> Result<i64, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM recovery_codes \
         WHERE lab_id = $1 AND account_id = $2 AND consumed_at IS NULL AND tried_times < $3";
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(TRIES_PER_CODE)
            .fetch_one(connection).await?
    }))
}
