//! Browsers that were sent to a provider, each under a token of its own, sealed.

use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::seal::{Place, Sealer};
use crypto::token::HashedToken;
use domain::provider::Departure;
use kernel::clock::Timestamp;
use kernel::ids::LabId;

const COLUMN: &str = "upstream_departures.departure";

fn place<'a>(lab: &'a LabId, state: &'a HashedToken) -> Place<'a> {
    Place {
        lab,
        column: COLUMN,
        row: state.as_bytes(),
    }
}

#[derive(Debug)]
pub struct NewDeparture<'a> {
    pub state: &'a HashedToken,
    pub browser: &'a HashedToken,
    pub departure: &'a Departure,
    pub expires_at: Timestamp,
}

pub async fn insert(tx: &mut Tx, sealer: &Sealer, lab: &LabId, new: &NewDeparture<'_>) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO upstream_departures (lab_id, state_hash, browser_hash, departure, expires_at) \
         VALUES ($1, $2, $3, $4, $5)";
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(new.departure).map_err(|_| StoreFault::Unreadable(COLUMN))?);
    let sealed = sealer.seal(place(lab, new.state), &plain)?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(new.state.as_bytes()).bind(new.browser.as_bytes()).bind(sealed)
            .bind(new.expires_at.micros()).execute(connection).await?;
    });
    Ok(())
}

/// Takes a departure away, for one answer. None: there is none for this browser, it expired, or another answer was
/// faster.
///
/// # Errors
/// The database does not answer, or the sealed departure does not open.
pub async fn take(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    state: &HashedToken,
    browser: &HashedToken,
    now: Timestamp,
) -> Result<Option<Departure>, StoreFault> {
    const SQL: &str = "DELETE FROM upstream_departures \
         WHERE lab_id = $1 AND state_hash = $2 AND browser_hash = $3 AND expires_at > $4 RETURNING departure";
    let sealed: Option<Vec<u8>> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(state.as_bytes()).bind(browser.as_bytes()).bind(now.micros())
            .fetch_optional(connection).await?
    });
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let plain = sealer.open(place(lab, state), &sealed)?;
    let departure = serde_json::from_slice(&plain).map_err(|_| StoreFault::Unreadable(COLUMN))?;
    Ok(Some(departure))
}

pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query("DELETE FROM upstream_departures WHERE expires_at <= $1")
            .bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}
