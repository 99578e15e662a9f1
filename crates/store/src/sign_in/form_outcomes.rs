//! What a form that uses something up was answered, for the second click of a double click.

use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::seal::{Place, Sealer};
use kernel::clock::Timestamp;
use kernel::ids::{LabId, SendingId};
use zeroize::Zeroizing;

const COLUMN: &str = "form_outcomes.outcome";

/// A form as one browser sent it.
#[derive(Clone, Copy, Debug)]
pub struct SentForm<'a> {
    pub lab: &'a LabId,
    pub index: &'a [u8; 32],
}

impl SentForm<'_> {
    fn place(&self) -> Place<'_> {
        Place {
            lab: self.lab,
            column: COLUMN,
            row: self.index,
        }
    }
}

pub enum FormOutcome {
    /// The first sending is still being worked on.
    Awaited,
    Known(Zeroizing<Vec<u8>>),
}

// An answer may carry a session.
kernel::opaque!(FormOutcome);

/// False: it was sent before, and that is not over.
pub async fn claim(
    tx: &mut Tx,
    form: SentForm<'_>,
    sending: SendingId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "INSERT INTO form_outcomes (lab_id, form_index, sending_id, outcome, expires_at) \
         VALUES ($1, $2, $3, NULL, $4) ON CONFLICT (lab_id, form_index) DO UPDATE \
         SET sending_id = excluded.sending_id, outcome = NULL, expires_at = excluded.expires_at \
         WHERE form_outcomes.expires_at <= $5";
    let claimed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(form.lab.as_str()).bind(form.index.as_slice()).bind(sending.as_bytes().as_slice())
            .bind(expires_at.micros()).bind(now.micros()).execute(connection).await?.rows_affected()
    });
    Ok(claimed == 1)
}

/// None: it was not sent, or that is over.
///
/// # Errors
/// The database does not answer, or the sealed outcome does not open.
pub async fn lookup(
    tx: &mut Tx,
    sealer: &Sealer,
    form: SentForm<'_>,
    now: Timestamp,
) -> Result<Option<FormOutcome>, StoreFault> {
    const SQL: &str = "SELECT outcome FROM form_outcomes WHERE lab_id = $1 AND form_index = $2 AND expires_at > $3";
    let found: Option<Option<Vec<u8>>> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(form.lab.as_str()).bind(form.index.as_slice()).bind(now.micros())
            .fetch_optional(connection).await?
    });
    Ok(match found {
        None => None,
        Some(None) => Some(FormOutcome::Awaited),
        Some(Some(sealed)) => Some(FormOutcome::Known(sealer.open(form.place(), &sealed)?)),
    })
}

/// Keeps what this sending was answered.
pub async fn store(
    tx: &mut Tx,
    sealer: &Sealer,
    form: SentForm<'_>,
    sending: SendingId,
    outcome: &[u8],
    expires_at: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE form_outcomes SET outcome = $1, expires_at = $2 \
         WHERE lab_id = $3 AND form_index = $4 AND sending_id = $5";
    let sealed = sealer.seal(form.place(), outcome)?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(sealed).bind(expires_at.micros()).bind(form.lab.as_str()).bind(form.index.as_slice())
            .bind(sending.as_bytes().as_slice()).execute(connection).await?;
    });
    Ok(())
}

/// The next sending is looked at as if there had been none.
pub async fn forget(tx: &mut Tx, form: SentForm<'_>, sending: SendingId) -> Result<(), StoreFault> {
    const SQL: &str = "DELETE FROM form_outcomes WHERE lab_id = $1 AND form_index = $2 AND sending_id = $3";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(form.lab.as_str()).bind(form.index.as_slice()).bind(sending.as_bytes().as_slice())
            .execute(connection).await?;
    });
    Ok(())
}

pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query("DELETE FROM form_outcomes WHERE expires_at <= $1")
            .bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}
