//! Passwords of the LIS, wrapped. No sign-in reads them: they work once, beside a mailed link.

use crate::columns::{id, index, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::blind_index::BlindIndex;
use crypto::legacy::{Scheme, Secret};
use crypto::password_hash::HashedPassword;
use crypto::seal::{Place, Sealer};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

const SALT: &str = "legacy_passwords.salt";

pub struct LegacyPassword {
    pub scheme: Scheme,
    pub hash: HashedPassword,
    pub salt: Option<Secret>,
}

kernel::opaque!(LegacyPassword);

/// Stored for an account that waits and has none yet; any other is left unchanged.
pub async fn insert_if_waiting(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    account: AccountId,
    legacy: &LegacyPassword,
    now: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "INSERT INTO legacy_passwords (lab_id, account_id, scheme, hash, salt, imported_at) \
         SELECT lab_id, account_id, $3, $4, $5, $6 FROM accounts \
         WHERE lab_id = $1 AND account_id = $2 AND state = 'waiting' ON CONFLICT DO NOTHING";
    let row = account.as_bytes();
    let place = Place { lab, column: SALT, row };
    let salt = legacy.salt.as_ref().map(|salt| sealer.seal(place, salt)).transpose()?;
    let inserted = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(row.as_slice()).bind(legacy.scheme.as_str()).bind(legacy.hash.as_str())
            .bind(salt).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(inserted == 1)
}

/// What an import may do with an identifier's password.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    pub account: AccountId,
    /// It waits for its enrolment and is not a canary.
    pub is_waiting: bool,
    pub is_listed: bool,
    pub has_one: bool,
}

/// The accounts of these identifiers.
pub async fn find_candidates(
    tx: &mut Tx,
    lab: &LabId,
    identifiers: &[BlindIndex],
) -> Result<Vec<(BlindIndex, Candidate)>, StoreFault> {
    type Columns = (Vec<u8>, Vec<u8>, i32, i32, i32);
    if identifiers.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Columns> = on_both!(tx, connection => {
        let mut query = sqlx::QueryBuilder::new(
            "SELECT a.identifier_index, a.account_id, \
             CASE WHEN a.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM canaries c \
             WHERE c.lab_id = a.lab_id AND c.account_id = a.account_id) THEN 1 ELSE 0 END, \
             CASE WHEN EXISTS (SELECT 1 FROM leaks l JOIN leak_entries e ON e.lab_id = l.lab_id \
             AND e.leak_id = l.leak_id WHERE l.lab_id = a.lab_id AND l.state <> 'undone' \
             AND e.identifier_index = a.identifier_index) THEN 1 ELSE 0 END, \
             CASE WHEN EXISTS (SELECT 1 FROM legacy_passwords p \
             WHERE p.lab_id = a.lab_id AND p.account_id = a.account_id) THEN 1 ELSE 0 END \
             FROM accounts a WHERE a.lab_id = ",
        );
        query.push_bind(lab.as_str().to_owned()).push(" AND a.identifier_index IN (");
        let mut list = query.separated(", ");
        for identifier in identifiers {
            list.push_bind(identifier.as_bytes().to_vec());
        }
        query.push(")");
        query.build_query_as().fetch_all(connection).await?
    });
    let candidate = |(identifier, account, waiting, listed, has): Columns| {
        let candidate = Candidate {
            account: id(&account, "accounts.account_id")?,
            is_waiting: waiting == 1,
            is_listed: listed == 1,
            has_one: has == 1,
        };
        Ok((index(&identifier, "accounts.identifier_index")?, candidate))
    };
    rows.into_iter().map(candidate).collect()
}

pub async fn lookup(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    account: AccountId,
) -> Result<Option<LegacyPassword>, StoreFault> {
    const SQL: &str = "SELECT scheme, hash, salt FROM legacy_passwords WHERE lab_id = $1 AND account_id = $2";
    let row: Option<(String, String, Option<Vec<u8>>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(account.as_bytes().as_slice()).fetch_optional(connection).await?
    });
    let Some((scheme, hash, salt)) = row else {
        return Ok(None);
    };
    let place = Place {
        lab,
        column: SALT,
        row: account.as_bytes(),
    };
    Ok(Some(LegacyPassword {
        scheme: word(&scheme, "legacy_passwords.scheme")?,
        hash: HashedPassword::restore(hash).map_err(|_| StoreFault::Unreadable("legacy_passwords.hash"))?,
        salt: salt.map(|salt| sealer.open(place, &salt)).transpose()?,
    }))
}

/// It served, or something better took its place.
pub async fn delete(tx: &mut Tx, lab: &LabId, account: AccountId) -> Result<(), StoreFault> {
    on_both!(tx, connection => {
        sqlx::query("DELETE FROM legacy_passwords WHERE lab_id = $1 AND account_id = $2")
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).execute(connection).await?;
    });
    Ok(())
}
