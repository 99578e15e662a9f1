//! An SQLite database as a file: looking into a backup, and taking a database out of use to put another in its place.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{Connection, SqliteConnection};

use crate::{StoreFault, migrations};

/// What was found in a file that is not being written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// SQLite's own check of every page and index.
    pub sound: bool,
    /// None: not a database of ours, or one that never had a keyring.
    pub keyring_fingerprint: Option<String>,
    /// It has migrations that this binary does not hold.
    pub newer: bool,
}

/// # Errors
/// The file is not an SQLite database or cannot be read.
pub async fn inspect(file: &Path) -> Result<Inspection, StoreFault> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .immutable(true);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let verdict: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut connection)
        .await?;
    let mut inspection = Inspection {
        sound: verdict == "ok",
        keyring_fingerprint: None,
        newer: false,
    };
    if inspection.sound && has_table(&mut connection, "installation").await? {
        inspection.keyring_fingerprint =
            sqlx::query_scalar("SELECT value FROM installation WHERE name = 'keyring-fingerprint'")
                .fetch_optional(&mut connection)
                .await?;
    }
    if inspection.sound && has_table(&mut connection, "_sqlx_migrations").await? {
        let newest: Option<i64> = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
            .fetch_one(&mut connection)
            .await?;
        inspection.newer = newest > migrations::newest();
    }
    connection.close().await?;
    Ok(inspection)
}

/// A database that this process holds alone, its write-ahead log folded into the one file.
#[derive(Debug)]
pub struct Offline {
    connection: SqliteConnection,
    pub accounts: i64,
}

/// # Errors
/// Another process has it open (busy), or it is damaged.
pub async fn take_offline(file: &Path) -> Result<Offline, StoreFault> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .locking_mode(sqlx::sqlite::SqliteLockingMode::Exclusive)
        .busy_timeout(std::time::Duration::from_secs(2))
        // Refused while any other connection is open, in whatever process.
        .journal_mode(SqliteJournalMode::Delete);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut connection).await?;
    sqlx::query("COMMIT").execute(&mut connection).await?;
    let accounts = if has_table(&mut connection, "accounts").await? {
        sqlx::query_scalar("SELECT COUNT(*) FROM accounts")
            .fetch_one(&mut connection)
            .await?
    } else {
        0
    };
    Ok(Offline { connection, accounts })
}

impl Offline {
    /// Lets go of the file.
    ///
    /// # Errors
    /// The file cannot be closed properly.
    pub async fn release(self) -> Result<(), StoreFault> {
        Ok(self.connection.close().await?)
    }
}

async fn has_table(connection: &mut SqliteConnection, name: &str) -> Result<bool, StoreFault> {
    let found: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1")
        .bind(name)
        .fetch_one(connection)
        .await?;
    Ok(found > 0)
}
