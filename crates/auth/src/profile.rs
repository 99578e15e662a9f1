//! What the lab knows of the person signed in.

use kernel::ids::{AccountId, LabId};
use service::{Core, Fault};
use store::account::accounts::{self, Person};

pub async fn lookup(core: &Core, lab: &LabId, account: AccountId) -> Result<Option<Person>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let person = accounts::lookup_person(&mut tx, &core.sealer, lab, account).await?;
    tx.commit().await?;
    Ok(person)
}
