//! Canaries: an attempt on one comes from a list, because no one was ever told about it.

use crate::{Core, audit};
use domain::audit::{Actor, Event};
use kernel::ids::{AccountId, LabId};
use store::account::canaries;
use store::leak::leaks;
use store::{StoreFault, Tx};

/// The leak's source, where no list is known yet.
const SOURCE: &str = "canary";

/// Opens an incident if this account is a canary, unless one is open already; true: it is.
pub async fn check(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    actor: &Actor,
) -> Result<bool, StoreFault> {
    let now = core.now();
    if !canaries::touch(tx, lab, account, now).await? {
        return Ok(false);
    }
    let (leak, _) = leaks::open_suspicion(tx, lab, SOURCE, now).await?;
    audit::record(core, tx, lab, actor, Some(account), Event::CanaryTouched { leak }).await?;
    Ok(true)
}
