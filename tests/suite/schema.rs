//! Two folders of migrations, one schema: the same files, tables, columns, keys and indexes on both databases.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sqlx::Row;
use vestibule::store::Db;

use crate::support::postgres;

type Schema = BTreeSet<(String, String, String, bool)>;

fn files(database: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
    fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn both_folders_hold_the_same_files_and_the_binary_knows_them_all() {
    assert_eq!(files("sqlite"), files("postgres"));
    let known: BTreeSet<String> = vestibule::store::migration_names()
        .into_iter()
        .map(|name| format!("{name}.sql"))
        .collect();
    assert_eq!(known, files("sqlite"));
}

#[actix_web::test]
async fn both_databases_have_the_same_tables_columns_and_indexes() {
    let Some(url) = postgres::create_database().await else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let sqlite = Db::open(&format!("sqlite:{}", directory.path().join("v.db").display()), 1)
        .await
        .unwrap();
    let postgres = Db::open(&url, 2).await.unwrap();
    sqlite.migrate().await.unwrap();
    postgres.migrate().await.unwrap();
    let (left, right) = (schema(&sqlite).await, schema(&postgres).await);
    assert!(left.len() > 60, "the comparison saw next to nothing: {left:?}");
    assert_eq!(left, right);
    sqlite.close().await;
    postgres.close().await;
}

/// Tables that hold an end and are not purged, each with its reason.
const KEPT: [(&str, &str); 6] = [
    (
        "lab_codes",
        "who was handed a code and when: the lab's record of its identity checks",
    ),
    (
        "invitations",
        "who was mailed a link and when; a newer one ends the older",
    ),
    (
        "records",
        "a grant that has ended stays as proof of who could read what",
    ),
    ("leaks", "incidents are the register of article 33(5)"),
    ("sieges", "a few rows a year, which the desk shows"),
    (
        "signing_keys",
        "a lab's keys follow a plan of their own: service/signing_keys",
    ),
];

/// Columns that say until when a row is of use, or when it was of use last.
const ENDS: [&str; 6] = [
    "expires_at",
    "ends_at",
    "ended_at",
    "last_used_at",
    "slot_at",
    "active_from",
];

/// Columns that say when something happened or is due: a row is not over because of them.
const MOMENTS: [&str; 37] = [
    "added_at",
    "authenticated_at",
    "aware_at",
    "began_at",
    "bound_at",
    "changed_at",
    "claimed_at",
    "closed_at",
    "consumed_at",
    "created_at",
    "decided_at",
    "disabled_at",
    "due_at",
    "effective_at",
    "expired_at",
    "first_at",
    "found_at",
    "given_at",
    "granted_at",
    "imported_at",
    "issued_at",
    "last_at",
    "linked_at",
    "made_at",
    "owned_at",
    "published_at",
    "quiet_until",
    "reminded_at",
    "rotated_at",
    "rotation_required_at",
    "set_at",
    "settled_at",
    "told_at",
    "touched_at",
    "trusted_at",
    "updated_at",
    "verified_at",
];

/// A table with an end is purged because it is a table with an end.
#[actix_web::test]
async fn every_table_with_an_end_is_purged() {
    let directory = tempfile::tempdir().unwrap();
    let sqlite = Db::open(&format!("sqlite:{}", directory.path().join("v.db").display()), 1)
        .await
        .unwrap();
    sqlite.migrate().await.unwrap();
    let columns: Vec<(String, String)> = schema(&sqlite)
        .await
        .into_iter()
        .filter(|(_, _, kind, _)| kind != "index")
        .map(|(table, column, ..)| (table, column))
        .collect();
    let is_a_moment = |column: &str| ["_at", "_until", "_from"].iter().any(|end| column.ends_with(end));
    let unknown: BTreeSet<&str> = columns
        .iter()
        .map(|(_, column)| column.as_str())
        .filter(|column| is_a_moment(column) && !ENDS.contains(column) && !MOMENTS.contains(column))
        .collect();
    assert!(unknown.is_empty(), "an end, or only a moment? {unknown:?}");
    let with_end: BTreeSet<String> = columns
        .iter()
        .filter(|(_, column)| ENDS.contains(&column.as_str()))
        .map(|(table, _)| table.clone())
        .collect();
    sqlite.close().await;
    let purged: BTreeSet<String> = vestibule::store::purges()
        .flat_map(|purge| purge.tables)
        .map(|table| (*table).to_owned())
        .collect();
    let kept: BTreeSet<String> = KEPT.iter().map(|(table, _)| (*table).to_owned()).collect();
    // What the holder keeps, with the moment of its last use.
    let used = BTreeSet::from(["passkeys".to_owned(), "upstream_links".to_owned()]);
    let known: BTreeSet<String> = purged.iter().chain(&kept).chain(&used).cloned().collect();
    let forgotten: Vec<_> = with_end.difference(&known).collect();
    assert!(
        forgotten.is_empty(),
        "neither purged nor kept for a reason: {forgotten:?}"
    );
    let both: Vec<_> = purged.intersection(&kept).collect();
    assert!(both.is_empty(), "purged, and said to be kept: {both:?}");
    assert!(with_end.len() > 15, "the schema was not read: {with_end:?}");
    assert!(kept.is_subset(&with_end), "kept for a reason that is gone");
}

/// Table, column or index, type, whether it may be null (an index: whether it is unique).
async fn schema(db: &Db) -> Schema {
    const SQLITE: &str = "SELECT m.name, c.name, c.type, c.\"notnull\" = 0 FROM sqlite_master m, \
         pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '_sqlx%' \
         UNION ALL SELECT tbl_name, name, 'index', sql NOT LIKE '%UNIQUE%' FROM sqlite_master \
         WHERE type = 'index' AND sql IS NOT NULL";
    const POSTGRES: &str = "SELECT table_name::text, column_name::text, upper(data_type::text), is_nullable = 'YES' \
         FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx%' \
         UNION ALL SELECT tablename::text, indexname::text, 'index', indexdef NOT LIKE '%UNIQUE%' FROM pg_indexes \
         WHERE schemaname = current_schema() AND indexname NOT LIKE '%\\_pkey' AND tablename NOT LIKE '\\_sqlx%'";
    let rows: Vec<(String, String, String, bool)> = match db {
        Db::Sqlite { writer, .. } => sqlx::query(SQLITE)
            .fetch_all(writer)
            .await
            .unwrap()
            .iter()
            .map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)))
            .collect(),
        Db::Postgres(pool) => sqlx::query(POSTGRES)
            .fetch_all(pool)
            .await
            .unwrap()
            .iter()
            .map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)))
            .collect(),
    };
    let same = |kind: String| match kind.as_str() {
        "BYTEA" => "BLOB".to_owned(),
        _ => kind,
    };
    rows.into_iter()
        .map(|(table, column, kind, nullable)| (table, column, same(kind), nullable))
        .collect()
}
