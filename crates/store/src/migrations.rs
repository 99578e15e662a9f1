//! The schema's history, inside the binary. Both folders hold the same file names.

use std::borrow::Cow;

use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

struct Source {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! sources {
    ($($version:literal $name:literal),+ $(,)?) => {
        &[$(Source {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../../migrations/postgres/", $name, ".sql")),
        }),+]
    };
}

const SOURCES: &[Source] = sources![
    1 "0001_first",
    2 "0002_one_owner",
    3 "0003_leaks",
    4 "0004_devices",
    5 "0005_passkeys",
    6 "0006_siege",
    7 "0007_alerts",
    8 "0008_signing_keys",
    9 "0009_oidc",
    10 "0010_upstream",
    11 "0011_generations",
    12 "0012_clicked_twice",
    13 "0013_entry_origin",
    15 "0015_conflicts",
];

pub(super) fn sqlite() -> Migrator {
    migrator(|source| source.sqlite)
}

pub(super) fn postgres() -> Migrator {
    migrator(|source| source.postgres)
}

/// Of the files in both folders, in order.
pub fn names() -> Vec<String> {
    SOURCES.iter().map(|source| source.name.to_owned()).collect()
}

/// Version of the latest migration this binary holds.
pub(super) fn newest() -> Option<i64> {
    SOURCES.iter().map(|source| source.version).max()
}

#[cfg(test)]
pub(super) fn sqlite_texts() -> impl Iterator<Item = &'static str> {
    SOURCES.iter().map(|source| source.sqlite)
}

fn migrator(text: impl Fn(&Source) -> &'static str) -> Migrator {
    let migration = |source: &Source| {
        let sql = SqlStr::from_static(text(source));
        Migration::new(
            source.version,
            Cow::Borrowed(source.name),
            MigrationType::Simple,
            sql,
            false,
        )
    };
    Migrator::with_migrations(SOURCES.iter().map(migration).collect())
}
