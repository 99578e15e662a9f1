//! Sessions of the portal, and the site sessions that hang on them.

use crate::account::locked::LockedAccount;
use crate::columns::{id, moment, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::token::HashedToken;
use domain::session::{NewSession, Session};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId, SessionId, SiteId};

/// Takes only what an authentication opened.
pub async fn insert(holder: &mut LockedAccount<'_>, token: &HashedToken, new: &NewSession) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO sessions (lab_id, session_id, token_hash, account_id, means, device, \
         authenticated_at, last_used_at, expires_at, key_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let (session, lab) = (new.session(), holder.lab().clone());
    let key = new.key().map(|key| key.as_bytes().to_vec());
    on_both!(holder.tx(), connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(session.id.as_bytes().as_slice()).bind(token.as_bytes())
            .bind(session.account.as_bytes().as_slice()).bind(session.means.as_str()).bind(session.device.as_str())
            .bind(session.authenticated_at.micros()).bind(session.last_used_at.micros())
            .bind(session.expires_at.micros()).bind(key)
            .execute(connection).await?;
    });
    Ok(())
}

type Columns = (Vec<u8>, Vec<u8>, String, String, i64, i64, i64, Option<i64>);

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT s.session_id, s.account_id, s.means, s.device, s.authenticated_at, s.last_used_at, s.expires_at, \
             s.ended_at FROM sessions s ",
            $rest
        )
    };
}

fn session(row: Columns) -> Result<Session, StoreFault> {
    let (session_id, account, means, device, authenticated_at, last_used_at, expires_at, ended_at) = row;
    Ok(Session {
        id: id(&session_id, "sessions.session_id")?,
        account: id(&account, "sessions.account_id")?,
        means: word(&means, "sessions.means")?,
        device,
        authenticated_at: Timestamp::from_micros(authenticated_at),
        last_used_at: Timestamp::from_micros(last_used_at),
        expires_at: Timestamp::from_micros(expires_at),
        ended_at: moment(ended_at),
    })
}

pub async fn lookup(tx: &mut Tx, lab: &LabId, token: &HashedToken) -> Result<Option<Session>, StoreFault> {
    const SQL: &str = select!("WHERE s.lab_id = $1 AND s.token_hash = $2");
    let row: Option<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(token.as_bytes()).fetch_optional(connection).await?
    });
    row.map(session).transpose()
}

/// The session behind a site's own cookie.
pub async fn lookup_by_site(
    tx: &mut Tx,
    lab: &LabId,
    site: &SiteId,
    token: &HashedToken,
) -> Result<Option<Session>, StoreFault> {
    const SQL: &str = select!(
        "JOIN site_sessions w ON w.lab_id = s.lab_id AND w.session_id = s.session_id \
         WHERE w.lab_id = $1 AND w.token_hash = $2 AND w.site_id = $3"
    );
    let row: Option<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(token.as_bytes()).bind(site.as_str()).fetch_optional(connection).await?
    });
    row.map(session).transpose()
}

/// Sessions of an account that have not been ended, newest first; the caller decides whether they idled out.
pub async fn find_open(tx: &mut Tx, lab: &LabId, account: AccountId) -> Result<Vec<Session>, StoreFault> {
    const SQL: &str =
        select!("WHERE s.lab_id = $1 AND s.account_id = $2 AND s.ended_at IS NULL ORDER BY s.authenticated_at DESC");
    let rows: Vec<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).fetch_all(connection).await?
    });
    rows.into_iter().map(session).collect()
}

pub async fn insert_site_session(
    tx: &mut Tx,
    lab: &LabId,
    site: &SiteId,
    token: &HashedToken,
    session: SessionId,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO site_sessions (lab_id, token_hash, site_id, session_id, created_at) \
         VALUES ($1, $2, $3, $4, $5)";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(token.as_bytes()).bind(site.as_str())
            .bind(session.as_bytes().as_slice()).bind(now.micros())
            .execute(connection).await?;
    });
    Ok(())
}

pub async fn touch(tx: &mut Tx, lab: &LabId, session: SessionId, now: Timestamp) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE sessions SET last_used_at = $3 \
         WHERE lab_id = $1 AND session_id = $2 AND ended_at IS NULL AND last_used_at < $3";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(session.as_bytes().as_slice()).bind(now.micros()).execute(connection).await?;
    });
    Ok(())
}

/// Ends one session of an account. False: it was over already, or belongs to another account.
pub async fn end(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    session: SessionId,
    now: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE sessions SET ended_at = $4 \
         WHERE lab_id = $1 AND account_id = $2 AND session_id = $3 AND ended_at IS NULL";
    let ended = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(session.as_bytes().as_slice())
            .bind(now.micros()).execute(connection).await?.rows_affected()
    });
    Ok(ended == 1)
}

/// Sessions that can never be used again; their site sessions and tickets go with them.
pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}
