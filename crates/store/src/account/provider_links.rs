//! Identities of providers that open an account, found by a keyed index of issuer and subject.

use crate::account::locked::LockedAccount;
use crate::columns::{id, moment, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::blind_index::BlindIndex;
use crypto::seal::{Place, Sealer};
use domain::ending::Change;
use domain::provider::LinkEntry;
use domain::provider::NewLink;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId, LinkId};

const NAME: &str = "upstream_links.name";

/// As a sign-in needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkRow {
    pub id: LinkId,
    pub account: AccountId,
}

fn place<'a>(lab: &'a LabId, row: &'a LinkId) -> Place<'a> {
    Place {
        lab,
        column: NAME,
        row: row.as_bytes(),
    }
}

/// False: some account of the lab has this identity.
pub async fn insert(
    holder: &mut LockedAccount<'_>,
    sealer: &Sealer,
    new: &NewLink,
    now: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "INSERT INTO upstream_links \
         (lab_id, link_id, account_id, upstream_id, identity_index, name, linked_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (lab_id, identity_index) DO NOTHING";
    let (link, identity) = (new.id(), new.identity());
    let (lab, account) = (holder.lab().clone(), holder.id());
    let (index, name) = (
        identity.index(),
        sealer.seal(place(&lab, &link), identity.name().as_bytes())?,
    );
    let inserted = on_both!(holder.tx(), connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(link.as_bytes().as_slice()).bind(account.as_bytes().as_slice())
            .bind(identity.provider().as_str()).bind(index.as_bytes()).bind(name.as_slice()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(inserted == 1)
}

pub async fn lookup(tx: &mut Tx, lab: &LabId, index: &BlindIndex) -> Result<Option<LinkRow>, StoreFault> {
    const SQL: &str = "SELECT link_id, account_id FROM upstream_links WHERE lab_id = $1 AND identity_index = $2";
    let row: Option<(Vec<u8>, Vec<u8>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(index.as_bytes()).fetch_optional(connection).await?
    });
    row.map(|(link, account)| {
        Ok(LinkRow {
            id: id(&link, "upstream_links.link_id")?,
            account: id(&account, "upstream_links.account_id")?,
        })
    })
    .transpose()
}

/// Of an account, the oldest first.
pub async fn find(tx: &mut Tx, sealer: &Sealer, lab: &LabId, account: AccountId) -> Result<Vec<LinkEntry>, StoreFault> {
    const SQL: &str = "SELECT link_id, upstream_id, name, linked_at, last_used_at FROM upstream_links \
         WHERE lab_id = $1 AND account_id = $2 ORDER BY linked_at, link_id";
    type Columns = (Vec<u8>, String, Vec<u8>, i64, Option<i64>);
    let rows: Vec<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).fetch_all(connection).await?
    });
    let line = |(link, provider, name, linked_at, last_used_at): Columns| {
        let link = id(&link, "upstream_links.link_id")?;
        Ok(LinkEntry {
            id: link,
            provider: word(&provider, "upstream_links.upstream_id")?,
            name: sealer.open_text(place(lab, &link), &name)?,
            linked_at: Timestamp::from_micros(linked_at),
            last_used_at: moment(last_used_at),
        })
    };
    rows.into_iter().map(line).collect()
}

pub async fn count(tx: &mut Tx, lab: &LabId, account: AccountId) -> Result<i64, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM upstream_links WHERE lab_id = $1 AND account_id = $2";
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).fetch_one(connection).await?
    }))
}

/// It signed in. False: it was removed meanwhile.
pub async fn touch(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    link: LinkId,
    now: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str =
        "UPDATE upstream_links SET last_used_at = $4 WHERE lab_id = $1 AND account_id = $2 AND link_id = $3";
    let touched = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(link.as_bytes().as_slice())
            .bind(now.micros()).execute(connection).await?.rows_affected()
    });
    Ok(touched == 1)
}

/// What rested on it ends. False: the account has no such link.
pub async fn delete(holder: &mut LockedAccount<'_>, link: LinkId, now: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "DELETE FROM upstream_links WHERE lab_id = $1 AND account_id = $2 AND link_id = $3";
    let (lab, account) = (holder.lab().clone(), holder.id());
    let deleted = on_both!(holder.tx(), connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(link.as_bytes().as_slice())
            .execute(connection).await?.rows_affected()
    });
    if deleted == 1 {
        holder.end(Change::LinkRemoved(link), now).await?;
    }
    Ok(deleted == 1)
}

/// Without ending anything else: whoever replaces every means does that.
pub async fn delete_all(holder: &mut LockedAccount<'_>) -> Result<(), StoreFault> {
    const SQL: &str = "DELETE FROM upstream_links WHERE lab_id = $1 AND account_id = $2";
    let (lab, account) = (holder.lab().clone(), holder.id());
    on_both!(holder.tx(), connection => {
        sqlx::query(SQL).bind(lab.as_str()).bind(account.as_bytes().as_slice()).execute(connection).await?;
    });
    Ok(())
}
