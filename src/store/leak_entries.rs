//! What is kept of a list: digests of identifiers and of pairs, in their own order.

use std::fmt::Write;
use std::sync::LazyLock;

use sqlx::AssertSqlSafe;

use super::db::on_both;
use super::{StoreFault, Tx};
use crate::crypto::blind_index::BlindIndex;
use crate::crypto::leak_digest::PairDigest;
use crate::domain::leak::LeakId;
use crate::kernel::ids::LabId;

/// Rows of one statement: two placeholders each, beside the lab and the leak.
const TOGETHER: usize = 500;

static INSERT_MANY: LazyLock<String> = LazyLock::new(|| insert(TOGETHER));
static INSERT_ONE: LazyLock<String> = LazyLock::new(|| insert(1));

fn insert(rows: usize) -> String {
    let mut sql = "INSERT INTO leak_entries (lab_id, leak_id, identifier_index, pair) VALUES ".to_owned();
    for row in 0..rows {
        let comma = if row == 0 { "" } else { ", " };
        // Writing to a String does not fail.
        let _ = write!(sql, "{comma}($1, $2, ${}, ${})", 3 + 2 * row, 4 + 2 * row);
    }
    sql + " ON CONFLICT DO NOTHING"
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub identifier: [u8; 32],
    /// None: listed without a password.
    pub pair: Option<PairDigest>,
}

impl Entry {
    fn pair(&self) -> Vec<u8> {
        self.pair.map_or_else(Vec::new, |pair| pair.as_bytes().to_vec())
    }

    /// Sorts as the entry does.
    pub fn key(&self) -> Vec<u8> {
        [self.identifier.as_slice(), &self.pair()].concat()
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entry(..)")
    }
}

/// Best given in order: then the table only grows at its end.
///
/// # Errors
/// The database does not answer.
pub async fn insert_many(tx: &mut Tx, lab: &LabId, leak: LeakId, entries: &[Entry]) -> Result<(), StoreFault> {
    for chunk in entries.chunks(TOGETHER) {
        if chunk.len() == TOGETHER {
            insert_chunk(tx, lab, leak, &INSERT_MANY, chunk).await?;
        } else {
            for entry in chunk {
                insert_chunk(tx, lab, leak, &INSERT_ONE, std::slice::from_ref(entry)).await?;
            }
        }
    }
    Ok(())
}

async fn insert_chunk(
    tx: &mut Tx,
    lab: &LabId,
    leak: LeakId,
    sql: &'static str,
    chunk: &[Entry],
) -> Result<(), StoreFault> {
    on_both!(tx, connection => {
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(lab.as_str()).bind(leak.number());
        for entry in chunk {
            query = query.bind(entry.identifier.to_vec()).bind(entry.pair());
        }
        query.execute(connection).await?;
    });
    Ok(())
}

/// Pairs of one identifier in every list that was not undone.
///
/// # Errors
/// The database does not answer, or a stored value cannot be read.
pub async fn find_pairs(tx: &mut Tx, lab: &LabId, identifier: &BlindIndex) -> Result<Vec<PairDigest>, StoreFault> {
    const SQL: &str = "SELECT e.pair FROM leaks l JOIN leak_entries e ON e.lab_id = l.lab_id AND e.leak_id = l.leak_id \
         WHERE l.lab_id = $1 AND e.identifier_index = $2 AND l.state <> 'undone' AND l.state <> 'reading'";
    let rows: Vec<Vec<u8>> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL).bind(lab.as_str()).bind(identifier.as_bytes()).fetch_all(connection).await?
    });
    let pair = |bytes: Vec<u8>| {
        let bytes: [u8; PairDigest::LENGTH] = bytes
            .as_slice()
            .try_into()
            .map_err(|_| StoreFault::Unreadable("leak_entries.pair"))?;
        Ok(PairDigest::from_bytes(bytes))
    };
    rows.into_iter().filter(|bytes| !bytes.is_empty()).map(pair).collect()
}

/// Whether an identifier with this password stands on a list that is in effect.
///
/// # Errors
/// The database does not answer.
pub async fn is_leaked(
    tx: &mut Tx,
    lab: &LabId,
    identifier: &BlindIndex,
    pair: &PairDigest,
) -> Result<bool, StoreFault> {
    const SQL: &str = "SELECT 1 FROM leaks l JOIN leak_entries e ON e.lab_id = l.lab_id AND e.leak_id = l.leak_id \
         WHERE l.lab_id = $1 AND e.identifier_index = $2 AND e.pair = $3 \
         AND (l.state = 'applied' OR l.state = 'closed') LIMIT 1";
    let found: Option<i32> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(identifier.as_bytes()).bind(pair.as_bytes()).fetch_optional(connection).await?
    });
    Ok(found.is_some())
}

/// Whether an identifier stands on any list that was not undone, with or without a password.
///
/// # Errors
/// The database does not answer.
pub async fn is_listed(tx: &mut Tx, lab: &LabId, identifier: &BlindIndex) -> Result<bool, StoreFault> {
    const SQL: &str = "SELECT 1 FROM leaks l JOIN leak_entries e ON e.lab_id = l.lab_id AND e.leak_id = l.leak_id \
         WHERE l.lab_id = $1 AND e.identifier_index = $2 AND l.state <> 'undone' LIMIT 1";
    let found: Option<i32> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL).bind(lab.as_str()).bind(identifier.as_bytes()).fetch_optional(connection).await?
    });
    Ok(found.is_some())
}

/// Where a stretch of so many entries after `after` ends. None: fewer are left.
///
/// # Errors
/// The database does not answer.
pub async fn lookup_stretch(
    tx: &mut Tx,
    lab: &LabId,
    leak: LeakId,
    after: &[u8],
    entries: i64,
) -> Result<Option<Vec<u8>>, StoreFault> {
    const SQL: &str = "SELECT identifier_index FROM leak_entries WHERE lab_id = $1 AND leak_id = $2 \
         AND identifier_index > $3 ORDER BY identifier_index LIMIT 1 OFFSET $4";
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(leak.number()).bind(after).bind(entries - 1).fetch_optional(connection).await?
    }))
}

/// Deletes up to so many entries of a leak; how many there were.
///
/// # Errors
/// The database does not answer.
pub async fn delete_some(tx: &mut Tx, lab: &LabId, leak: LeakId, most: i64) -> Result<u64, StoreFault> {
    let end = lookup_stretch(tx, lab, leak, &[], most).await?;
    Ok(match end {
        Some(end) => on_both!(tx, connection => {
            sqlx::query("DELETE FROM leak_entries WHERE lab_id = $1 AND leak_id = $2 AND identifier_index <= $3")
                .bind(lab.as_str()).bind(leak.number()).bind(end).execute(connection).await?.rows_affected()
        }),
        None => on_both!(tx, connection => {
            sqlx::query("DELETE FROM leak_entries WHERE lab_id = $1 AND leak_id = $2")
                .bind(lab.as_str()).bind(leak.number()).execute(connection).await?.rows_affected()
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_share_the_lab_and_the_leak() {
        assert!(INSERT_ONE.ends_with("VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"));
        assert!(insert(2).contains("($1, $2, $3, $4), ($1, $2, $5, $6)"));
    }
}
