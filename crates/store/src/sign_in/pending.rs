//! Sign-ins and enrolments that are not complete, sealed, each under a token of its own.

use crate::account::locked::LockedAccount;
use crate::columns::id;
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::seal::{Place, Sealer};
use crypto::token::HashedToken;
use domain::ending::{Footing, Generation};
use domain::pending::{Pending, VERSION};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId, PendingId};

/// A pending state as it was found.
#[derive(Debug)]
pub struct PendingRow {
    pub id: PendingId,
    pub account: AccountId,
    pub state: Pending,
}

const COLUMN: &str = "pending.state";

fn seal(sealer: &Sealer, lab: &LabId, id: PendingId, state: &Pending) -> Result<Vec<u8>, StoreFault> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(state).map_err(|_| StoreFault::Unreadable(COLUMN))?);
    Ok(sealer.seal(
        Place {
            lab,
            column: COLUMN,
            row: id.as_bytes(),
        },
        &plain,
    )?)
}

#[derive(Debug)]
pub struct NewPending<'a> {
    pub id: PendingId,
    pub token: &'a HashedToken,
    pub state: &'a Pending,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// It rests on what its state came from.
pub async fn insert(holder: &mut LockedAccount<'_>, sealer: &Sealer, new: &NewPending<'_>) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO pending \
         (lab_id, pending_id, token_hash, account_id, version, state, created_at, expires_at, generation, key_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let (lab, account) = (holder.lab().clone(), holder.id());
    let (generation, key) = match new.state.footing(holder.generation()) {
        Footing::Paper => (None, None),
        Footing::Means(generation, key) => (Some(generation.number()), key.map(|key| key.as_bytes().to_vec())),
    };
    let sealed = seal(sealer, &lab, new.id, new.state)?;
    on_both!(holder.tx(), connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(new.id.as_bytes().as_slice()).bind(new.token.as_bytes())
            .bind(account.as_bytes().as_slice()).bind(VERSION).bind(sealed)
            .bind(new.created_at.micros()).bind(new.expires_at.micros()).bind(generation).bind(key)
            .execute(connection).await?;
    });
    Ok(())
}

/// None: no such token, expired, written by another version, or what it came from has ended.
///
/// # Errors
/// The database does not answer, or the sealed state does not open.
pub async fn lookup(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    token: &HashedToken,
    now: Timestamp,
) -> Result<Option<PendingRow>, StoreFault> {
    const SQL: &str = "SELECT p.pending_id, p.account_id, p.state, p.generation, a.generation FROM pending p \
         JOIN accounts a ON a.lab_id = p.lab_id AND a.account_id = p.account_id \
         WHERE p.lab_id = $1 AND p.token_hash = $2 AND p.version = $3 AND p.expires_at > $4";
    type Columns = (Vec<u8>, Vec<u8>, Vec<u8>, Option<i64>, i64);
    let row: Option<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(token.as_bytes()).bind(VERSION).bind(now.micros())
            .fetch_optional(connection).await?
    });
    let Some((pending, account, sealed, began, generation)) = row else {
        return Ok(None);
    };
    if !footing(began).stands(Generation::from_number(generation)) {
        return Ok(None);
    }
    let pending: PendingId = id(&pending, "pending.pending_id")?;
    let plain = sealer.open(
        Place {
            lab,
            column: COLUMN,
            row: pending.as_bytes(),
        },
        &sealed,
    )?;
    let state = serde_json::from_slice(&plain).map_err(|_| StoreFault::Unreadable(COLUMN))?;
    Ok(Some(PendingRow {
        id: pending,
        account: id(&account, "pending.account_id")?,
        state,
    }))
}

/// Moves on to the next stage. False if it ended meanwhile.
pub async fn advance(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    pending: PendingId,
    state: &Pending,
) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE pending SET state = $3 WHERE lab_id = $1 AND pending_id = $2";
    let sealed = seal(sealer, lab, pending, state)?;
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(pending.as_bytes().as_slice()).bind(sealed)
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// Ends a pending state, for it to go on. False: another request was faster, or what it came from has ended.
pub async fn consume(holder: &mut LockedAccount<'_>, pending: PendingId) -> Result<bool, StoreFault> {
    const SQL: &str = "DELETE FROM pending WHERE lab_id = $1 AND pending_id = $2 AND account_id = $3 \
         RETURNING generation";
    let (lab, account, generation) = (holder.lab().clone(), holder.id(), holder.generation());
    let row: Option<(Option<i64>,)> = on_both!(holder.tx(), connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(pending.as_bytes().as_slice()).bind(account.as_bytes().as_slice())
            .fetch_optional(connection).await?
    });
    Ok(row.is_some_and(|(began,)| footing(began).stands(generation)))
}

fn footing(began: Option<i64>) -> Footing {
    began.map_or(Footing::Paper, |began| {
        Footing::Means(Generation::from_number(began), None)
    })
}

pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query("DELETE FROM pending WHERE expires_at <= $1")
            .bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}
