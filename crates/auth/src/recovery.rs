//! Recovery codes: ten at a time, shown to the session that made them until its holder has kept them, each used up by one
//! way back.

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crypto::human_code::{CodeKind, HumanCode};
use domain::audit::Event;
use domain::evidence::RecoveryCodeOk;
use kernel::ids::{AccountId, LabId, SessionId};
use service::act::Act;
use service::{Core, Fault};
use store::account::locked::LockedAccount;
use store::account::{recovery_codes, shown_codes};
use store::{StoreFault, Tx};

const NUMBER: usize = 10;

/// New codes instead of all earlier ones; they serve from now on, and are to be shown.
///
/// # Errors
/// The earlier ones stay.
pub async fn issue(act: Act<'_>, holder: &mut LockedAccount<'_>) -> Result<Vec<Zeroizing<String>>, StoreFault> {
    let core = act.core;
    let codes: Vec<HumanCode> = (0..NUMBER).map(|_| HumanCode::generate(&*core.entropy)).collect();
    recovery_codes::replace(holder, &core.keyring, &codes).await?;
    let event = Event::RecoveryCodesIssued { number: codes.len() };
    let account = holder.id();
    act.record(holder.tx(), Some(account), event).await?;
    Ok(codes.iter().map(HumanCode::grouped).collect())
}

/// Those that this session made, until its holder has kept them.
///
/// # Errors
/// Nothing is known of them.
pub async fn lookup_shown(
    core: &Core,
    lab: &LabId,
    session: SessionId,
) -> Result<Option<Vec<Zeroizing<String>>>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let shown = shown_codes::lookup(&mut tx, &core.sealer, lab, session).await?;
    tx.commit().await?;
    Ok(shown)
}

/// The holder has kept them: they are shown no more.
///
/// # Errors
/// They are shown again.
pub async fn note_kept(core: &Core, lab: &LabId, session: SessionId) -> Result<(), Fault> {
    let mut tx = core.db.begin().await?;
    shown_codes::delete(&mut tx, lab, session).await?;
    tx.commit().await?;
    Ok(())
}

/// # Errors
/// Nothing is known of them.
pub async fn count_left(core: &Core, lab: &LabId, account: AccountId) -> Result<i64, Fault> {
    let mut tx = core.db.begin_read().await?;
    let left = recovery_codes::count_left(&mut tx, lab, account).await?;
    tx.commit().await?;
    Ok(left)
}

/// A recovery code that was right when it was looked at.
pub struct RightRecoveryCode {
    mac: [u8; 32],
    pub proof: RecoveryCodeOk,
}

impl RightRecoveryCode {
    /// None: not one of this account's, or used up.
    ///
    /// # Errors
    /// Nothing is known of it.
    pub async fn lookup(
        act: Act<'_>,
        tx: &mut Tx,
        account: AccountId,
        typed: &SecretString,
    ) -> Result<Option<Self>, StoreFault> {
        let Act { core, lab, .. } = act;
        let Some(code) = HumanCode::parse(typed.expose_secret()) else {
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
    /// It was not used up.
    pub async fn use_up(&self, act: Act<'_>, tx: &mut Tx, account: AccountId) -> Result<bool, StoreFault> {
        recovery_codes::consume(tx, act.lab, account, &self.mac, act.now()).await
    }
}

kernel::opaque!(RightRecoveryCode);
