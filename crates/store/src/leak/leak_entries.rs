//! What is kept of a list: digests of identifiers and of pairs, in their own order.

use crate::db::on_both;
use crate::packed::packed;
use crate::{StoreFault, Tx};
use crypto::blind_index::BlindIndex;
use crypto::leak_digest::PairDigest;
use domain::leak::LeakId;
use kernel::ids::LabId;

/// As it is sorted, spooled and sent to the database: the identifier's index, whether there is a pair, the pair, and
/// where it comes from. Of the same from two places one is kept.
#[derive(Clone, Copy)]
pub struct Entry([u8; Self::LENGTH]);

/// The caller's own description of a place in the list.
pub type Origin = [u8; 5];

impl Entry {
    const IDENTIFIER: usize = 32;
    const KEY: usize = Self::IDENTIFIER + 1 + PairDigest::LENGTH;
    pub const LENGTH: usize = Self::KEY + size_of::<Origin>();
    const WITH_PAIR: u8 = 1;

    /// No pair: listed without a password.
    pub fn new(identifier: &BlindIndex, pair: Option<PairDigest>, origin: Origin) -> Self {
        let mut bytes = [0; Self::LENGTH];
        let (key, place) = bytes.split_at_mut(Self::KEY);
        place.copy_from_slice(&origin);
        let (index, rest) = key.split_at_mut(Self::IDENTIFIER);
        index.copy_from_slice(identifier.as_bytes());
        if let (Some(pair), Some((mark, slot))) = (pair, rest.split_first_mut()) {
            *mark = Self::WITH_PAIR;
            slot.copy_from_slice(pair.as_bytes());
        }
        Self(bytes)
    }

    pub const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn key(&self) -> &[u8] {
        self.0.split_at(Self::KEY).0
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(other.key())
    }
}

kernel::opaque!(Entry);

/// Entries that were not loaded before; best given in order: then the table only grows at its end.
pub async fn insert_many(tx: &mut Tx, lab: &LabId, leak: LeakId, entries: &[Entry]) -> Result<(), StoreFault> {
    const SQL: &str = packed!(
        "54",
        "$3",
        "INSERT INTO leak_entries (lab_id, leak_id, identifier_index, pair, origin) SELECT $1, $2, SUBSTR($3, at, 32), \
         CASE WHEN SUBSTR($3, at + 32, 1) = $4 THEN SUBSTR($3, at + 33, 16) ELSE $5 END, SUBSTR($3, at + 49, 5) \
         FROM packed"
    );
    if entries.is_empty() {
        return Ok(());
    }
    let (mark, nothing): (&[u8], &[u8]) = (&[Entry::WITH_PAIR], &[]);
    let packed: Vec<u8> = entries.iter().flat_map(|entry| entry.0).collect();
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(leak.number()).bind(packed).bind(mark).bind(nothing)
            .execute(connection).await?;
    });
    Ok(())
}

/// Pairs of one identifier in every list that was not undone.
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

/// Whether an identifier with this password is on a list that is in effect.
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

/// Whether an identifier is on any list that was not undone, with or without a password.
pub async fn is_listed(tx: &mut Tx, lab: &LabId, identifier: &BlindIndex) -> Result<bool, StoreFault> {
    const SQL: &str = "SELECT 1 FROM leaks l JOIN leak_entries e ON e.lab_id = l.lab_id AND e.leak_id = l.leak_id \
         WHERE l.lab_id = $1 AND e.identifier_index = $2 AND l.state <> 'undone' LIMIT 1";
    let found: Option<i32> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL).bind(lab.as_str()).bind(identifier.as_bytes()).fetch_optional(connection).await?
    });
    Ok(found.is_some())
}

/// Whether an identifier, known or not, is on a list that is in effect and not closed. One look into an index for
/// each of them.
pub async fn is_on_open_list(tx: &mut Tx, lab: &LabId, identifier: &BlindIndex) -> Result<bool, StoreFault> {
    const SQL: &str = "SELECT 1 FROM leaks l WHERE l.lab_id = $1 AND l.state = 'applied' AND EXISTS \
         (SELECT 1 FROM leak_entries e WHERE e.lab_id = l.lab_id AND e.leak_id = l.leak_id \
         AND e.identifier_index = $2) LIMIT 1";
    let found: Option<i32> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL).bind(lab.as_str()).bind(identifier.as_bytes()).fetch_optional(connection).await?
    });
    Ok(found.is_some())
}

/// Different identifiers of a list.
pub async fn count_identifiers(tx: &mut Tx, lab: &LabId, leak: LeakId) -> Result<i64, StoreFault> {
    const SQL: &str = "SELECT COUNT(DISTINCT identifier_index) FROM leak_entries WHERE lab_id = $1 AND leak_id = $2";
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar(SQL).bind(lab.as_str()).bind(leak.number()).fetch_one(connection).await?
    }))
}

/// Where the identifiers of a stretch come from that no account has, in order; those with several passwords as often.
pub async fn find_unmatched(
    tx: &mut Tx,
    lab: &LabId,
    leak: LeakId,
    after: &[u8],
    to: &[u8],
) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreFault> {
    const SQL: &str = "SELECT e.identifier_index, e.origin FROM leak_entries e WHERE e.lab_id = $1 AND e.leak_id = $2 \
         AND e.identifier_index > $3 AND e.identifier_index <= $4 AND NOT EXISTS (SELECT 1 FROM accounts a \
         WHERE a.lab_id = e.lab_id AND a.identifier_index = e.identifier_index) ORDER BY e.identifier_index";
    Ok(on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(leak.number()).bind(after).bind(to).fetch_all(connection).await?
    }))
}

/// Where a stretch of this many entries after `after` ends. `None` if fewer are left.
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

/// Deletes up to this many entries of a leak; returns how many there were.
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
