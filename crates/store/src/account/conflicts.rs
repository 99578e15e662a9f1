//! Records that an import contradicts, each with what was found last. A decided one stays: the line it was decided about
//! is no conflict any more.

use crate::columns::{id, index, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::blind_index::BlindIndex;
use crypto::seal::{Place, Sealer};
use domain::conflict::Conflict;
use domain::record::RecordNumber;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

const COLUMN: &str = "record_conflicts.record";

/// What an import has found.
#[derive(Debug)]
pub struct FoundConflict {
    pub record: BlindIndex,
    pub number: RecordNumber,
    pub kind: Conflict,
    /// Whose own file the record is, or would have become.
    pub account: AccountId,
    pub digest: BlindIndex,
}

/// What waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenConflict {
    pub record: String,
    pub kind: Conflict,
    pub account: AccountId,
    pub found_at: Timestamp,
}

/// Lists it; listed already for the same line, it stays as it is.
///
/// # Errors
/// The database does not answer.
pub async fn insert(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    found: &FoundConflict,
    now: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "INSERT INTO record_conflicts (lab_id, record_index, record, kind, account_id, line_digest, \
         found_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (lab_id, record_index) DO UPDATE SET \
         kind = excluded.kind, account_id = excluded.account_id, line_digest = excluded.line_digest, \
         found_at = excluded.found_at, decided_at = NULL \
         WHERE record_conflicts.line_digest <> excluded.line_digest";
    let row = found.record.as_bytes();
    let sealed = sealer.seal(
        Place {
            lab,
            column: COLUMN,
            row,
        },
        found.number.as_str().as_bytes(),
    )?;
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(found.record.as_bytes()).bind(sealed).bind(found.kind.as_str())
            .bind(found.account.as_bytes().as_slice()).bind(found.digest.as_bytes()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// Those of these records that somebody has decided about, with the line that it was about.
///
/// # Errors
/// The database does not answer.
pub async fn find_decided(
    tx: &mut Tx,
    lab: &LabId,
    records: &[BlindIndex],
) -> Result<Vec<(BlindIndex, Vec<u8>)>, StoreFault> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Vec<u8>, Vec<u8>)> = on_both!(tx, connection => {
        let mut query = sqlx::QueryBuilder::new("SELECT record_index, line_digest FROM record_conflicts WHERE lab_id = ");
        query.push_bind(lab.as_str().to_owned()).push(" AND decided_at IS NOT NULL AND record_index IN (");
        let mut list = query.separated(", ");
        for record in records {
            list.push_bind(record.as_bytes().to_vec());
        }
        query.push(")");
        query.build_query_as().fetch_all(connection).await?
    });
    rows.into_iter()
        .map(|(record, digest)| Ok((index(&record, "record_conflicts.record_index")?, digest)))
        .collect()
}

/// What waits for a decision, the oldest first.
///
/// # Errors
/// The database does not answer, or a sealed number does not open.
pub async fn find_open(tx: &mut Tx, sealer: &Sealer, lab: &LabId, most: i64) -> Result<Vec<OpenConflict>, StoreFault> {
    const SQL: &str = "SELECT record_index, record, kind, account_id, found_at FROM record_conflicts \
         WHERE lab_id = $1 AND decided_at IS NULL ORDER BY found_at, record_index LIMIT $2";
    type Columns = (Vec<u8>, Vec<u8>, String, Vec<u8>, i64);
    let rows: Vec<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(most).fetch_all(connection).await?
    });
    let opened = |(row, sealed, kind, account, found_at): Columns| {
        let (column, row) = (COLUMN, row.as_slice());
        Ok(OpenConflict {
            record: sealer.open_text(Place { lab, column, row }, &sealed)?,
            kind: word(&kind, "record_conflicts.kind")?,
            account: id(&account, "record_conflicts.account_id")?,
            found_at: Timestamp::from_micros(found_at),
        })
    };
    rows.into_iter().map(opened).collect()
}

/// What waits for a decision about this record.
pub async fn lookup_open(
    tx: &mut Tx,
    lab: &LabId,
    record: &BlindIndex,
) -> Result<Option<(Conflict, AccountId)>, StoreFault> {
    const SQL: &str = "SELECT kind, account_id FROM record_conflicts \
         WHERE lab_id = $1 AND record_index = $2 AND decided_at IS NULL";
    let row: Option<(String, Vec<u8>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(record.as_bytes()).fetch_optional(connection).await?
    });
    row.map(|(kind, account)| {
        Ok((
            word(&kind, "record_conflicts.kind")?,
            id(&account, "record_conflicts.account_id")?,
        ))
    })
    .transpose()
}

/// How many wait for a decision in a lab.
pub async fn count_open(tx: &mut Tx, lab: &LabId) -> Result<i64, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM record_conflicts WHERE lab_id = $1 AND decided_at IS NULL";
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar(SQL).bind(lab.as_str()).fetch_one(connection).await?
    }))
}

/// The line is right as it is, and the record belongs where it is. False: nothing was open.
pub async fn decide(tx: &mut Tx, lab: &LabId, record: &BlindIndex, now: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE record_conflicts SET decided_at = $3 \
         WHERE lab_id = $1 AND record_index = $2 AND decided_at IS NULL";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(record.as_bytes()).bind(now.micros()).execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// The record begins anew: its next line is looked at as a new one.
pub async fn forget(tx: &mut Tx, lab: &LabId, record: &BlindIndex) -> Result<(), StoreFault> {
    const SQL: &str = "DELETE FROM record_conflicts WHERE lab_id = $1 AND record_index = $2";
    on_both!(tx, connection => {
        sqlx::query(SQL).bind(lab.as_str()).bind(record.as_bytes()).execute(connection).await?;
    });
    Ok(())
}
