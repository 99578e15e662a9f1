//! What a database is, and how far its schema is.

use secrecy::ExposeSecret;
use serde::Serialize;

use crate::installation::{IfAbsent, Place, bond, open_database};
use crate::{Problem, explain};
use config::Config;
use store::StoreFault;
use store::installation::keys_seen;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatabaseStatus {
    pub kind: &'static str,
    /// Without a password.
    pub place: String,
    pub migrations: Vec<String>,
    pub applied: usize,
    pub accounts: i64,
    /// Whether a keyring is bound to it.
    pub keyring_bound: bool,
}

/// Changes nothing.
///
/// # Errors
/// The database is not there or does not answer.
pub async fn status(config: &Config) -> Result<DatabaseStatus, Problem> {
    let place = Place::of(config)?;
    let db = open_database(config, &place, IfAbsent::Refuse).await?;
    let fault = |fault: StoreFault| explain(&fault, &place.shown);
    let (migrations, applied) = db.migration_status().await.map_err(fault)?;
    let mut status = DatabaseStatus {
        kind: db.name(),
        place: place.shown.clone(),
        migrations,
        applied,
        accounts: 0,
        keyring_bound: false,
    };
    if applied > 0 {
        status.keyring_bound = bond(&db).await.map_err(fault)?.fingerprint.is_some();
        let mut tx = db.begin_read().await.map_err(fault)?;
        status.accounts = keys_seen::count_accounts(&mut tx).await.map_err(fault)?;
    }
    db.close().await;
    Ok(status)
}

/// Brings the schema to this version's; makes an SQLite file that is not there. Returns how many migrations ran.
///
/// # Errors
/// A migration fails, or the database was made by a newer version.
pub async fn migrate(config: &Config) -> Result<usize, Problem> {
    let place = Place::of(config)?;
    let db = open_database(config, &place, IfAbsent::Create).await?;
    let fault = |fault: StoreFault| explain(&fault, &place.shown);
    let (names, applied) = db.migration_status().await.map_err(fault)?;
    db.migrate().await.map_err(fault)?;
    db.close().await;
    Ok(names.len().saturating_sub(applied))
}

pub(super) fn is_sqlite(place: &Place) -> bool {
    place.url.expose_secret().starts_with("sqlite:")
}
