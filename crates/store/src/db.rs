//! The two databases behind one enum, and the few places where they truly differ.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use super::migrations;
use kernel::clock::Timestamp;
use kernel::ids::LabId;

/// Runs one expression against whichever database the transaction belongs to; `$connection` names its connection.
macro_rules! on_both {
    ($tx:expr, $connection:ident => $body:expr) => {
        match $tx {
            $crate::Tx::Sqlite(tx) => {
                let $connection = &mut **tx;
                $body
            }
            $crate::Tx::Postgres(tx) => {
                let $connection = &mut **tx;
                $body
            }
        }
    };
}
pub(super) use on_both;

const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Clone, Debug)]
pub enum Db {
    /// SQLite has one writer: queueing for it here is fair, where its own retries are not.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// The database does not answer, or a stored value cannot be read. Never "not found", and never shown to a patient.
///
/// A function that returns it without a section about errors fails for these two reasons only.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("database schema: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("a stored value has a form this version does not know: {0}")]
    Unreadable(&'static str),
    #[error("{0}")]
    Seal(#[from] crypto::seal::SealError),
}

impl Db {
    /// Opens the database that the URL names; an SQLite file is made if it is not there.
    ///
    /// # Errors
    /// It cannot be opened.
    pub async fn open(url: &str, connections: u32) -> Result<Self, StoreFault> {
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // A consumed code must stay consumed even when the power fails.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .pragma("secure_delete", "on")
                .busy_timeout(SQLITE_BUSY_TIMEOUT);
            let pool = |size| {
                SqlitePoolOptions::new()
                    .max_connections(size)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .before_acquire(
                        // A full disk ends a transaction behind sqlx's back; such a connection would begin no other.
                        |connection, _| {
                            let is_free = !connection.is_in_transaction();
                            Box::pin(async move { Ok(is_free) })
                        },
                    )
            };
            let writer = pool(1).connect_with(options.clone()).await?;
            return Ok(Self::Sqlite {
                writer,
                readers: pool(connections).connect_lazy_with(options),
            });
        }
        let options = PgConnectOptions::from_str(url)?;
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_TIMEOUT);
        Ok(Self::Postgres(pool.connect_with(options).await?))
    }

    /// # Errors
    /// A migration fails, or the database was made by a newer version.
    pub async fn migrate(&self) -> Result<(), StoreFault> {
        match self {
            Self::Sqlite { writer, .. } => migrations::sqlite().run(writer).await?,
            Self::Postgres(pool) => migrations::postgres().run(pool).await?,
        }
        Ok(())
    }

