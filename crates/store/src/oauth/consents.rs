//! What people agreed to.

use std::collections::BTreeSet;

use crate::columns::word;
use crate::db::on_both;
use crate::{StoreFault, Tx};
use domain::authorization::Claim;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, ClientId, LabId};

const TERMS: &str = "consents.terms";

/// Replaces what the person consented to before.
pub async fn put(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    client: &ClientId,
    claims: &BTreeSet<Claim>,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO consents (lab_id, account_id, client_id, terms, given_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (lab_id, account_id, client_id) DO UPDATE SET terms = excluded.terms, given_at = excluded.given_at";
    let terms = serde_json::to_string(claims).map_err(|_| StoreFault::Unreadable(TERMS))?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(client.as_str()).bind(terms)
            .bind(now.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// None: they never agreed to this client, or took it back.
pub async fn lookup(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    client: &ClientId,
) -> Result<Option<BTreeSet<Claim>>, StoreFault> {
    const SQL: &str = "SELECT terms FROM consents WHERE lab_id = $1 AND account_id = $2 AND client_id = $3";
    let row: Option<String> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(client.as_str())
            .fetch_optional(connection).await?
    });
    row.map(|terms| serde_json::from_str(&terms).map_err(|_| StoreFault::Unreadable(TERMS)))
        .transpose()
}

/// One thing that a person agreed to.
#[derive(Clone, Debug)]
pub struct ConsentRow {
    pub client: ClientId,
    pub claims: BTreeSet<Claim>,
    pub at: Timestamp,
}

/// The latest first.
pub async fn find(tx: &mut Tx, lab: &LabId, account: AccountId) -> Result<Vec<ConsentRow>, StoreFault> {
    const SQL: &str = "SELECT client_id, terms, given_at FROM consents \
         WHERE lab_id = $1 AND account_id = $2 ORDER BY given_at DESC, client_id";
    let rows: Vec<(String, String, i64)> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).fetch_all(connection).await?
    });
    let given = |(client, terms, at): (String, String, i64)| {
        Ok(ConsentRow {
            client: word(&client, "consents.client_id")?,
            claims: serde_json::from_str(&terms).map_err(|_| StoreFault::Unreadable(TERMS))?,
            at: Timestamp::from_micros(at),
        })
    };
    rows.into_iter().map(given).collect()
}

/// False: there was none.
pub async fn delete(tx: &mut Tx, lab: &LabId, account: AccountId, client: &ClientId) -> Result<bool, StoreFault> {
    const SQL: &str = "DELETE FROM consents WHERE lab_id = $1 AND account_id = $2 AND client_id = $3";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(client.as_str())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}
