//! What was counted of sign-ins, minute by minute, and the sieges of each lab.

use crate::columns::{moment, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use domain::siege::{Counts, Siege, Slot, Span, WINDOW};
use kernel::clock::Timestamp;
use kernel::ids::LabId;

/// Adds to what other servers counted in the same minute.
pub async fn add(tx: &mut Tx, lab: &LabId, slot: &Slot) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO siege_slots (lab_id, slot_at, failures, turned_away, successes) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (lab_id, slot_at) DO UPDATE SET \
         failures = siege_slots.failures + excluded.failures, \
         turned_away = siege_slots.turned_away + excluded.turned_away, \
         successes = siege_slots.successes + excluded.successes";
    let counts = slot.counts;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(slot.at.micros())
            .bind(column(counts.failures)).bind(column(counts.turned_away)).bind(column(counts.successes))
            .execute(connection).await?;
    });
    Ok(())
}

/// The minutes of every lab since then, oldest first.
pub async fn find_recent(tx: &mut Tx, since: Timestamp) -> Result<Vec<(LabId, Slot)>, StoreFault> {
    const SQL: &str = "SELECT lab_id, slot_at, failures, turned_away, successes FROM siege_slots \
         WHERE slot_at >= $1 ORDER BY slot_at";
    let rows: Vec<(String, i64, i64, i64, i64)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(since.micros()).fetch_all(connection).await?
    });
    rows.into_iter()
        .map(|(lab, at, failures, turned_away, successes)| {
            Ok((
                word(&lab, "siege_slots.lab_id")?,
                slot((at, failures, turned_away, successes))?,
            ))
        })
        .collect()
}

/// The minutes of one lab since then, in tens, oldest first.
pub async fn find_spans(tx: &mut Tx, lab: &LabId, since: Timestamp) -> Result<Vec<Slot>, StoreFault> {
    const SQL: &str = "SELECT slot_at - slot_at % $3, CAST(SUM(failures) AS BIGINT), \
         CAST(SUM(turned_away) AS BIGINT), CAST(SUM(successes) AS BIGINT) FROM siege_slots \
         WHERE lab_id = $1 AND slot_at >= $2 GROUP BY 1 ORDER BY 1";
    let rows: Vec<(i64, i64, i64, i64)> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(since.micros()).bind(length(WINDOW)).fetch_all(connection).await?
    });
    rows.into_iter().map(slot).collect()
}

pub async fn delete_slots(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query("DELETE FROM siege_slots WHERE slot_at < $1")
            .bind(before.micros()).execute(connection).await?.rows_affected()
    }))
}

/// False if there is one already; another server was faster.
pub async fn begin(tx: &mut Tx, lab: &LabId, siege: &Siege) -> Result<bool, StoreFault> {
    const SQL: &str = "INSERT INTO sieges (lab_id, began_at, failure_limit, failures, turned_away, successes) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let seen = siege.seen;
    let inserted = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(siege.began.micros()).bind(column(siege.limit))
            .bind(column(seen.failures)).bind(column(seen.turned_away)).bind(column(seen.successes))
            .execute(connection).await?.rows_affected()
    });
    Ok(inserted == 1)
}

/// False: it has ended already.
pub async fn end(tx: &mut Tx, lab: &LabId, siege: &Siege, now: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE sieges SET ended_at = $3 WHERE lab_id = $1 AND began_at = $2 AND ended_at IS NULL";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(siege.began.micros()).bind(now.micros()).execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// Those that stand.
pub async fn find_current(tx: &mut Tx) -> Result<Vec<(LabId, Siege)>, StoreFault> {
    const SQL: &str = "SELECT lab_id, began_at, failure_limit, failures, turned_away, successes FROM sieges \
         WHERE ended_at IS NULL";
    let rows: Vec<(String, i64, i64, i64, i64, i64)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).fetch_all(connection).await?
    });
    rows.into_iter()
        .map(|(lab, began, limit, failures, turned_away, successes)| {
            let Slot { at, counts } = slot((began, failures, turned_away, successes))?;
            let siege = Siege {
                began: at,
                limit: count(limit)?,
                seen: counts,
            };
            Ok((word(&lab, "sieges.lab_id")?, siege))
        })
        .collect()
}

/// Those of a lab that had not ended by then, oldest first.
pub async fn find_earlier(tx: &mut Tx, lab: &LabId, since: Timestamp) -> Result<Vec<Span>, StoreFault> {
    const SQL: &str = "SELECT began_at, ended_at FROM sieges WHERE lab_id = $1 AND (ended_at IS NULL OR ended_at >= $2) \
         ORDER BY began_at";
    let rows: Vec<(i64, Option<i64>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(since.micros()).fetch_all(connection).await?
    });
    let span = |(began, ended)| Span {
        began: Timestamp::from_micros(began),
        ended: moment(ended),
    };
    Ok(rows.into_iter().map(span).collect())
}

fn slot((at, failures, turned_away, successes): (i64, i64, i64, i64)) -> Result<Slot, StoreFault> {
    let counts = Counts {
        failures: count(failures)?,
        turned_away: count(turned_away)?,
        successes: count(successes)?,
    };
    let at = Timestamp::from_micros(at);
    Ok(Slot { at, counts })
}

fn count(stored: i64) -> Result<u64, StoreFault> {
    u64::try_from(stored).map_err(|_| StoreFault::Unreadable("siege_slots, sieges"))
}

fn column(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn length(span: std::time::Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