    /// Names of the migrations this binary holds, and how many of them the database has.
    pub async fn migration_status(&self) -> Result<(Vec<String>, usize), StoreFault> {
        let names = migrations::names();
        let mut tx = self.begin().await?;
        let exists = match &mut tx {
            Tx::Sqlite(tx) => {
                let sql = "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
                sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut **tx).await?
            }
            Tx::Postgres(tx) => {
                let sql = "SELECT COUNT(*) FROM information_schema.tables \
                           WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'";
                sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut **tx).await?
            }
        };
        if exists == 0 {
            return Ok((names, 0));
        }
        let applied: i64 = on_both!(&mut tx, connection => {
            sqlx::query_scalar("SELECT COUNT(*) FROM _sqlx_migrations").fetch_one(connection).await?
        });
        Ok((names, usize::try_from(applied).unwrap_or(0)))
    }

    /// A transaction that may write. On SQLite it takes the writer's place at once, so that it never fails half-way
    /// for having read first.
    ///
    /// # Errors
    /// The database does not answer in time.
    pub async fn begin(&self) -> Result<Tx, StoreFault> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// A transaction that only reads and so never waits for a writer.
    ///
    /// # Errors
    /// The database does not answer in time.
    pub async fn begin_read(&self) -> Result<Tx, StoreFault> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin_with("BEGIN DEFERRED").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Copies an SQLite database as it is at the moment, while it is in use. PostgreSQL has its own tool for that.
    ///
    /// # Errors
    /// The copy cannot be written.
    pub async fn copy_sqlite_to(&self, file: &Path) -> Result<bool, StoreFault> {
        let Self::Sqlite { writer, .. } = self else {
            return Ok(false);
        };
        sqlx::query("VACUUM INTO $1")
            .bind(file.display().to_string())
            .execute(writer)
            .await?;
        Ok(true)
    }

    /// Rows per transaction of long work: few, because SQLite has one writer. PostgreSQL makes no one wait
    /// meanwhile, and joins more at once for less.
    pub fn stretch(&self, rows: u32) -> i64 {
        i64::from(match self {
            Self::Sqlite { .. } => rows,
            Self::Postgres(_) => rows * 4,
        })
    }

    /// A list was loaded or matched. PostgreSQL plans by what it knows of its tables, and would learn of millions of
    /// new rows a minute later; SQLite plans by the indexes alone.
    pub async fn note_new_lists(&self) -> Result<(), StoreFault> {
        if let Self::Postgres(pool) = self {
            sqlx::query("ANALYZE leak_entries, leak_accounts").execute(pool).await?;
        }
        Ok(())
    }

    /// The database server's clock. None for SQLite, which has no other clock than ours.
    pub async fn server_time(&self) -> Result<Option<Timestamp>, StoreFault> {
        let Self::Postgres(pool) = self else { return Ok(None) };
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";
        let micros: i64 = sqlx::query_scalar(sql).fetch_one(pool).await?;
        Ok(Some(Timestamp::from_micros(micros)))
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// Ends every connection; what was committed is on disk.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Until this transaction ends, no campaign of the lab comes into effect: what is read of lists here still holds
    /// when it commits. SQLite's one writer has that anyway.
    ///
    /// # Errors
    /// The database does not answer in time.
    pub async fn keep_campaigns_out(&mut self, lab: &LabId) -> Result<(), StoreFault> {
        self.lock("SELECT pg_advisory_xact_lock_shared($1)", &format!("campaign {lab}"))
            .await
    }

    /// Id, state and generation of an account whose row no other transaction changes until this one ends. SQLite's one
    /// writer has that anyway.
    pub(super) async fn lock_account_row(
        &mut self,
        lab: &str,
        account: &[u8; 16],
    ) -> Result<Option<(Vec<u8>, String, i64)>, StoreFault> {
        // The rows that hang on an account may be added meanwhile: theirs is a weaker lock.
        const POSTGRES: &str = "SELECT account_id, state, generation FROM accounts \
             WHERE lab_id = $1 AND account_id = $2 FOR NO KEY UPDATE";
        // A reading transaction fails here rather than passing for one that keeps others out.
        const SQLITE: &str = "UPDATE accounts SET state = state WHERE lab_id = $1 AND account_id = $2 \
             RETURNING account_id, state, generation";
        let account = account.as_slice();
        Ok(match self {
            Self::Sqlite(tx) => {
                let query = sqlx::query_as(SQLITE).bind(lab).bind(account);
                query.fetch_optional(&mut **tx).await?
            }
            Self::Postgres(tx) => {
                let query = sqlx::query_as(POSTGRES).bind(lab).bind(account);
                query.fetch_optional(&mut **tx).await?
            }
        })
    }

    /// Waits for every transaction that keeps campaigns out, and keeps new ones waiting.
    ///
    /// # Errors
    /// The database does not answer in time.
    pub async fn begin_campaign(&mut self, lab: &LabId) -> Result<(), StoreFault> {
        self.take_turns(&format!("campaign {lab}")).await
    }

    /// Waits until no other transaction has this turn, and has it until it ends.
    ///
    /// # Errors
    /// The database does not answer in time.
    pub(super) async fn take_turns(&mut self, name: &str) -> Result<(), StoreFault> {
        self.lock("SELECT pg_advisory_xact_lock($1)", name).await
    }

    async fn lock(&mut self, sql: &'static str, name: &str) -> Result<(), StoreFault> {
        if let Self::Postgres(tx) = self {
            let name = blake3::hash(format!("vestibule {name}").as_bytes());
            let (number, _) = name.as_bytes().split_first_chunk().unwrap_or((&[0; 8], &[]));
            sqlx::query(sql)
                .bind(i64::from_le_bytes(*number))
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }

    /// # Errors
    /// Nothing of the transaction was kept.
    pub async fn commit(self) -> Result<(), StoreFault> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
