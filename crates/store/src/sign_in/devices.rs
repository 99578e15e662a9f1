//! Trusted devices: by token and account, each with its own back-off.

use crate::account::locked::LockedAccount;
use crate::columns::id;
use crate::db::on_both;
use crate::sign_in::throttle;
use crate::{StoreFault, Tx};
use crypto::blind_index::BlindIndex;
use crypto::token::HashedToken;
use domain::backoff::Backoff;
use domain::device::Device;
use domain::ending::KeyId;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, DeviceId, LabId};

/// Of those used since `$3`, none that a list has ended: for an account on it, only devices used since are trusted.
macro_rules! trusted {
    ($begin:literal, $end:literal) => {
        concat!(
            $begin,
            " AND last_used_at >= $3 AND NOT EXISTS (SELECT 1 FROM leaks l \
             JOIN accounts a ON a.lab_id = l.lab_id AND a.account_id = devices.account_id \
             JOIN leak_accounts x ON x.lab_id = l.lab_id AND x.leak_id = l.leak_id \
             AND x.identifier_index = a.identifier_index \
             WHERE l.lab_id = devices.lab_id AND (l.state = 'applied' OR l.state = 'closed') \
             AND l.effective_at >= devices.last_used_at AND x.effect <> 'tell')",
            $end
        )
    };
}

/// The device that this browser is for the holder of this identifier, and its back-off. Other attempts from it wait
/// until this transaction ends.
pub async fn lock(
    tx: &mut Tx,
    lab: &LabId,
    identifier: &BlindIndex,
    token: &HashedToken,
    used_since: Timestamp,
) -> Result<Option<(DeviceId, Backoff)>, StoreFault> {
    const SQL: &str = trusted!(
        "UPDATE devices SET description = description WHERE lab_id = $1 AND token_hash = $2 \
         AND account_id = (SELECT account_id FROM accounts \
         WHERE lab_id = $1 AND identifier_index = $4 AND state = 'active')",
        " RETURNING device_id, backoff"
    );
    let row: Option<(Vec<u8>, String)> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(token.as_bytes()).bind(used_since.micros()).bind(identifier.as_bytes())
            .fetch_optional(connection).await?
    });
    let Some((device, backoff)) = row else { return Ok(None) };
    Ok(Some((
        id(&device, "devices.device_id")?,
        throttle::from_text(&backoff, "devices.backoff")?,
    )))
}

pub async fn set_backoff(tx: &mut Tx, lab: &LabId, device: DeviceId, backoff: &Backoff) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE devices SET backoff = $3 WHERE lab_id = $1 AND device_id = $2";
    let backoff = throttle::to_text(backoff)?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(device.as_bytes().as_slice()).bind(backoff).execute(connection).await?;
    });
    Ok(())
}

pub async fn lookup_backoff(tx: &mut Tx, lab: &LabId, device: DeviceId) -> Result<Option<Backoff>, StoreFault> {
    const SQL: &str =
        "UPDATE devices SET description = description WHERE lab_id = $1 AND device_id = $2 RETURNING backoff";
    let text: Option<String> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(device.as_bytes().as_slice()).fetch_optional(connection).await?
    });
    text.map(|text| throttle::from_text(&text, "devices.backoff"))
        .transpose()
}

/// The browser has a new token, for every account that it is trusted by.
pub async fn renew(tx: &mut Tx, lab: &LabId, old: &HashedToken, new: &HashedToken) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE devices SET token_hash = $3 WHERE lab_id = $1 AND token_hash = $2";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(old.as_bytes()).bind(new.as_bytes()).execute(connection).await?;
    });
    Ok(())
}

/// `key`: what was shown in it. True: it was not trusted by this account before.
pub async fn trust(
    holder: &mut LockedAccount<'_>,
    token: &HashedToken,
    key: Option<KeyId>,
    device: &Device,
) -> Result<bool, StoreFault> {
    const USED: &str = "UPDATE devices SET description = $4, last_used_at = $5, key_id = $6 \
         WHERE lab_id = $1 AND token_hash = $2 AND account_id = $3";
    const NEW: &str = "INSERT INTO devices (lab_id, device_id, token_hash, account_id, description, backoff, \
         trusted_at, last_used_at, key_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let (lab, account) = (holder.lab().clone(), holder.id());
    let key = key.map(|key| key.as_bytes().to_vec());
    let used = on_both!(holder.tx(), connection => {
        sqlx::query(USED)
            .bind(lab.as_str()).bind(token.as_bytes()).bind(account.as_bytes().as_slice())
            .bind(&device.description).bind(device.last_used_at.micros()).bind(key.as_deref())
            .execute(connection).await?.rows_affected()
    });
    if used > 0 {
        return Ok(false);
    }
    let backoff = throttle::to_text(&Backoff::default())?;
    on_both!(holder.tx(), connection => {
        sqlx::query(NEW)
            .bind(lab.as_str()).bind(device.id.as_bytes().as_slice()).bind(token.as_bytes())
            .bind(account.as_bytes().as_slice()).bind(&device.description).bind(backoff)
            .bind(device.trusted_at.micros()).bind(device.last_used_at.micros()).bind(key.as_deref())
            .execute(connection).await?;
    });
    Ok(true)
}

type Columns = (Vec<u8>, String, i64, i64, Vec<u8>);

/// Of an account, the one used last first.
pub async fn find(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    used_since: Timestamp,
) -> Result<Vec<(Device, Vec<u8>)>, StoreFault> {
    const SQL: &str = trusted!(
        "SELECT device_id, description, trusted_at, last_used_at, token_hash FROM devices \
         WHERE lab_id = $1 AND account_id = $2",
        " ORDER BY last_used_at DESC, device_id"
    );
    let rows: Vec<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(used_since.micros())
            .fetch_all(connection).await?
    });
    let device = |(device_id, description, trusted_at, last_used_at, token): Columns| {
        let device = Device {
            id: id(&device_id, "devices.device_id")?,
            description,
            trusted_at: Timestamp::from_micros(trusted_at),
            last_used_at: Timestamp::from_micros(last_used_at),
        };
        Ok((device, token))
    };
    rows.into_iter().map(device).collect()
}

/// True: it was there.
pub async fn forget(tx: &mut Tx, lab: &LabId, account: AccountId, device: DeviceId) -> Result<bool, StoreFault> {
    const SQL: &str = "DELETE FROM devices WHERE lab_id = $1 AND account_id = $2 AND device_id = $3";
    let forgotten = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(device.as_bytes().as_slice())
            .execute(connection).await?.rows_affected()
    });
    Ok(forgotten > 0)
}

/// It failed too often: the next attempt from there is a stranger's.
pub async fn distrust(tx: &mut Tx, lab: &LabId, device: DeviceId) -> Result<(), StoreFault> {
    const SQL: &str = "DELETE FROM devices WHERE lab_id = $1 AND device_id = $2";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(device.as_bytes().as_slice()).execute(connection).await?;
    });
    Ok(())
}

pub async fn delete_unused(tx: &mut Tx, since: Timestamp) -> Result<u64, StoreFault> {
    const SQL: &str = "DELETE FROM devices WHERE last_used_at < $1";
    Ok(on_both!(tx, connection => {
        sqlx::query(SQL).bind(since.micros()).execute(connection).await?.rows_affected()
    }))
}
