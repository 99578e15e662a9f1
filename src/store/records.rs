//! Patient files of the LIS, and who may read which.

use super::columns::id;
use super::db::on_both;
use super::{StoreFault, Tx};
use crate::crypto::blind_index::BlindIndex;
use crate::crypto::seal::{Place, Sealer};
use crate::kernel::clock::Timestamp;
use crate::kernel::ids::{AccountId, LabId};

/// Why an account may read a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It is the holder's own file.
    Own,
    /// Somebody else's, granted with a scope until a date.
    Granted { scope: String, ends_at: Timestamp },
}

const COLUMN: &str = "records.record";
const OWN: &str = "own";
const GRANTED: &str = "granted";

/// The sealed number is bound to its account and to its own look-up value.
fn row_key(account: AccountId, index: &BlindIndex) -> Vec<u8> {
    [account.as_bytes().as_slice(), index.as_bytes()].concat()
}

/// Adds a record to an account, or changes how it holds it.
///
/// # Errors
/// The database does not answer.
#[expect(clippy::too_many_arguments, reason = "one row")]
pub async fn attach(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    account: AccountId,
    index: &BlindIndex,
    record: &str,
    relation: &Relation,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO records \
         (lab_id, account_id, record_index, record, relation, scope, ends_at, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (lab_id, account_id, record_index) \
         DO UPDATE SET relation = excluded.relation, scope = excluded.scope, ends_at = excluded.ends_at";
    let sealed = sealer.seal(
        Place {
            lab,
            column: COLUMN,
            row: &row_key(account, index),
        },
        record.as_bytes(),
    )?;
    let (relation, scope, ends_at) = match relation {
        Relation::Own => (OWN, None, None),
        Relation::Granted { scope, ends_at } => (GRANTED, Some(scope.as_str()), Some(ends_at.micros())),
    };
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(index.as_bytes()).bind(sealed)
            .bind(relation).bind(scope).bind(ends_at).bind(now.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// Whose own file a record is.
///
/// # Errors
/// The database does not answer.
pub async fn lookup_owner(tx: &mut Tx, lab: &LabId, index: &BlindIndex) -> Result<Option<AccountId>, StoreFault> {
    const SQL: &str = "SELECT account_id FROM records WHERE lab_id = $1 AND record_index = $2 AND relation = $3";
    let owner: Option<Vec<u8>> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(index.as_bytes()).bind(OWN).fetch_optional(connection).await?
    });
    owner.map(|owner| id(&owner, "records.account_id")).transpose()
}

/// Record numbers an account may read now: its own, and those granted and not ended.
///
/// # Errors
/// The database does not answer, or a sealed number does not open.
pub async fn find_readable(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    account: AccountId,
    now: Timestamp,
) -> Result<Vec<String>, StoreFault> {
    const SQL: &str = "SELECT record_index, record FROM records WHERE lab_id = $1 AND account_id = $2 \
         AND (ends_at IS NULL OR ends_at > $3) ORDER BY created_at, record_index";
    let rows: Vec<(Vec<u8>, Vec<u8>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(now.micros())
            .fetch_all(connection).await?
    });
    let open = |(index, sealed): (Vec<u8>, Vec<u8>)| {
        let index: [u8; 32] = index
            .try_into()
            .map_err(|_| StoreFault::Unreadable("records.record_index"))?;
        let row = row_key(account, &BlindIndex::from_bytes(index));
        Ok(sealer.open_text(
            Place {
                lab,
                column: COLUMN,
                row: &row,
            },
            &sealed,
        )?)
    };
    rows.into_iter().map(open).collect()
}
