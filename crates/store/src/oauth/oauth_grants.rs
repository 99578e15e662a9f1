//! What persons let clients have, and the codes that lead there.

use crate::account::locked::LockedAccount;
use crate::columns::{id, moment, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::token::HashedToken;
use domain::authorization::{CodeTerms, Grant, Terms};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, ClientId, GrantId, LabId};

const TERMS: &str = "oauth_grants.terms";
const CODE: &str = "authorization_codes.request";

/// It rests on what its session rests on.
pub async fn insert(holder: &mut LockedAccount<'_>, grant: &Grant) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO oauth_grants (lab_id, grant_id, client_id, account_id, session_id, is_offline, terms, \
         created_at, expires_at, key_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
         (SELECT key_id FROM sessions WHERE lab_id = $1 AND session_id = $5))";
    let lab = holder.lab().clone();
    let terms = serde_json::to_string(&grant.terms).map_err(|_| StoreFault::Unreadable(TERMS))?;
    on_both!(holder.tx(), connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(grant.id.as_bytes().as_slice()).bind(grant.client.as_str())
            .bind(grant.account.as_bytes().as_slice()).bind(grant.session.as_bytes().as_slice())
            .bind(i64::from(grant.is_offline)).bind(terms)
            .bind(grant.created_at.micros()).bind(grant.expires_at.micros())
            .execute(connection).await?;
    });
    Ok(())
}

type Columns = (
    Vec<u8>,
    String,
    Vec<u8>,
    Vec<u8>,
    i64,
    String,
    i64,
    i64,
    Option<i64>,
    Option<i64>,
);

/// A grant, and whether its session is over.
#[derive(Clone, Debug)]
pub struct GrantRow {
    pub grant: Grant,
    /// Ended by whatever way, or gone.
    pub session_is_over: bool,
}

pub async fn lookup(tx: &mut Tx, lab: &LabId, grant: GrantId, now: Timestamp) -> Result<Option<GrantRow>, StoreFault> {
    const SQL: &str = "SELECT g.grant_id, g.client_id, g.account_id, g.session_id, g.is_offline, g.terms, g.created_at, \
         g.expires_at, g.ended_at, s.expires_at FROM oauth_grants g LEFT JOIN sessions s ON s.lab_id = g.lab_id \
         AND s.session_id = g.session_id AND s.ended_at IS NULL WHERE g.lab_id = $1 AND g.grant_id = $2";
    let row: Option<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(grant.as_bytes().as_slice()).fetch_optional(connection).await?
    });
    row.map(|row| found(row, now)).transpose()
}

fn found(row: Columns, now: Timestamp) -> Result<GrantRow, StoreFault> {
    let (grant, client, account, session, is_offline, terms, created_at, expires_at, ended_at, session_expires) = row;
    let session_expires = moment(session_expires);
    Ok(GrantRow {
        grant: Grant {
            id: id(&grant, "oauth_grants.grant_id")?,
            client: word(&client, "oauth_grants.client_id")?,
            account: id(&account, "oauth_grants.account_id")?,
            session: id(&session, "oauth_grants.session_id")?,
            is_offline: is_offline != 0,
            terms: serde_json::from_str(&terms).map_err(|_| StoreFault::Unreadable(TERMS))?,
            created_at: Timestamp::from_micros(created_at),
            expires_at: Timestamp::from_micros(expires_at),
            ended_at: moment(ended_at),
        },
        session_is_over: session_expires.is_none_or(|at| at <= now),
    })
}

/// From now on its refresh tokens work only with a proof of possession.
pub async fn bind(tx: &mut Tx, lab: &LabId, grant: &Grant) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE oauth_grants SET terms = $3 WHERE lab_id = $1 AND grant_id = $2";
    let terms = Terms {
        is_bound: true,
        ..grant.terms.clone()
    };
    let terms = serde_json::to_string(&terms).map_err(|_| StoreFault::Unreadable(TERMS))?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(grant.id.as_bytes().as_slice()).bind(terms).execute(connection).await?;
    });
    Ok(())
}

/// Nothing that depends on it works any more. False if it had ended already.
pub async fn end(tx: &mut Tx, lab: &LabId, grant: GrantId, now: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE oauth_grants SET ended_at = $3 WHERE lab_id = $1 AND grant_id = $2 AND ended_at IS NULL";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(grant.as_bytes().as_slice()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// All that an account let one client have.
pub async fn end_of_client(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    client: &ClientId,
    now: Timestamp,
) -> Result<u64, StoreFault> {
    const SQL: &str = "UPDATE oauth_grants SET ended_at = $4 \
         WHERE lab_id = $1 AND account_id = $2 AND client_id = $3 AND ended_at IS NULL";
    Ok(on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(client.as_str()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    }))
}

/// Everything that was granted to a client.
pub async fn end_all_of_client(tx: &mut Tx, lab: &LabId, client: &ClientId, now: Timestamp) -> Result<u64, StoreFault> {
    const SQL: &str = "UPDATE oauth_grants SET ended_at = $3 WHERE lab_id = $1 AND client_id = $2 AND ended_at IS NULL";
    Ok(on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(client.as_str()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    }))
}

pub async fn insert_code(
    tx: &mut Tx,
    lab: &LabId,
    code: &HashedToken,
    grant: GrantId,
    terms: &CodeTerms,
    expires_at: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO authorization_codes (lab_id, code_hash, grant_id, request, expires_at) \
         VALUES ($1, $2, $3, $4, $5)";
    let terms = serde_json::to_string(terms).map_err(|_| StoreFault::Unreadable(CODE))?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(code.as_bytes()).bind(grant.as_bytes().as_slice()).bind(terms)
            .bind(expires_at.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// A code as it was found.
#[derive(Debug)]
pub struct FoundCode {
    pub grant: GrantId,
    pub terms: CodeTerms,
    pub expires_at: Timestamp,
    /// It served already.
    pub is_consumed: bool,
}

pub async fn lookup_code(tx: &mut Tx, lab: &LabId, code: &HashedToken) -> Result<Option<FoundCode>, StoreFault> {
    const SQL: &str = "SELECT grant_id, request, expires_at, consumed_at FROM authorization_codes \
         WHERE lab_id = $1 AND code_hash = $2";
    let row: Option<(Vec<u8>, String, i64, Option<i64>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(code.as_bytes()).fetch_optional(connection).await?
    });
    let Some((grant, terms, expires_at, consumed_at)) = row else {
        return Ok(None);
    };
    Ok(Some(FoundCode {
        grant: id(&grant, "authorization_codes.grant_id")?,
        terms: serde_json::from_str(&terms).map_err(|_| StoreFault::Unreadable(CODE))?,
        expires_at: Timestamp::from_micros(expires_at),
        is_consumed: consumed_at.is_some(),
    }))
}

/// Uses a code up. False: it was used before.
pub async fn consume_code(tx: &mut Tx, lab: &LabId, code: &HashedToken, now: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE authorization_codes SET consumed_at = $3 \
         WHERE lab_id = $1 AND code_hash = $2 AND consumed_at IS NULL";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(code.as_bytes()).bind(now.micros()).execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// Grants that can never work again; their codes and refresh tokens go with them.
pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query("DELETE FROM oauth_grants WHERE expires_at <= $1")
            .bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}
