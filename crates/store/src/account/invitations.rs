//! Links that were mailed, as digests; each begins one enrolment.

use crate::columns::id;
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::token::HashedToken;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

#[derive(Debug)]
pub struct NewInvitation<'a> {
    pub token: &'a HashedToken,
    pub issued_by: &'a str,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Issues a link; the account's earlier ones end.
pub async fn issue(tx: &mut Tx, lab: &LabId, account: AccountId, new: &NewInvitation<'_>) -> Result<(), StoreFault> {
    const INSERT: &str = "INSERT INTO invitations (lab_id, token_hash, account_id, issued_by, issued_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6)";
    end_all(tx, lab, account, new.issued_at).await?;
    on_both!(tx, connection => {
        sqlx::query(INSERT)
            .bind(lab.as_str()).bind(new.token.as_bytes()).bind(account.as_bytes().as_slice())
            .bind(new.issued_by).bind(new.issued_at.micros()).bind(new.expires_at.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// No link of the account works any more.
pub async fn end_all(tx: &mut Tx, lab: &LabId, account: AccountId, now: Timestamp) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE invitations SET ended_at = $3 WHERE lab_id = $1 AND account_id = $2 AND ended_at IS NULL";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(now.micros()).execute(connection).await?;
    });
    Ok(())
}

/// None: no such link, expired, or used.
pub async fn lookup(
    tx: &mut Tx,
    lab: &LabId,
    token: &HashedToken,
    now: Timestamp,
) -> Result<Option<AccountId>, StoreFault> {
    const SQL: &str = "SELECT account_id FROM invitations \
         WHERE lab_id = $1 AND token_hash = $2 AND ended_at IS NULL AND expires_at > $3";
    let account: Option<Vec<u8>> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(token.as_bytes()).bind(now.micros()).fetch_optional(connection).await?
    });
    account
        .map(|account| id(&account, "invitations.account_id"))
        .transpose()
}

/// Uses a link up. False: expired meanwhile, or used by a faster enrolment.
pub async fn consume(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    token: &[u8],
    now: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE invitations SET ended_at = $4 WHERE lab_id = $1 AND account_id = $2 \
         AND token_hash = $3 AND ended_at IS NULL AND expires_at > $4";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(token).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// Accounts with ids after this one that could use a link: they wait, the password of their LIS is here, and no list
/// that was not undone has their identifier.
pub async fn find_who_may_be_invited(
    tx: &mut Tx,
    lab: &LabId,
    after: AccountId,
    most: i64,
) -> Result<Vec<AccountId>, StoreFault> {
    const SQL: &str = "SELECT a.account_id FROM legacy_passwords p \
         JOIN accounts a ON a.lab_id = p.lab_id AND a.account_id = p.account_id \
         WHERE p.lab_id = $1 AND p.account_id > $2 AND a.state = 'waiting' AND NOT EXISTS (\
         SELECT 1 FROM leaks l JOIN leak_entries e ON e.lab_id = l.lab_id AND e.leak_id = l.leak_id \
         WHERE l.lab_id = a.lab_id AND l.state <> 'undone' AND e.identifier_index = a.identifier_index) \
         ORDER BY p.account_id LIMIT $3";
    let rows: Vec<Vec<u8>> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(after.as_bytes().as_slice()).bind(most).fetch_all(connection).await?
    });
    rows.iter().map(|account| id(account, "accounts.account_id")).collect()
}
