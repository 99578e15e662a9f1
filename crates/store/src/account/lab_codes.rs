//! Lab codes, as MACs: handed over on paper after an ID check, each good for one enrolment.

use crate::columns::id;
use crate::db::on_both;
use crate::{StoreFault, Tx};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

/// Birth dates that may be tried with one right code.
const TRIES_PER_CODE: i64 = 5;

#[derive(Debug)]
pub struct NewLabCode<'a> {
    pub mac: &'a [u8; 32],
    pub issued_by: &'a str,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Issues a code; the account's earlier ones end.
pub async fn issue(tx: &mut Tx, lab: &LabId, account: AccountId, new: &NewLabCode<'_>) -> Result<(), StoreFault> {
    const INSERT: &str = "INSERT INTO lab_codes \
         (lab_id, code_mac, account_id, issued_by, issued_at, expires_at, tried_times) VALUES ($1, $2, $3, $4, $5, $6, 0)";
    end_all(tx, lab, account, new.issued_at).await?;
    on_both!(tx, connection => {
        sqlx::query(INSERT)
            .bind(lab.as_str()).bind(new.mac.as_slice()).bind(account.as_bytes().as_slice())
            .bind(new.issued_by).bind(new.issued_at.micros()).bind(new.expires_at.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// No code of the account works any more.
pub async fn end_all(tx: &mut Tx, lab: &LabId, account: AccountId, now: Timestamp) -> Result<u64, StoreFault> {
    const SQL: &str = "UPDATE lab_codes SET ended_at = $3 WHERE lab_id = $1 AND account_id = $2 AND ended_at IS NULL";
    Ok(on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    }))
}

/// A code for each of many accounts at once; their earlier ones end.
pub async fn issue_many(
    tx: &mut Tx,
    lab: &LabId,
    codes: &[(AccountId, [u8; 32])],
    issued_by: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreFault> {
    if codes.is_empty() {
        return Ok(());
    }
    on_both!(&mut *tx, connection => {
        let mut query = sqlx::QueryBuilder::new("UPDATE lab_codes SET ended_at = ");
        query.push_bind(now.micros()).push(" WHERE ended_at IS NULL AND lab_id = ").push_bind(lab.as_str().to_owned());
        query.push(" AND account_id IN (");
        let mut list = query.separated(", ");
        for (account, _) in codes {
            list.push_bind(account.as_bytes().to_vec());
        }
        query.push(")");
        query.build().execute(connection).await?;
    });
    on_both!(tx, connection => {
        let mut query = sqlx::QueryBuilder::new(
            "INSERT INTO lab_codes (lab_id, code_mac, account_id, issued_by, issued_at, expires_at, tried_times) ",
        );
        query.push_values(codes, |mut row, (account, mac)| {
            row.push_bind(lab.as_str().to_owned()).push_bind(mac.to_vec()).push_bind(account.as_bytes().to_vec())
                .push_bind(issued_by.to_owned()).push_bind(now.micros()).push_bind(expires_at.micros()).push_bind(0_i64);
        });
        query.build().execute(connection).await?;
    });
    Ok(())
}

/// Takes one of the attempts a right code is good for. None: no such code, expired, ended or tried too often.
pub async fn try_code(
    tx: &mut Tx,
    lab: &LabId,
    mac: &[u8; 32],
    now: Timestamp,
) -> Result<Option<(AccountId, Vec<u8>)>, StoreFault> {
    const SQL: &str = "UPDATE lab_codes SET tried_times = tried_times + 1 WHERE lab_id = $1 AND code_mac = $2 \
         AND ended_at IS NULL AND expires_at > $3 AND tried_times < $4 RETURNING account_id, code_mac";
    let row: Option<(Vec<u8>, Vec<u8>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(mac.as_slice()).bind(now.micros()).bind(TRIES_PER_CODE)
            .fetch_optional(connection).await?
    });
    row.map(|(account, mac)| Ok((id(&account, "lab_codes.account_id")?, mac)))
        .transpose()
}

/// Uses a code up. False: expired meanwhile, or used by a faster enrolment.
pub async fn consume(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    mac: &[u8],
    now: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE lab_codes SET ended_at = $4 WHERE lab_id = $1 AND account_id = $2 AND code_mac = $3 \
         AND ended_at IS NULL AND expires_at > $4";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(mac).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}
