//! What an installation remembers of itself.

use super::db::on_both;
use super::{StoreFault, Tx};

const KEYRING_FINGERPRINT: &str = "keyring-fingerprint";

/// # Errors
/// The database does not answer.
pub async fn keyring_fingerprint(tx: &mut Tx) -> Result<Option<String>, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar("SELECT value FROM installation WHERE name = $1")
            .bind(KEYRING_FINGERPRINT).fetch_optional(connection).await?
    }))
}

/// Binds a database that has no keyring yet to this one. False: it was bound meanwhile.
///
/// # Errors
/// The database does not answer.
pub async fn adopt_keyring(tx: &mut Tx, fingerprint: &str) -> Result<bool, StoreFault> {
    const SQL: &str = "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    let added = on_both!(tx, connection => {
        sqlx::query(SQL).bind(KEYRING_FINGERPRINT).bind(fingerprint).execute(connection).await?.rows_affected()
    });
    Ok(added == 1)
}
