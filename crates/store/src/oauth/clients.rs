//! Relying parties and their secrets.

use crate::columns::{id, moment, word};
use crate::db::on_both;
use crate::{Db, StoreFault, Tx};
use crypto::token::HashedToken;
use domain::client::{Client, Policy};
use kernel::clock::Timestamp;
use kernel::ids::{ClientId, LabId, SecretId};

const POLICY: &str = "clients.policy";

/// From here on, other changes to clients of the lab wait until this transaction has ended.
///
/// # Errors
/// The database does not answer in time.
pub async fn take_turns(tx: &mut Tx, lab: &LabId) -> Result<(), StoreFault> {
    tx.take_turns(&format!("clients {lab}")).await
}

/// False: the lab has a client of that name.
pub async fn insert(tx: &mut Tx, lab: &LabId, client: &Client) -> Result<bool, StoreFault> {
    const SQL: &str = "INSERT INTO clients (lab_id, client_id, policy, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $4) ON CONFLICT DO NOTHING";
    let policy = written(&client.policy)?;
    let inserted = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(client.id.as_str()).bind(policy).bind(client.created_at.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(inserted == 1)
}

pub async fn update(
    tx: &mut Tx,
    lab: &LabId,
    client: &ClientId,
    policy: &Policy,
    now: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE clients SET policy = $3, updated_at = $4 WHERE lab_id = $1 AND client_id = $2";
    let policy = written(policy)?;
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(client.as_str()).bind(policy).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// False: no such client, or it was disabled before.
pub async fn disable(tx: &mut Tx, lab: &LabId, client: &ClientId, now: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE clients SET disabled_at = $3, updated_at = $3 \
         WHERE lab_id = $1 AND client_id = $2 AND disabled_at IS NULL";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(client.as_str()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

type Columns = (String, String, i64, Option<i64>);

fn client((client, policy, created_at, disabled_at): Columns) -> Result<Client, StoreFault> {
    Ok(Client {
        id: word(&client, "clients.client_id")?,
        policy: serde_json::from_str(&policy).map_err(|_| StoreFault::Unreadable(POLICY))?,
        created_at: Timestamp::from_micros(created_at),
        disabled_at: moment(disabled_at),
    })
}

/// Disabled or not.
pub async fn lookup(tx: &mut Tx, lab: &LabId, id: &ClientId) -> Result<Option<Client>, StoreFault> {
    const SQL: &str = "SELECT client_id, policy, created_at, disabled_at FROM clients \
         WHERE lab_id = $1 AND client_id = $2";
    let row: Option<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(id.as_str()).fetch_optional(connection).await?
    });
    row.map(client).transpose()
}

/// None: no such client, or it is disabled.
pub async fn lookup_enabled(tx: &mut Tx, lab: &LabId, id: &ClientId) -> Result<Option<Client>, StoreFault> {
    let client = lookup(tx, lab, id).await?;
    Ok(client.filter(|client| client.disabled_at.is_none()))
}

/// Those of a lab by name, disabled ones too.
pub async fn find(tx: &mut Tx, lab: &LabId) -> Result<Vec<Client>, StoreFault> {
    const SQL: &str =
        "SELECT client_id, policy, created_at, disabled_at FROM clients WHERE lab_id = $1 ORDER BY client_id";
    let rows: Vec<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).fetch_all(connection).await?
    });
    rows.into_iter().map(client).collect()
}

/// One of a client's secrets, which only the client knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    pub id: SecretId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

pub async fn insert_secret(
    tx: &mut Tx,
    lab: &LabId,
    client: &ClientId,
    secret: &Secret,
    hash: &HashedToken,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO client_secrets (lab_id, secret_id, client_id, secret_hash, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6)";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(secret.id.as_bytes().as_slice()).bind(client.as_str()).bind(hash.as_bytes())
            .bind(secret.created_at.micros()).bind(secret.expires_at.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// Those that have not expired, with their hashes, the newest first.
pub async fn find_secrets(
    tx: &mut Tx,
    lab: &LabId,
    client: &ClientId,
    now: Timestamp,
) -> Result<Vec<(Secret, HashedToken)>, StoreFault> {
    const SQL: &str = "SELECT secret_id, secret_hash, created_at, expires_at FROM client_secrets \
         WHERE lab_id = $1 AND client_id = $2 AND expires_at > $3 ORDER BY created_at DESC, secret_id";
    let rows: Vec<(Vec<u8>, Vec<u8>, i64, i64)> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(client.as_str()).bind(now.micros()).fetch_all(connection).await?
    });
    let secret = |(secret, hash, created_at, expires_at): (Vec<u8>, Vec<u8>, i64, i64)| {
        let found = Secret {
            id: id(&secret, "client_secrets.secret_id")?,
            created_at: Timestamp::from_micros(created_at),
            expires_at: Timestamp::from_micros(expires_at),
        };
        Ok((found, id(&hash, "client_secrets.secret_hash")?))
    };
    rows.into_iter().map(secret).collect()
}

/// A client, disabled or not, with the hashes of those of its secrets that have not expired. One exchange with the
/// database: every call of a client's server begins with it.
pub async fn lookup_with_secrets(
    db: &Db,
    lab: &LabId,
    client_id: &ClientId,
    now: Timestamp,
) -> Result<Option<(Client, Vec<HashedToken>)>, StoreFault> {
    const SQL: &str = "SELECT c.client_id, c.policy, c.created_at, c.disabled_at, s.secret_hash FROM clients c \
         LEFT JOIN client_secrets s ON s.lab_id = c.lab_id AND s.client_id = c.client_id AND s.expires_at > $3 \
         WHERE c.lab_id = $1 AND c.client_id = $2";
    type Row = (String, String, i64, Option<i64>, Option<Vec<u8>>);
    let (lab, id_, now) = (lab.as_str(), client_id.as_str(), now.micros());
    let rows: Vec<Row> = match db {
        Db::Sqlite { readers, .. } => {
            sqlx::query_as(SQL)
                .bind(lab)
                .bind(id_)
                .bind(now)
                .fetch_all(readers)
                .await?
        }
        Db::Postgres(pool) => {
            sqlx::query_as(SQL)
                .bind(lab)
                .bind(id_)
                .bind(now)
                .fetch_all(pool)
                .await?
        }
    };
    let hashes = rows.iter().filter_map(|(.., hash)| hash.as_deref());
    let hashes = hashes.map(|hash| id(hash, "client_secrets.secret_hash"));
    let hashes = hashes.collect::<Result<Vec<_>, _>>()?;
    let first = rows.into_iter().next();
    let found = first.map(|(id_, policy, created_at, disabled_at, _)| client((id_, policy, created_at, disabled_at)));
    Ok(found.transpose()?.map(|client| (client, hashes)))
}

/// None of the client's secrets works longer than until then.
pub async fn expire_secrets(tx: &mut Tx, lab: &LabId, client: &ClientId, until: Timestamp) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE client_secrets SET expires_at = $3 \
         WHERE lab_id = $1 AND client_id = $2 AND expires_at > $3";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(client.as_str()).bind(until.micros()).execute(connection).await?;
    });
    Ok(())
}

pub async fn delete_expired_secrets(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query("DELETE FROM client_secrets WHERE expires_at <= $1")
            .bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}

fn written(policy: &Policy) -> Result<String, StoreFault> {
    serde_json::to_string(policy).map_err(|_| StoreFault::Unreadable(POLICY))
}
