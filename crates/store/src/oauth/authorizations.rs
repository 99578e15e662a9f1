//! Authorization requests under way, sealed, each under a handle of its own.

use std::time::Duration;

use crate::columns::word;
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::seal::{Place, Sealer};
use crypto::token::HashedToken;
use domain::authorization::AuthorizationRequest;
use kernel::clock::Timestamp;
use kernel::ids::{ClientId, LabId};

const COLUMN: &str = "authorizations.request";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Pushed by a client, to be used through a browser later.
    Pushed,
    /// Through a browser.
    Asked,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pushed => "pushed",
            Self::Asked => "asked",
        }
    }
}

/// A request as it was found.
#[derive(Debug)]
pub struct AuthorizationRow {
    pub client: ClientId,
    pub request: AuthorizationRequest,
    pub created_at: Timestamp,
}

/// A request about to be stored.
#[derive(Debug)]
pub struct New<'a> {
    pub handle: &'a HashedToken,
    pub kind: Kind,
    pub client: &'a ClientId,
    pub request: &'a AuthorizationRequest,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

pub async fn insert(tx: &mut Tx, sealer: &Sealer, lab: &LabId, new: &New<'_>) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO authorizations \
         (lab_id, handle_hash, kind, client_id, request, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let plain = serde_json::to_vec(new.request).map_err(|_| StoreFault::Unreadable(COLUMN))?;
    let sealed = sealer.seal(place(lab, new.handle), &plain)?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(new.handle.as_bytes()).bind(new.kind.as_str()).bind(new.client.as_str())
            .bind(sealed).bind(new.created_at.micros()).bind(new.expires_at.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// Binds a request to the first browser that comes with it. False: there is no such request, it expired, or another
/// browser was first.
pub async fn bind(
    tx: &mut Tx,
    lab: &LabId,
    handle: &HashedToken,
    browser: &HashedToken,
    now: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE authorizations SET browser_hash = $3 WHERE lab_id = $1 AND handle_hash = $2 \
         AND kind = 'asked' AND expires_at > $4 AND (browser_hash IS NULL OR browser_hash = $3)";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(handle.as_bytes()).bind(browser.as_bytes()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// Only the browser through which a request was made can find it.
///
/// # Errors
/// The database does not answer, or the sealed request does not open.
pub async fn lookup_asked(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    handle: &HashedToken,
    browser: &HashedToken,
    now: Timestamp,
) -> Result<Option<AuthorizationRow>, StoreFault> {
    const SQL: &str = "SELECT client_id, request, created_at FROM authorizations WHERE lab_id = $1 \
         AND handle_hash = $2 AND kind = 'asked' AND browser_hash = $3 AND expires_at > $4";
    let row: Option<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(handle.as_bytes()).bind(browser.as_bytes()).bind(now.micros())
            .fetch_optional(connection).await?
    });
    row.map(|row| found(sealer, lab, handle, row)).transpose()
}

/// # Errors
/// The database does not answer, or the sealed request does not open.
pub async fn lookup_pushed(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    handle: &HashedToken,
    now: Timestamp,
) -> Result<Option<AuthorizationRow>, StoreFault> {
    const SQL: &str = "SELECT client_id, request, created_at FROM authorizations \
         WHERE lab_id = $1 AND handle_hash = $2 AND kind = 'pushed' AND expires_at > $3";
    let row: Option<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(handle.as_bytes()).bind(now.micros()).fetch_optional(connection).await?
    });
    row.map(|row| found(sealer, lab, handle, row)).transpose()
}

/// Uses a request up. False: another was faster.
pub async fn consume(tx: &mut Tx, lab: &LabId, handle: &[u8]) -> Result<bool, StoreFault> {
    const SQL: &str = "DELETE FROM authorizations WHERE lab_id = $1 AND handle_hash = $2";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL).bind(lab.as_str()).bind(handle).execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// A pushed one is used up with what a browser asked by it, so it is kept until no such request can be left: so long
/// after its own end.
pub async fn delete_expired(tx: &mut Tx, now: Timestamp, asked_lasts: Duration) -> Result<u64, StoreFault> {
    const SQL: &str = "DELETE FROM authorizations WHERE expires_at <= $2 OR (expires_at <= $1 AND kind = 'asked')";
    Ok(on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(now.micros()).bind(now.minus(asked_lasts).micros())
            .execute(connection).await?.rows_affected()
    }))
}

type Columns = (String, Vec<u8>, i64);

fn found(sealer: &Sealer, lab: &LabId, handle: &HashedToken, row: Columns) -> Result<AuthorizationRow, StoreFault> {
    let (client, sealed, created_at) = row;
    let plain = sealer.open(place(lab, handle), &sealed)?;
    Ok(AuthorizationRow {
        client: word(&client, "authorizations.client_id")?,
        request: serde_json::from_slice(&plain).map_err(|_| StoreFault::Unreadable(COLUMN))?,
        created_at: Timestamp::from_micros(created_at),
    })
}

fn place<'a>(lab: &'a LabId, handle: &'a HashedToken) -> Place<'a> {
    Place {
        lab,
        column: COLUMN,
        row: handle.as_bytes(),
    }
}
