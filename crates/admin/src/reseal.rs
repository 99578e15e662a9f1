//! After a rotation of the keyring: puts every older seal under the newest key, a few rows at a time, beside the
//! server's other work.

use std::time::Duration;

use domain::audit::{Actor, Event};
use service::{Core, Fault, audit};
use store::installation::{keys_seen, reseal};

const ROWS: i64 = 500;
/// Between two batches others may write.
const PAUSE: Duration = Duration::from_millis(20);

/// Walks through every sealed column, unless a walk with this key has found nothing left to do. Returns how many values
/// were resealed. May be dropped at any moment and called again: what was committed is not done twice.
///
/// # Errors
/// The database does not answer, or a stored value does not open with any key of the keyring.
pub async fn reseal(core: &Core) -> Result<u64, Fault> {
    let newest = core.keyring.current().to_string();
    let mut tx = core.db.begin_read().await?;
    if keys_seen::resealed_with(&mut tx).await?.as_deref() == Some(newest.as_str()) {
        return Ok(0);
    }
    drop(tx);
    let mut total = 0;
    for column in reseal::COLUMNS {
        let mut after = Some(reseal::Cursor::default());
        while let Some(cursor) = after {
            let mut tx = core.db.begin().await?;
            let (resealed, next) =
                reseal::step(&mut tx, &core.sealer, core.keyring.current(), column, &cursor, ROWS).await?;
            tx.commit().await?;
            total += resealed;
            after = next;
            tokio::time::sleep(PAUSE).await;
        }
    }
    let mut tx = core.db.begin().await?;
    if total == 0 {
        keys_seen::set_resealed_with(&mut tx, &newest).await?;
    } else {
        // Not marked as done yet: a server that has not read the new keyring may still seal with the old key.
        for lab in &core.config.labs {
            let event = Event::ColumnsResealed { values: total };
            audit::record(core, &mut tx, &lab.id, &Actor::Vestibule, None, event).await?;
        }
    }
    tx.commit().await?;
    Ok(total)
}
