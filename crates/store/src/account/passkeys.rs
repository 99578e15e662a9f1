//! Passkeys of accounts: the credential and its name sealed, found by a keyed index of the credential's id.

use crate::account::locked::LockedAccount;
use crate::columns::{id, moment};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::blind_index::BlindIndex;
use crypto::passkey::Credential;
use crypto::seal::{Place, Sealer};
use domain::account::AccountState;
use domain::ending::Change;
use domain::operator::Role;
use domain::passkey::PasskeyEntry;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId, PasskeyId};

const CREDENTIAL: &str = "passkeys.credential";
const NAME: &str = "passkeys.name";

/// As a sign-in needs it.
#[derive(Debug)]
pub struct PasskeyRow {
    pub id: PasskeyId,
    pub account: AccountId,
    pub credential: Credential,
    /// What was read, for [`update`].
    sealed: Vec<u8>,
}

fn place<'a>(lab: &'a LabId, column: &'static str, row: &'a PasskeyId) -> Place<'a> {
    Place {
        lab,
        column,
        row: row.as_bytes(),
    }
}

fn seal(sealer: &Sealer, lab: &LabId, row: &PasskeyId, credential: &Credential) -> Result<Vec<u8>, StoreFault> {
    let plain = serde_json::to_vec(credential).map_err(|_| StoreFault::Unreadable(CREDENTIAL))?;
    Ok(sealer.seal(place(lab, CREDENTIAL, row), &plain)?)
}

fn open(sealer: &Sealer, lab: &LabId, row: &PasskeyId, sealed: &[u8]) -> Result<Credential, StoreFault> {
    let plain = sealer.open(place(lab, CREDENTIAL, row), sealed)?;
    serde_json::from_slice(&plain).map_err(|_| StoreFault::Unreadable(CREDENTIAL))
}

#[derive(Debug)]
pub struct NewPasskey<'a> {
    pub id: PasskeyId,
    pub index: &'a BlindIndex,
    pub credential: &'a Credential,
    pub name: &'a str,
    pub at: Timestamp,
}

/// False: some account of the lab has this very passkey.
pub async fn insert(holder: &mut LockedAccount<'_>, sealer: &Sealer, new: &NewPasskey<'_>) -> Result<bool, StoreFault> {
    const SQL: &str = "INSERT INTO passkeys \
         (lab_id, passkey_id, account_id, credential_index, credential, name, added_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (lab_id, credential_index) DO NOTHING";
    let (lab, account) = (holder.lab().clone(), holder.id());
    let sealed = seal(sealer, &lab, &new.id, new.credential)?;
    let name = sealer.seal(place(&lab, NAME, &new.id), new.name.as_bytes())?;
    let inserted = on_both!(holder.tx(), connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(new.id.as_bytes().as_slice()).bind(account.as_bytes().as_slice())
            .bind(new.index.as_bytes()).bind(sealed).bind(name).bind(new.at.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(inserted == 1)
}

pub async fn lookup(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    index: &BlindIndex,
) -> Result<Option<PasskeyRow>, StoreFault> {
    const SQL: &str = "SELECT passkey_id, account_id, credential FROM passkeys \
         WHERE lab_id = $1 AND credential_index = $2";
    let row: Option<(Vec<u8>, Vec<u8>, Vec<u8>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(index.as_bytes()).fetch_optional(connection).await?
    });
    let Some((passkey, account, sealed)) = row else {
        return Ok(None);
    };
    let passkey = id(&passkey, "passkeys.passkey_id")?;
    Ok(Some(PasskeyRow {
        id: passkey,
        account: id(&account, "passkeys.account_id")?,
        credential: open(sealer, lab, &passkey, &sealed)?,
        sealed,
    }))
}

/// Of an account, the oldest first.
pub async fn find(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    account: AccountId,
) -> Result<Vec<PasskeyEntry>, StoreFault> {
    const SQL: &str = "SELECT passkey_id, name, added_at, last_used_at FROM passkeys \
         WHERE lab_id = $1 AND account_id = $2 ORDER BY added_at, passkey_id";
    type Columns = (Vec<u8>, Vec<u8>, i64, Option<i64>);
    let rows: Vec<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).fetch_all(connection).await?
    });
    let line = |(passkey, name, added_at, last_used_at): Columns| {
        let passkey = id(&passkey, "passkeys.passkey_id")?;
        Ok(PasskeyEntry {
            id: passkey,
            name: sealer.open_text(place(lab, NAME, &passkey), &name)?,
            added_at: Timestamp::from_micros(added_at),
            last_used_at: moment(last_used_at),
        })
    };
    rows.into_iter().map(line).collect()
}

