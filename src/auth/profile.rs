//! What the lab knows of the person signed in.

use crate::kernel::ids::{AccountId, LabId};
use crate::service::{Core, Fault};
use crate::store::accounts::{self, Person};

/// # Errors
/// The database does not answer.
pub async fn lookup(core: &Core, lab: &LabId, account: AccountId) -> Result<Option<Person>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let person = accounts::lookup_person(&mut tx, &core.sealer, lab, account).await?;
    tx.commit().await?;
    Ok(person)
}
