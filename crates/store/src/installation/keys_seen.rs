//! What an installation remembers of itself.

use crate::db::on_both;
use crate::{StoreFault, Tx};

const KEYRING_FINGERPRINT: &str = "keyring-fingerprint";
const NEWEST_KEY: &str = "keyring-newest-key";
const RESEALED_WITH: &str = "resealed-with";

pub async fn keyring_fingerprint(tx: &mut Tx) -> Result<Option<String>, StoreFault> {
    value(tx, KEYRING_FINGERPRINT).await
}

/// Binds a database that has no keyring yet to this one. False: it was bound meanwhile.
pub async fn adopt_keyring(tx: &mut Tx, fingerprint: &str) -> Result<bool, StoreFault> {
    const SQL: &str = "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    let added = on_both!(tx, connection => {
        sqlx::query(SQL).bind(KEYRING_FINGERPRINT).bind(fingerprint).execute(connection).await?.rows_affected()
    });
    Ok(added == 1)
}

/// Name of the newest key that a server has started with.
pub async fn newest_key(tx: &mut Tx) -> Result<Option<String>, StoreFault> {
    value(tx, NEWEST_KEY).await
}

pub async fn set_newest_key(tx: &mut Tx, key: &str) -> Result<(), StoreFault> {
    set(tx, NEWEST_KEY, key).await
}

/// Name of the key that sealed every value, as of the last complete walk.
pub async fn resealed_with(tx: &mut Tx) -> Result<Option<String>, StoreFault> {
    value(tx, RESEALED_WITH).await
}

pub async fn set_resealed_with(tx: &mut Tx, key: &str) -> Result<(), StoreFault> {
    set(tx, RESEALED_WITH, key).await
}

/// Writes something that means nothing, for a transaction that is then dropped: does writing work?
///
/// # Errors
/// It does not.
pub async fn probe_write(tx: &mut Tx) -> Result<(), StoreFault> {
    set(tx, "probe", "").await
}

/// How many accounts there are, of all labs.
pub async fn count_accounts(tx: &mut Tx) -> Result<i64, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar("SELECT COUNT(*) FROM accounts").fetch_one(connection).await?
    }))
}

async fn value(tx: &mut Tx, name: &str) -> Result<Option<String>, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar("SELECT value FROM installation WHERE name = $1").bind(name).fetch_optional(connection).await?
    }))
}

async fn set(tx: &mut Tx, name: &str, value: &str) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO installation (name, value) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    on_both!(tx, connection => {
        sqlx::query(SQL).bind(name).bind(value).execute(connection).await?;
    });
    Ok(())
}
