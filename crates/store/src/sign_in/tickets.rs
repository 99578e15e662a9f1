//! Hand-over tickets: they carry a sign-in from the portal to a site, once, for the browser that asked.

use crate::columns::id;
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::token::HashedToken;
use kernel::clock::Timestamp;
use kernel::ids::{LabId, SessionId, SiteId};

#[derive(Debug)]
pub struct NewTicket<'a> {
    pub ticket: &'a HashedToken,
    pub site: &'a SiteId,
    pub browser: &'a [u8],
    pub session: SessionId,
    pub expires_at: Timestamp,
}

pub async fn insert(tx: &mut Tx, lab: &LabId, new: &NewTicket<'_>) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO tickets (lab_id, ticket_hash, site_id, browser_hash, session_id, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6)";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(new.ticket.as_bytes()).bind(new.site.as_str()).bind(new.browser)
            .bind(new.session.as_bytes().as_slice()).bind(new.expires_at.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// Uses a ticket up. None: no such ticket, used, expired, of another site or another browser.
pub async fn consume(
    tx: &mut Tx,
    lab: &LabId,
    ticket: &HashedToken,
    site: &SiteId,
    browser: &HashedToken,
    now: Timestamp,
) -> Result<Option<SessionId>, StoreFault> {
    const SQL: &str = "UPDATE tickets SET consumed_at = $5 WHERE lab_id = $1 AND ticket_hash = $2 AND site_id = $3 \
         AND browser_hash = $4 AND consumed_at IS NULL AND expires_at > $5 RETURNING session_id";
    let session: Option<Vec<u8>> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(ticket.as_bytes()).bind(site.as_str()).bind(browser.as_bytes())
            .bind(now.micros()).fetch_optional(connection).await?
    });
    session.map(|session| id(&session, "tickets.session_id")).transpose()
}

pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query("DELETE FROM tickets WHERE expires_at <= $1")
            .bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}
