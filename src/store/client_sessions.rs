//! Which client knows of which session, under which name. That a session ended is seen here and nowhere else, so however
//! it ended, its clients are told (OpenID Connect Back-Channel Logout).

use super::columns::id;
use super::db::on_both;
use super::{StoreFault, Tx};
use crate::kernel::clock::Timestamp;
use crate::kernel::ids::{AccountId, ClientId, LabId, SessionId};

/// A session as one client knows it.
#[derive(Clone, Debug)]
pub struct ClientSession {
    pub lab: LabId,
    pub session: SessionId,
    pub client: ClientId,
    pub sid: String,
    pub subject: String,
    /// Attempts to tell the client that failed, or are under way.
    pub attempts: u32,
}

/// Once for a client and session, however often it asks.
///
/// # Errors
/// The database does not answer.
pub async fn put(tx: &mut Tx, new: &ClientSession, now: Timestamp, expires_at: Timestamp) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO client_sessions (lab_id, session_id, client_id, sid, subject, state, attempts, due_at, \
         expires_at) VALUES ($1, $2, $3, $4, $5, 'open', 0, $6, $7) ON CONFLICT DO NOTHING";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(new.lab.as_str()).bind(new.session.as_bytes().as_slice()).bind(new.client.as_str())
            .bind(new.sid.as_str()).bind(new.subject.as_str()).bind(now.micros()).bind(expires_at.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// The session that a client calls by this name, and whose it is; whether it is over is not said.
///
/// # Errors
/// The database does not answer, or a stored value cannot be read.
pub async fn lookup(
    tx: &mut Tx,
    lab: &LabId,
    client: &ClientId,
    sid: &str,
) -> Result<Option<(SessionId, AccountId)>, StoreFault> {
    const SQL: &str = "SELECT c.session_id, s.account_id FROM client_sessions c JOIN sessions s ON s.lab_id = c.lab_id \
         AND s.session_id = c.session_id WHERE c.lab_id = $1 AND c.client_id = $2 AND c.sid = $3";
    let row: Option<(Vec<u8>, Vec<u8>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(client.as_str()).bind(sid).fetch_optional(connection).await?
    });
    let Some((session, account)) = row else {
        return Ok(None);
    };
    Ok(Some((
        id(&session, "client_sessions.session_id")?,
        id(&account, "sessions.account_id")?,
    )))
}
