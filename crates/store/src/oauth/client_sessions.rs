//! Which client knows of which session, and by which name. The end of a session is noticed only here, so however
//! it ended, its clients are told (OpenID Connect Back-Channel Logout).

use std::time::Duration;

use crate::columns::{id, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, ClientId, LabId, SessionId};

/// How long a client that does not answer keeps being told.
const TOLD_WITHIN: Duration = Duration::from_secs(48 * 3600);

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

/// Once for a client and session, however often it asks: the name that the client knows it by, perhaps from before.
/// `is_told`: it has an address to be told at.
pub async fn put(
    tx: &mut Tx,
    new: &ClientSession,
    is_told: bool,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<String, StoreFault> {
    const KNOWN: &str = "SELECT sid FROM client_sessions WHERE lab_id = $1 AND session_id = $2 AND client_id = $3";
    const SQL: &str = "INSERT INTO client_sessions (lab_id, session_id, client_id, sid, subject, state, attempts, due_at, \
         expires_at) VALUES ($1, $2, $3, $4, $5, $8, 0, $6, $7) ON CONFLICT DO NOTHING";
    let state = if is_told { "open" } else { "silent" };
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(new.lab.as_str()).bind(new.session.as_bytes().as_slice()).bind(new.client.as_str())
            .bind(new.sid.as_str()).bind(new.subject.as_str()).bind(now.micros()).bind(expires_at.micros())
            .bind(state)
            .execute(connection).await?;
    });
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar(KNOWN)
            .bind(new.lab.as_str()).bind(new.session.as_bytes().as_slice()).bind(new.client.as_str())
            .fetch_one(connection).await?
    }))
}

/// The session that a client calls by this name, and whose it is; whether it is over is not said.
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

/// The clients of a session continue with the one that takes its place, under the names that they know.
pub async fn hand_on(
    tx: &mut Tx,
    lab: &LabId,
    before: SessionId,
    after: SessionId,
    expires_at: Timestamp,
) -> Result<(), StoreFault> {
    const CLIENTS: &str = "UPDATE client_sessions SET session_id = $3, expires_at = $4 \
         WHERE lab_id = $1 AND session_id = $2 AND state IN ('open', 'silent')";
    const GRANTS: &str = "UPDATE oauth_grants SET session_id = $3 WHERE lab_id = $1 AND session_id = $2";
    on_both!(tx, connection => {
        sqlx::query(CLIENTS)
            .bind(lab.as_str()).bind(before.as_bytes().as_slice()).bind(after.as_bytes().as_slice())
            .bind(expires_at.micros())
            .execute(&mut *connection).await?;
        sqlx::query(GRANTS)
            .bind(lab.as_str()).bind(before.as_bytes().as_slice()).bind(after.as_bytes().as_slice())
            .execute(connection).await?;
    });
    Ok(())
}

/// Marks as due, for two days, the sessions ended since then whose clients are waiting to be told. Clients that cannot
/// be told have none that wait.
pub async fn mark_due(tx: &mut Tx, ended_since: Timestamp, now: Timestamp) -> Result<u64, StoreFault> {
    const SQL: &str = "UPDATE client_sessions SET state = 'due', due_at = $2, expires_at = $3 WHERE state = 'open' \
         AND (lab_id, session_id) IN (SELECT lab_id, session_id FROM sessions WHERE ended_at >= $1)";
    Ok(on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(ended_since.micros()).bind(now.micros()).bind(now.plus(TOLD_WITHIN).micros())
            .execute(connection).await?.rows_affected()
    }))
}

/// Whether [`mark_due`] has anything to do.
pub async fn have_ended(tx: &mut Tx, since: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM sessions s JOIN client_sessions c ON c.lab_id = s.lab_id \
         AND c.session_id = s.session_id WHERE s.ended_at >= $1 AND c.state = 'open' LIMIT 1) AS found";
    let count: i64 = on_both!(tx, connection => {
        sqlx::query_scalar(SQL).bind(since.micros()).fetch_one(connection).await?
    });
    Ok(count > 0)
}

/// Clients that have something to be told now.
pub async fn find_due_clients(tx: &mut Tx, now: Timestamp) -> Result<Vec<(LabId, ClientId)>, StoreFault> {
    const SQL: &str = "SELECT DISTINCT lab_id, client_id FROM client_sessions WHERE state = 'due' AND due_at <= $1";
    let rows: Vec<(String, String)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(now.micros()).fetch_all(connection).await?
    });
    let read = |(lab, client): (String, String)| {
        Ok((
            word(&lab, "client_sessions.lab_id")?,
            word(&client, "client_sessions.client_id")?,
        ))
    };
    rows.into_iter().map(read).collect()
}

/// What one client is to be told now, oldest first.
pub async fn find_due(
    tx: &mut Tx,
    lab: &LabId,
    client: &ClientId,
    now: Timestamp,
) -> Result<Vec<ClientSession>, StoreFault> {
    const SQL: &str = "SELECT session_id, sid, subject, attempts FROM client_sessions \
         WHERE state = 'due' AND lab_id = $1 AND client_id = $2 AND due_at <= $3 ORDER BY due_at LIMIT 100";
    type Columns = (Vec<u8>, String, String, i64);
    let rows: Vec<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(client.as_str()).bind(now.micros()).fetch_all(connection).await?
    });
    let read = |(session, sid, subject, attempts): Columns| {
        Ok(ClientSession {
            lab: lab.clone(),
            session: id(&session, "client_sessions.session_id")?,
            client: client.clone(),
            sid,
            subject,
            attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        })
    };
    rows.into_iter().map(read).collect()
}

/// A client does not answer: that counts as an attempt for everything that it was to be told.
pub async fn put_off(
    tx: &mut Tx,
    lab: &LabId,
    client: &ClientId,
    now: Timestamp,
    until: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE client_sessions SET attempts = attempts + 1, due_at = $4 \
         WHERE state = 'due' AND lab_id = $1 AND client_id = $2 AND due_at <= $3";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(client.as_str()).bind(now.micros()).bind(until.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// Takes one, for this caller alone to tell: it is due again at `again` if nothing is recorded by then. False: another
/// server was faster.
pub async fn claim(tx: &mut Tx, session: &ClientSession, now: Timestamp, again: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE client_sessions SET attempts = attempts + 1, due_at = $5 WHERE lab_id = $1 \
         AND session_id = $2 AND client_id = $3 AND state = 'due' AND due_at <= $4";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(session.lab.as_str()).bind(session.session.as_bytes().as_slice()).bind(session.client.as_str())
            .bind(now.micros()).bind(again.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// How telling ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Told,
    Again(Timestamp),
    GivenUp,
}

pub async fn record(tx: &mut Tx, session: &ClientSession, outcome: Outcome) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE client_sessions SET state = $4, due_at = CASE WHEN $5 > 0 THEN $5 ELSE due_at END \
         WHERE lab_id = $1 AND session_id = $2 AND client_id = $3 AND state = 'due'";
    let (state, due_at) = match outcome {
        Outcome::Told => ("told", 0),
        Outcome::Again(at) => ("due", at.micros()),
        Outcome::GivenUp => ("given-up", 0),
    };
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(session.lab.as_str()).bind(session.session.as_bytes().as_slice()).bind(session.client.as_str())
            .bind(state).bind(due_at)
            .execute(connection).await?;
    });
    Ok(())
}

pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query("DELETE FROM client_sessions WHERE expires_at <= $1")
            .bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}
