//! What an account may do with its password, as the lists in effect have it.

use crate::Core;
use domain::leak::{Standing, contacts_frozen_until, standing};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};
use store::leak::leak_accounts;
use store::{StoreFault, Tx};

pub async fn of(core: &Core, tx: &mut Tx, lab: &LabId, account: AccountId) -> Result<Standing, StoreFault> {
    let (listings, password_set_at) = leak_accounts::find_listings(tx, lab, account).await?;
    let within = core.config.leak.rotation_within();
    Ok(standing(&listings, password_set_at, within, core.now()))
}

/// None: the contacts of this account may be changed.
pub async fn contacts_frozen(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
) -> Result<Option<Timestamp>, StoreFault> {
    let (listings, _) = leak_accounts::find_listings(tx, lab, account).await?;
    Ok(contacts_frozen_until(
        &listings,
        core.config.leak.contact_freeze(),
        core.now(),
    ))
}
