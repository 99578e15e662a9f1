//! Recovery codes: ten at a time, shown once.

use zeroize::Zeroizing;

use crate::crypto::human_code::HumanCode;
use crate::domain::audit::{Actor, Event};
use crate::kernel::ids::{AccountId, LabId};
use crate::service::{Core, Fault, audit};
use crate::store::{StoreFault, Tx, recovery_codes};

const NUMBER: usize = 10;

/// New codes in the place of all earlier ones; the text is to be shown and forgotten.
///
/// # Errors
/// The database does not answer.
pub async fn issue(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    actor: &Actor,
) -> Result<Vec<Zeroizing<String>>, StoreFault> {
    let codes: Vec<HumanCode> = (0..NUMBER).map(|_| HumanCode::generate(&*core.entropy)).collect();
    recovery_codes::replace(tx, &core.keyring, lab, account, &codes).await?;
    let event = Event::RecoveryCodesIssued { number: codes.len() };
    audit::record(core, tx, lab, actor, Some(account), event).await?;
    Ok(codes.iter().map(HumanCode::grouped).collect())
}

/// # Errors
/// The database does not answer.
pub async fn count_left(core: &Core, lab: &LabId, account: AccountId) -> Result<i64, Fault> {
    let mut tx = core.db.begin_read().await?;
    let left = recovery_codes::count_left(&mut tx, lab, account).await?;
    tx.commit().await?;
    Ok(left)
}
