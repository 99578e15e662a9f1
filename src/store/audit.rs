//! The audit trail: rows are added, never changed.

use super::columns::id;
use super::db::on_both;
use super::{StoreFault, Tx};
use crate::domain::audit::Entry;
use crate::kernel::clock::Timestamp;
use crate::kernel::ids::{AccountId, AuditEventId, LabId};

/// # Errors
/// The database does not answer.
pub async fn insert(
    tx: &mut Tx,
    lab: &LabId,
    event: AuditEventId,
    entry: &Entry,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO audit_events (lab_id, event_id, at, kind, actor, account_id, detail) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let detail = serde_json::to_string(&entry.event).map_err(|_| StoreFault::Unreadable("audit_events.detail"))?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(event.as_bytes().as_slice()).bind(now.micros())
            .bind(entry.event.kind()).bind(entry.actor.label())
            .bind(entry.account.map(|account| account.as_bytes().to_vec())).bind(detail)
            .execute(connection).await?;
    });
    Ok(())
}

/// Rows of one statement.
const TOGETHER: usize = 500;

/// # Errors
/// The database does not answer.
pub async fn insert_many(
    tx: &mut Tx,
    lab: &LabId,
    ids: &[AuditEventId],
    entries: &[Entry],
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO audit_events (lab_id, event_id, at, kind, actor, account_id, detail) ";
    for (ids, entries) in ids.chunks(TOGETHER).zip(entries.chunks(TOGETHER)) {
        let mut rows = Vec::with_capacity(entries.len());
        for (id, entry) in ids.iter().zip(entries) {
            let detail = serde_json::to_string(&entry.event);
            rows.push((
                id,
                entry,
                detail.map_err(|_| StoreFault::Unreadable("audit_events.detail"))?,
            ));
        }
        on_both!(&mut *tx, connection => {
            let mut query = sqlx::QueryBuilder::new(SQL);
            query.push_values(rows, |mut row, (id, entry, detail)| {
                row.push_bind(lab.as_str().to_owned()).push_bind(id.as_bytes().to_vec()).push_bind(now.micros())
                    .push_bind(entry.event.kind()).push_bind(entry.actor.label())
                    .push_bind(entry.account.map(|account| account.as_bytes().to_vec())).push_bind(detail);
            });
            query.build().execute(connection).await?;
        });
    }
    Ok(())
}

/// One row of the trail.
#[derive(Debug)]
pub struct Stored {
    pub at: Timestamp,
    pub kind: String,
    pub actor: String,
    pub account: Option<AccountId>,
    pub detail: String,
}

/// The newest `limit` events of a lab, newest first.
///
/// # Errors
/// The database does not answer.
pub async fn find_newest(tx: &mut Tx, lab: &LabId, limit: i64) -> Result<Vec<Stored>, StoreFault> {
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
        Ok(Stored {
            at: Timestamp::from_micros(at),
            kind,
            actor,
            account,
            detail,
        })
    };
    rows.into_iter().map(stored).collect()
}
