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

#[derive(Debug)]
pub struct NewRecord<'a> {
    pub index: &'a BlindIndex,
    pub record: &'a str,
    pub relation: &'a Relation,
    pub at: Timestamp,
}

/// Adds a record to an account, or changes how it holds it.
pub async fn attach(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    account: AccountId,
    new: &NewRecord<'_>,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO records \
         (lab_id, account_id, record_index, record, relation, scope, ends_at, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (lab_id, account_id, record_index) \
         DO UPDATE SET relation = excluded.relation, scope = excluded.scope, ends_at = excluded.ends_at";
    let sealed = sealer.seal(
        Place {
            lab,
            column: COLUMN,
            row: &row_key(account, new.index),
        },
        new.record.as_bytes(),
    )?;
    let (relation, scope, ends_at) = match new.relation {
        Relation::Own => (OWN, None, None),
        Relation::Granted { scope, ends_at } => (GRANTED, Some(scope.as_str()), Some(ends_at.micros())),
    };
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(new.index.as_bytes()).bind(sealed)
            .bind(relation).bind(scope).bind(ends_at).bind(new.at.micros())
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

/// Record numbers an account may read now: its own, and those granted and not ended; none that an import contradicts.
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
    const SQL: &str = "SELECT r.record_index, r.record FROM records r WHERE r.lab_id = $1 AND r.account_id = $2 \
         AND (r.ends_at IS NULL OR r.ends_at > $3) AND NOT EXISTS (\
         SELECT 1 FROM record_conflicts c WHERE c.lab_id = r.lab_id AND c.record_index = r.record_index \
         AND c.decided_at IS NULL AND c.kind <> 'contact') ORDER BY r.created_at, r.record_index";
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

/// An account's own files, each with what it is looked up by.
///
/// # Errors
/// The database does not answer, or a sealed number does not open.
pub async fn find_own_of(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    account: AccountId,
) -> Result<Vec<(BlindIndex, RecordNumber)>, StoreFault> {
    const SQL: &str = "SELECT record_index, record FROM records \
         WHERE lab_id = $1 AND account_id = $2 AND relation = 'own' ORDER BY created_at, record_index";
    let rows: Vec<(Vec<u8>, Vec<u8>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).fetch_all(connection).await?
    });
    let open = |(stored, sealed): (Vec<u8>, Vec<u8>)| {
        let index = index(&stored, "records.record_index")?;
        let (column, row) = (COLUMN, row_key(account, &index));
        let number = sealer.open_text(Place { lab, column, row: &row }, &sealed)?;
        let number = RecordNumber::parse(&number).map_err(|_| StoreFault::Unreadable("records.record"))?;
        Ok((index, number))
    };
    rows.into_iter().map(open).collect()
}

/// A record that becomes the own file of an account.
#[derive(Debug)]
pub struct OwnRecord {
    pub account: AccountId,
    pub index: BlindIndex,
    pub number: RecordNumber,
    /// Of the line that says so.
    pub digest: BlindIndex,
}

/// Attaches many records at once; one that the account was granted becomes its own, and of its own the line is noted.
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
    const SQL: &str = "INSERT INTO records \
         (lab_id, account_id, record_index, record, relation, created_at, import_digest) ";
    const OR_UPDATE: &str = " ON CONFLICT (lab_id, account_id, record_index) DO UPDATE SET \
         relation = excluded.relation, scope = NULL, ends_at = NULL, import_digest = excluded.import_digest";
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
                .push_bind(sealed).push_bind(OWN).push_bind(now.micros()).push_bind(record.digest.as_bytes().to_vec());
        });
        query.push(OR_UPDATE);
        query.build().execute(connection).await?;
    });
    Ok(())
}

/// Whose own file a record is.
#[derive(Clone, Debug)]
pub struct Owner {
    pub account: AccountId,
    /// Of the line that was taken last. None: no import has compared it with its account yet.
    pub digest: Option<Vec<u8>>,
}

/// Those of these records that are an account's own file, and which account's.
pub async fn find_owners(
    tx: &mut Tx,
    lab: &LabId,
    records: &[BlindIndex],
) -> Result<Vec<(BlindIndex, Owner)>, StoreFault> {
    type Columns = (Vec<u8>, Vec<u8>, Option<Vec<u8>>);
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Columns> = on_both!(tx, connection => {
        let mut query = sqlx::QueryBuilder::new(
            "SELECT record_index, account_id, import_digest FROM records WHERE lab_id = ",
        );
        query.push_bind(lab.as_str().to_owned()).push(" AND relation = 'own' AND record_index IN (");
        let mut list = query.separated(", ");
        for record in records {
            list.push_bind(record.as_bytes().to_vec());
        }
        query.push(")");
        query.build_query_as().fetch_all(connection).await?
    });
    rows.into_iter()
        .map(|(record, owner, digest)| {
            let account = id(&owner, "records.account_id")?;
            Ok((index(&record, "records.record_index")?, Owner { account, digest }))
        })
        .collect()
}

