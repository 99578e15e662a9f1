//! The audit trail: rows are added, never changed.

use std::collections::BTreeMap;

use super::columns::id;
use super::db::on_both;
use super::packed::packed;
use super::{StoreFault, Tx};
use domain::audit::Entry;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, AuditEventId, LabId};

pub async fn insert(
    tx: &mut Tx,
    lab: &LabId,
    event: AuditEventId,
    entry: &Entry,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO audit_events (lab_id, event_id, at, kind, actor, account_id, detail) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let detail = detail(entry)?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(event.as_bytes().as_slice()).bind(now.micros())
            .bind(entry.event.kind()).bind(entry.actor.label())
            .bind(entry.account.map(|account| account.as_bytes().to_vec())).bind(detail)
            .execute(connection).await?;
    });
    Ok(())
}

/// As [`insert`], for what happens to many accounts at once.
pub async fn insert_many(
    tx: &mut Tx,
    lab: &LabId,
    ids: &[AuditEventId],
    entries: &[Entry],
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = packed!(
        "32",
        "$2",
        "INSERT INTO audit_events (lab_id, event_id, at, kind, actor, account_id, detail) \
         SELECT $1, SUBSTR($2, at, 16), $3, $4, $5, SUBSTR($2, at + 16, 16), $6 FROM packed"
    );
    // What differs is the account: event and account ids of all that happened in the same way, side by side.
    let mut alike: BTreeMap<(&str, String, String), Vec<u8>> = BTreeMap::new();
    for (id, entry) in ids.iter().zip(entries) {
        let Some(account) = entry.account else {
            insert(&mut *tx, lab, *id, entry, now).await?;
            continue;
        };
        let ids = alike
            .entry((entry.event.kind(), entry.actor.label(), detail(entry)?))
            .or_default();
        ids.extend_from_slice(id.as_bytes());
        ids.extend_from_slice(account.as_bytes());
    }
    for ((kind, actor, detail), ids) in alike {
        on_both!(&mut *tx, connection => {
            sqlx::query(SQL)
                .bind(lab.as_str()).bind(ids).bind(now.micros()).bind(kind).bind(actor).bind(detail)
                .execute(connection).await?;
        });
    }
    Ok(())
}

fn detail(entry: &Entry) -> Result<String, StoreFault> {
    serde_json::to_string(&entry.event).map_err(|_| StoreFault::Unreadable("audit_events.detail"))
}

/// One row of the trail.
#[derive(Debug)]
pub struct TrailRow {
    pub at: Timestamp,
    pub kind: String,
    pub actor: String,
    pub account: Option<AccountId>,
    pub detail: String,
}

/// The newest `limit` events of a lab, newest first.
pub async fn find_newest(tx: &mut Tx, lab: &LabId, limit: i64) -> Result<Vec<TrailRow>, StoreFault> {
    const SQL: &str = "SELECT at, kind, actor, account_id, detail FROM audit_events WHERE lab_id = $1 \
         ORDER BY at DESC LIMIT $2";
    type Columns = (i64, String, String, Option<Vec<u8>>, String);
    let rows: Vec<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(limit).fetch_all(connection).await?
    });
    let stored = |(at, kind, actor, account, detail): Columns| {
        let account = account
            .map(|account| id(&account, "audit_events.account_id"))
            .transpose()?;
        Ok(TrailRow {
            at: Timestamp::from_micros(at),
            kind,
            actor,
            account,
            detail,
        })
    };
    rows.into_iter().map(stored).collect()
}
