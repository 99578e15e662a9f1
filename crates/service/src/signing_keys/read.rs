//! A lab's keys out of the database, away from the threads that answer requests.

use super::known::KnownKeys;
use crate::{Core, Fault};
use kernel::ids::LabId;
use store::oauth::signing_keys;

pub(super) async fn read(core: &Core, lab: &LabId) -> Result<KnownKeys, Fault> {
    let mut tx = core.db.begin_read().await?;
    let rows = signing_keys::find(&mut tx, lab).await?;
    drop(tx);
    let sealer = core.sealer.clone();
    Ok(apart(move || KnownKeys::open(rows, &sealer)).await??)
}

/// RSA takes milliseconds to read and tenths of a second to make: no work for a thread that answers requests.
pub(super) async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Fault::Broken("work on signing keys did not end"))
}