/// A record that changes hands.
#[derive(Debug)]
pub struct MovedRecord {
    pub index: BlindIndex,
    pub number: RecordNumber,
    /// None: it was nobody's own file.
    pub from: Option<AccountId>,
    pub to: AccountId,
    /// With everything the account had, so that it can be undone.
    pub by_merge: bool,
}

/// Makes it the other account's own file. The line it was taken from stays noted.
///
/// # Errors
/// The database does not answer.
pub async fn move_to(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    moved: &MovedRecord,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const TAKE: &str = "DELETE FROM records WHERE lab_id = $1 AND record_index = $2 AND relation = 'own' \
         RETURNING import_digest";
    const GIVE: &str = "INSERT INTO records \
         (lab_id, account_id, record_index, record, relation, created_at, import_digest, former_account) \
         VALUES ($1, $2, $3, $4, 'own', $5, $6, $7) ON CONFLICT (lab_id, account_id, record_index) DO UPDATE SET \
         relation = 'own', scope = NULL, ends_at = NULL, import_digest = excluded.import_digest, \
         former_account = excluded.former_account";
    let row = row_key(moved.to, &moved.index);
    let (column, row) = (COLUMN, row.as_slice());
    let sealed = sealer.seal(Place { lab, column, row }, moved.number.as_str().as_bytes())?;
    let digest: Option<Option<Vec<u8>>> = on_both!(&mut *tx, connection => {
        sqlx::query_scalar(TAKE)
            .bind(lab.as_str()).bind(moved.index.as_bytes()).fetch_optional(connection).await?
    });
    let former_account = moved
        .from
        .filter(|_| moved.by_merge)
        .map(|from| from.as_bytes().to_vec());
    on_both!(tx, connection => {
        sqlx::query(GIVE)
            .bind(lab.as_str()).bind(moved.to.as_bytes().as_slice()).bind(moved.index.as_bytes()).bind(sealed)
            .bind(now.micros()).bind(digest.flatten()).bind(former_account)
            .execute(connection).await?;
    });
    Ok(())
}

/// From which account a merge took this record of `account`.
///
/// # Errors
/// The database does not answer.
pub async fn lookup_former_account(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    record: &BlindIndex,
) -> Result<Option<AccountId>, StoreFault> {
    const SQL: &str = "SELECT former_account FROM records WHERE lab_id = $1 AND account_id = $2 AND record_index = $3 \
         AND relation = 'own' AND former_account IS NOT NULL";
    let from: Option<Vec<u8>> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(record.as_bytes())
            .fetch_optional(connection).await?
    });
    from.map(|from| id(&from, "records.former_account")).transpose()
}

/// The record is nobody's any more, and nobody's by a grant. Returns whose it was.
///
/// # Errors
/// The database does not answer.
pub async fn detach(tx: &mut Tx, lab: &LabId, record: &BlindIndex) -> Result<Vec<AccountId>, StoreFault> {
    const SQL: &str = "DELETE FROM records WHERE lab_id = $1 AND record_index = $2 RETURNING account_id";
    holders(on_both!(tx, connection => {
        sqlx::query_scalar(SQL).bind(lab.as_str()).bind(record.as_bytes()).fetch_all(connection).await?
    }))
}

/// Nobody reads the record by a grant any more. Returns who did.
///
/// # Errors
/// The database does not answer.
pub async fn end_grants(tx: &mut Tx, lab: &LabId, record: &BlindIndex) -> Result<Vec<AccountId>, StoreFault> {
    const SQL: &str =
        "DELETE FROM records WHERE lab_id = $1 AND record_index = $2 AND relation = 'granted' RETURNING account_id";
    holders(on_both!(tx, connection => {
        sqlx::query_scalar(SQL).bind(lab.as_str()).bind(record.as_bytes()).fetch_all(connection).await?
    }))
}

fn holders(rows: Vec<Vec<u8>>) -> Result<Vec<AccountId>, StoreFault> {
    rows.iter().map(|account| id(account, "records.account_id")).collect()
}
