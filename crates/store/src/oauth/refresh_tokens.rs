//! Refresh tokens, and access tokens that were taken back.

use crate::columns::{id, moment};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::token::HashedToken;
use kernel::clock::Timestamp;
use kernel::ids::{GrantId, LabId};

pub async fn insert(
    tx: &mut Tx,
    lab: &LabId,
    token: &HashedToken,
    grant: GrantId,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO refresh_tokens (lab_id, token_hash, grant_id, issued_at) VALUES ($1, $2, $3, $4)";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(token.as_bytes()).bind(grant.as_bytes().as_slice()).bind(now.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// The grant that a refresh token hangs on, and when another one took its place.
pub async fn lookup(
    tx: &mut Tx,
    lab: &LabId,
    token: &HashedToken,
) -> Result<Option<(GrantId, Option<Timestamp>)>, StoreFault> {
    const SQL: &str = "SELECT grant_id, rotated_at FROM refresh_tokens WHERE lab_id = $1 AND token_hash = $2";
    let row: Option<(Vec<u8>, Option<i64>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(token.as_bytes()).fetch_optional(connection).await?
    });
    let Some((grant, rotated_at)) = row else {
        return Ok(None);
    };
    Ok(Some((id(&grant, "refresh_tokens.grant_id")?, moment(rotated_at))))
}

/// Another one takes its place. False: another had taken it.
pub async fn rotate(tx: &mut Tx, lab: &LabId, token: &HashedToken, now: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE refresh_tokens SET rotated_at = $3 \
         WHERE lab_id = $1 AND token_hash = $2 AND rotated_at IS NULL";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(token.as_bytes()).bind(now.micros()).execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// Keeps what is needed to notice that one is used again: those of a grant that were rotated last.
pub async fn delete_rotated_before(
    tx: &mut Tx,
    lab: &LabId,
    grant: GrantId,
    before: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "DELETE FROM refresh_tokens WHERE lab_id = $1 AND grant_id = $2 AND rotated_at < $3";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(grant.as_bytes().as_slice()).bind(before.micros()).execute(connection).await?;
    });
    Ok(())
}

/// Takes an access token back, by its `jti`.
pub async fn revoke_access_token(
    tx: &mut Tx,
    lab: &LabId,
    token_id: &str,
    expires_at: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO revoked_tokens (lab_id, token_id, expires_at) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(token_id).bind(expires_at.micros()).execute(connection).await?;
    });
    Ok(())
}

pub async fn is_revoked(tx: &mut Tx, lab: &LabId, token_id: &str) -> Result<bool, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM revoked_tokens WHERE lab_id = $1 AND token_id = $2";
    let count: i64 = on_both!(tx, connection => {
        sqlx::query_scalar(SQL).bind(lab.as_str()).bind(token_id).fetch_one(connection).await?
    });
    Ok(count > 0)
}

pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query("DELETE FROM revoked_tokens WHERE expires_at <= $1")
            .bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}
