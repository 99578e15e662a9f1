//! Patient files of the LIS, and who may read which.

use crate::columns::{id, index};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::blind_index::BlindIndex;
use crypto::seal::{Place, Sealer};
use domain::record::RecordNumber;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

/// Why an account may read a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It is the holder's own file.
    Own,
    /// Another person's, granted with a scope until a date.
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
    let open = |(stored, sealed): (Vec<u8>, Vec<u8>)| {
        let row = row_key(account, &index(&stored, "records.record_index")?);
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

/// The own files of these accounts.
///
/// # Errors
/// The database does not answer, or a sealed number does not open.
pub async fn find_own(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, String)>, StoreFault> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = on_both!(tx, connection => {
        let mut query = sqlx::QueryBuilder::new("SELECT account_id, record_index, record FROM records WHERE lab_id = ");
        query.push_bind(lab.as_str().to_owned()).push(" AND relation = 'own' AND account_id IN (");
        let mut list = query.separated(", ");
        for account in accounts {
            list.push_bind(account.as_bytes().to_vec());
        }
        query.push(") ORDER BY created_at, record_index");
        query.build_query_as().fetch_all(connection).await?
    });
    let open = |(account, stored, sealed): (Vec<u8>, Vec<u8>, Vec<u8>)| {
        let account = id(&account, "records.account_id")?;
        let row = row_key(account, &index(&stored, "records.record_index")?);
        let column = COLUMN;
        Ok((account, sealer.open_text(Place { lab, column, row: &row }, &sealed)?))
    };
    rows.into_iter().map(open).collect()
}

/// A record that becomes the own file of an account.
#[derive(Debug)]
pub struct OwnRecord {
    pub account: AccountId,
    pub index: BlindIndex,
    pub number: RecordNumber,
}

/// Attaches many records at once; one that the account was granted becomes its own.
///
/// # Errors
/// The database does not answer, or a record is already an account's own.
pub async fn attach_own(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    own: &[OwnRecord],
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO records (lab_id, account_id, record_index, record, relation, created_at) ";
    const OR_UPDATE: &str = " ON CONFLICT (lab_id, account_id, record_index) \
         DO UPDATE SET relation = excluded.relation, scope = NULL, ends_at = NULL";
    if own.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(own.len());
    for record in own {
        let place = Place {
            lab,
            column: COLUMN,
            row: &row_key(record.account, &record.index),
        };
        rows.push((record, sealer.seal(place, record.number.as_str().as_bytes())?));
    }
    on_both!(tx, connection => {
        let mut query = sqlx::QueryBuilder::new(SQL);
        query.push_values(rows, |mut row, (record, sealed)| {
            row.push_bind(lab.as_str().to_owned())
                .push_bind(record.account.as_bytes().to_vec()).push_bind(record.index.as_bytes().to_vec())
                .push_bind(sealed).push_bind(OWN).push_bind(now.micros());
        });
        query.push(OR_UPDATE);
        query.build().execute(connection).await?;
    });
    Ok(())
}

/// Those of these records that are an account's own file, and which account's.
pub async fn find_owners(
    tx: &mut Tx,
    lab: &LabId,
    records: &[BlindIndex],
) -> Result<Vec<(BlindIndex, AccountId)>, StoreFault> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Vec<u8>, Vec<u8>)> = on_both!(tx, connection => {
        let mut query = sqlx::QueryBuilder::new("SELECT record_index, account_id FROM records WHERE lab_id = ");
        query.push_bind(lab.as_str().to_owned()).push(" AND relation = 'own' AND record_index IN (");
        let mut list = query.separated(", ");
        for record in records {
            list.push_bind(record.as_bytes().to_vec());
        }
        query.push(")");
        query.build_query_as().fetch_all(connection).await?
    });
    rows.into_iter()
        .map(|(record, owner)| {
            Ok((
                index(&record, "records.record_index")?,
                id(&owner, "records.account_id")?,
            ))
        })
        .collect()
}
