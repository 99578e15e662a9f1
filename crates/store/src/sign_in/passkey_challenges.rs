//! Passkey sign-ins in progress, sealed: not yet tied to an account, but bound to a browser.

use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::passkey::Challenge;
use crypto::seal::{Place, Sealer};
use crypto::token::HashedToken;
use kernel::clock::Timestamp;
use kernel::ids::{ChallengeId, LabId};

const COLUMN: &str = "passkey_challenges.state";

fn place<'a>(lab: &'a LabId, row: &'a ChallengeId) -> Place<'a> {
    Place {
        lab,
        column: COLUMN,
        row: row.as_bytes(),
    }
}

#[derive(Debug)]
pub struct NewChallenge<'a> {
    pub id: ChallengeId,
    pub browser: &'a HashedToken,
    pub challenge: &'a Challenge,
    pub expires_at: Timestamp,
}

pub async fn insert(tx: &mut Tx, sealer: &Sealer, lab: &LabId, new: &NewChallenge<'_>) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO passkey_challenges (lab_id, challenge_id, browser_hash, state, expires_at) \
         VALUES ($1, $2, $3, $4, $5)";
    let plain = serde_json::to_vec(new.challenge).map_err(|_| StoreFault::Unreadable(COLUMN))?;
    let sealed = sealer.seal(place(lab, &new.id), &plain)?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(new.id.as_bytes().as_slice()).bind(new.browser.as_bytes()).bind(sealed)
            .bind(new.expires_at.micros()).execute(connection).await?;
    });
    Ok(())
}

/// Takes a challenge away, for one answer. None: there is none for this browser, it expired, or another answer was
/// faster.
///
/// # Errors
/// The database does not answer, or the sealed state does not open.
pub async fn take(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    id: ChallengeId,
    browser: &HashedToken,
    now: Timestamp,
) -> Result<Option<Challenge>, StoreFault> {
    const SQL: &str = "DELETE FROM passkey_challenges \
         WHERE lab_id = $1 AND challenge_id = $2 AND browser_hash = $3 AND expires_at > $4 RETURNING state";
    let sealed: Option<Vec<u8>> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(id.as_bytes().as_slice()).bind(browser.as_bytes()).bind(now.micros())
            .fetch_optional(connection).await?
    });
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let plain = sealer.open(place(lab, &id), &sealed)?;
    let challenge = serde_json::from_slice(&plain).map_err(|_| StoreFault::Unreadable(COLUMN))?;
    Ok(Some(challenge))
}

pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query("DELETE FROM passkey_challenges WHERE expires_at <= $1")
            .bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}