/// What the passkeys of an account are checked against.
pub async fn find_credentials(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    account: AccountId,
) -> Result<Vec<Credential>, StoreFault> {
    const SQL: &str = "SELECT passkey_id, credential FROM passkeys WHERE lab_id = $1 AND account_id = $2";
    let rows: Vec<(Vec<u8>, Vec<u8>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).fetch_all(connection).await?
    });
    let credential = |(passkey, sealed): &(Vec<u8>, Vec<u8>)| {
        let passkey = id(passkey, "passkeys.passkey_id")?;
        open(sealer, lab, &passkey, sealed)
    };
    rows.iter().map(credential).collect()
}

pub async fn count(tx: &mut Tx, lab: &LabId, account: AccountId) -> Result<i64, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM passkeys WHERE lab_id = $1 AND account_id = $2";
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).fetch_one(connection).await?
    }))
}

/// Enrolled operators with the role `security` somewhere and no passkey.
pub async fn count_security_without(tx: &mut Tx) -> Result<i64, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM accounts a WHERE a.lab_id = $1 AND a.state = $2 \
         AND EXISTS (SELECT 1 FROM operator_roles r WHERE r.account_id = a.account_id AND r.role = $3) \
         AND NOT EXISTS (SELECT 1 FROM passkeys p WHERE p.lab_id = a.lab_id AND p.account_id = a.account_id)";
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(LabId::operators().as_str()).bind(AccountState::Active.as_str()).bind(Role::Security.as_str())
            .fetch_one(connection).await?
    }))
}

/// It signed in. False: it was removed meanwhile, or signed in elsewhere with another counter.
pub async fn update(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    found: &PasskeyRow,
    changed: Option<&Credential>,
    now: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE passkeys SET credential = $4, last_used_at = $5 \
         WHERE lab_id = $1 AND passkey_id = $2 AND credential = $3";
    let sealed = changed
        .map(|credential| seal(sealer, lab, &found.id, credential))
        .transpose()?;
    let sealed = sealed.as_deref().unwrap_or(&found.sealed);
    let updated = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(found.id.as_bytes().as_slice()).bind(found.sealed.as_slice())
            .bind(sealed).bind(now.micros()).execute(connection).await?.rows_affected()
    });
    Ok(updated == 1)
}

/// What rested on it ends. False: the account has no such passkey.
pub async fn delete(holder: &mut LockedAccount<'_>, passkey: PasskeyId, now: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "DELETE FROM passkeys WHERE lab_id = $1 AND account_id = $2 AND passkey_id = $3";
    let (lab, account) = (holder.lab().clone(), holder.id());
    let deleted = on_both!(holder.tx(), connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(passkey.as_bytes().as_slice())
            .execute(connection).await?.rows_affected()
    });
    if deleted == 1 {
        holder.end(Change::PasskeyRemoved(passkey), now).await?;
    }
    Ok(deleted == 1)
}

/// Without ending anything else: whoever replaces every means does that.
pub async fn delete_all(holder: &mut LockedAccount<'_>) -> Result<(), StoreFault> {
    const SQL: &str = "DELETE FROM passkeys WHERE lab_id = $1 AND account_id = $2";
    let (lab, account) = (holder.lab().clone(), holder.id());
    on_both!(holder.tx(), connection => {
        sqlx::query(SQL).bind(lab.as_str()).bind(account.as_bytes().as_slice()).execute(connection).await?;
    });
    Ok(())
}
