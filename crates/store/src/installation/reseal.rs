//! Sealed columns, walked through row by row to put older seals under the keyring's newest key. Every sealed column of
//! the schema is listed in [`COLUMNS`]; a test compares that list with the migrations.

use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::keyring::KeyId;
use crypto::seal::{Place, Sealer};
use kernel::ids::LabId;

/// A sealed column and the statements that walk through it.
#[derive(Debug)]
pub struct Column {
    /// As in [`Place::column`].
    pub name: &'static str,
    /// The row's key has a second part beside the id.
    compound: bool,
    page: &'static str,
    replace: &'static str,
}

macro_rules! column {
    ($table:literal . $column:literal, $id:literal) => {
        Column {
            name: concat!($table, ".", $column),
            compound: false,
            page: concat!(
                "SELECT lab_id, ",
                $id,
                ", ",
                $column,
                " FROM ",
                $table,
                " WHERE ",
                $column,
                " IS NOT NULL ",
                "AND (lab_id, ",
                $id,
                ") > ($1, $2) ORDER BY lab_id, ",
                $id,
                " LIMIT $3"
            ),
            replace: concat!(
                "UPDATE ",
                $table,
                " SET ",
                $column,
                " = $3 WHERE lab_id = $1 AND ",
                $id,
                " = $2 AND ",
                $column,
                " = $4"
            ),
        }
    };
    ($table:literal . $column:literal, $id:literal, $second:literal) => {
        Column {
            name: concat!($table, ".", $column),
            compound: true,
            page: concat!(
                "SELECT lab_id, ",
                $id,
                ", ",
                $second,
                ", ",
                $column,
                " FROM ",
                $table,
                " WHERE (lab_id, ",
                $id,
                ", ",
                $second,
                ") > ($1, $2, $3) ORDER BY lab_id, ",
                $id,
                ", ",
                $second,
                " LIMIT $4"
            ),
            replace: concat!(
                "UPDATE ",
                $table,
                " SET ",
                $column,
                " = $4 WHERE lab_id = $1 AND ",
                $id,
                " = $2 AND ",
                $second,
                " = $3 AND ",
                $column,
                " = $5"
            ),
        }
    };
}

pub const COLUMNS: &[Column] = &[
    column!("accounts"."identifier", "account_id"),
    column!("accounts"."email", "account_id"),
    column!("accounts"."birth_date", "account_id"),
    column!("accounts"."given_name", "account_id"),
    column!("accounts"."family_name", "account_id"),
    column!("accounts"."other_names", "account_id"),
    column!("record_conflicts"."record", "record_index"),
    column!("records"."record", "account_id", "record_index"),
    column!("authenticators"."seed", "account_id"),
    column!("legacy_passwords"."salt", "account_id"),
    column!("pending"."state", "pending_id"),
    column!("passkeys"."credential", "passkey_id"),
    column!("passkeys"."name", "passkey_id"),
    column!("passkey_challenges"."state", "challenge_id"),
    column!("form_outcomes"."outcome", "form_index"),
    column!("shown_recovery_codes"."codes", "session_id"),
    column!("alerts"."note", "alert_id"),
    column!("upstream_links"."name", "link_id"),
    column!("upstream_departures"."departure", "state_hash"),
    column!("upstream_sessions"."id_token", "session_id"),
    column!("signing_keys"."private_key", "kid"),
    column!("authorizations"."request", "handle_hash"),
];

/// The last row that was looked at; the default is before the first.
#[derive(Clone, Debug, Default)]
pub struct Cursor {
    lab: String,
    id: Vec<u8>,
    second: Vec<u8>,
}

#[derive(Debug)]
struct SealedValue {
    at: Cursor,
    value: Vec<u8>,
}

