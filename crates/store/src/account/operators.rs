//! What operators may do, lab by lab. Who they are is kept with the accounts of their realm.

use std::collections::BTreeMap;

use crate::columns::{id, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use domain::operator::Role;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

pub async fn set_role(
    tx: &mut Tx,
    account: AccountId,
    lab: &LabId,
    role: Role,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO operator_roles (lab_id, realm, account_id, role, granted_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (lab_id, account_id) \
         DO UPDATE SET role = excluded.role, granted_at = excluded.granted_at";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(LabId::operators().as_str()).bind(account.as_bytes().as_slice())
            .bind(role.as_str()).bind(now.micros())
            .execute(connection).await?;
    });
    Ok(())
}

pub async fn take_role(tx: &mut Tx, account: AccountId, lab: &LabId) -> Result<(), StoreFault> {
    const SQL: &str = "DELETE FROM operator_roles WHERE lab_id = $1 AND account_id = $2";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).execute(connection).await?;
    });
    Ok(())
}

pub async fn find_roles(tx: &mut Tx, account: AccountId) -> Result<BTreeMap<LabId, Role>, StoreFault> {
    const SQL: &str = "SELECT lab_id, role FROM operator_roles WHERE account_id = $1";
    let rows: Vec<(String, String)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(account.as_bytes().as_slice()).fetch_all(connection).await?
    });
    let read = |(lab, role): (String, String)| {
        Ok((
            word(&lab, "operator_roles.lab_id")?,
            word(&role, "operator_roles.role")?,
        ))
    };
    rows.into_iter().map(read).collect()
}

/// Every operator's account, the oldest first.
pub async fn find(tx: &mut Tx) -> Result<Vec<AccountId>, StoreFault> {
    const SQL: &str = "SELECT account_id FROM accounts WHERE lab_id = $1 ORDER BY created_at, account_id";
    let rows: Vec<(Vec<u8>,)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(LabId::operators().as_str()).fetch_all(connection).await?
    });
    rows.iter()
        .map(|(account,)| id(account, "accounts.account_id"))
        .collect()
}
