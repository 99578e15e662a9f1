//! Recovery codes: ten at a time, shown once, each used up by one way back.

use zeroize::Zeroizing;

use crypto::human_code::{CodeKind, HumanCode};
use domain::audit::{Actor, Event};
use domain::evidence::RecoveryCodeOk;
use kernel::ids::{AccountId, LabId};
use service::{Core, Fault, audit};
use store::account::recovery_codes;
use store::{StoreFault, Tx};

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

/// A recovery code that was right when it was looked at.
pub struct Shown {
    mac: [u8; 32],
    pub proof: RecoveryCodeOk,
}

impl Shown {
    /// None: not one of this account's, or used up.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn look_up(
        core: &Core,
        tx: &mut Tx,
        lab: &LabId,
        account: AccountId,
        typed: &str,
    ) -> Result<Option<Self>, StoreFault> {
        let Some(code) = HumanCode::parse(typed) else {
            return Ok(None);
        };
        let mac = code.mac(&core.keyring, lab, CodeKind::Recovery);
        let stored = recovery_codes::lookup(tx, lab, account, &mac).await?;
        let matched = stored.and_then(|stored| code.check(&core.keyring, lab, CodeKind::Recovery, &stored));
        Ok(matched.map(|matched| Self {
            mac,
            proof: RecoveryCodeOk::from_code(matched),
        }))
    }

    /// False: used meanwhile.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn use_up(&self, core: &Core, tx: &mut Tx, lab: &LabId, account: AccountId) -> Result<bool, StoreFault> {
        recovery_codes::consume(tx, lab, account, &self.mac, core.now()).await
    }
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shown(..)")
    }
}