/// Looks at the next `rows` rows and reseals what an older key sealed. Returns how many values that were, and where
/// to continue; None at the end of the column.
///
/// # Errors
/// The database does not answer, or a sealed value does not open.
pub async fn step(
    tx: &mut Tx,
    sealer: &Sealer,
    newest: KeyId,
    column: &Column,
    after: &Cursor,
    rows: i64,
) -> Result<(u64, Option<Cursor>), StoreFault> {
    let page = page(tx, column, after, rows).await?;
    let next = page.last().map(|row| row.at.clone());
    let mut resealed = 0;
    for row in page.iter().filter(|row| !row.value.starts_with(newest.as_bytes())) {
        let lab: LabId = row.at.lab.parse().map_err(|_| StoreFault::Unreadable("lab_id"))?;
        let key = [row.at.id.as_slice(), &row.at.second].concat();
        let place = Place {
            lab: &lab,
            column: column.name,
            row: &key,
        };
        let plain = sealer.open(place, &row.value)?;
        let anew = sealer.seal(place, &plain)?;
        resealed += replace(tx, column, row, anew).await?;
    }
    Ok((resealed, next))
}

async fn page(tx: &mut Tx, column: &Column, after: &Cursor, rows: i64) -> Result<Vec<SealedValue>, StoreFault> {
    if column.compound {
        type Columns = (String, Vec<u8>, Vec<u8>, Vec<u8>);
        let rows: Vec<Columns> = on_both!(tx, connection => {
            sqlx::query_as(column.page)
                .bind(after.lab.as_str()).bind(after.id.as_slice()).bind(after.second.as_slice()).bind(rows)
                .fetch_all(connection).await?
        });
        let sealed = |(lab, id, second, value)| SealedValue {
            at: Cursor { lab, id, second },
            value,
        };
        return Ok(rows.into_iter().map(sealed).collect());
    }
    let rows: Vec<(String, Vec<u8>, Vec<u8>)> = on_both!(tx, connection => {
        sqlx::query_as(column.page)
            .bind(after.lab.as_str()).bind(after.id.as_slice()).bind(rows)
            .fetch_all(connection).await?
    });
    let sealed = |(lab, id, value)| SealedValue {
        at: Cursor {
            lab,
            id,
            second: Vec::new(),
        },
        value,
    };
    Ok(rows.into_iter().map(sealed).collect())
}

/// A value that was changed meanwhile stays as it is: it was sealed with the newest key.
async fn replace(tx: &mut Tx, column: &Column, row: &SealedValue, anew: Vec<u8>) -> Result<u64, StoreFault> {
    let (lab, id) = (row.at.lab.as_str(), row.at.id.as_slice());
    if column.compound {
        return Ok(on_both!(tx, connection => {
            sqlx::query(column.replace)
                .bind(lab).bind(id).bind(row.at.second.as_slice()).bind(anew).bind(row.value.as_slice())
                .execute(connection).await?.rows_affected()
        }));
    }
    Ok(on_both!(tx, connection => {
        sqlx::query(column.replace)
            .bind(lab).bind(id).bind(anew).bind(row.value.as_slice())
            .execute(connection).await?.rows_affected()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The migrations mark every such column with the word "sealed".
    #[test]
    fn every_sealed_column_of_the_schema_is_walked_through() {
        let mut table = "";
        let mut marked = Vec::new();
        for line in crate::migrations::sqlite_texts().flat_map(str::lines) {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.trim_end_matches(" (");
            }
            if !line.trim_end().ends_with("-- sealed") {
                continue;
            }
            let words: Vec<&str> = line.split_whitespace().collect();
            marked.push(match words.as_slice() {
                ["ALTER", "TABLE", table, "ADD", "COLUMN", column, ..] => format!("{table}.{column}"),
                [column, ..] => format!("{table}.{column}"),
                [] => unreachable!("the line ends in a word"),
            });
        }
        marked.sort();
        let mut walked: Vec<_> = COLUMNS.iter().map(|column| column.name.to_owned()).collect();
        walked.sort();
        assert_eq!(walked, marked);
    }
}
