//! Holds: a complete sign-in that waits for a new password, and where its password is disabled for a recovery code too.

use std::time::Duration;

use crate::arrival::Browser;
use crate::recovery::Shown;
use crate::session::{self, Opened};
use crate::{bucket, suitability};
use crypto::password_hash::HashedPassword;
use crypto::token::{PlainToken, TokenKind};
use domain::account::HoldReason;
use domain::audit::{Actor, Event, RefusalCause};
use domain::backoff::Admission;
use domain::evidence::Authenticated;
use domain::password::{Password, Unsuitable};
use domain::pending::{Held, Pending, Wanted};
use domain::return_to::ReturnTo;
use kernel::ids::{AccountId, LabId, PendingId};
use machinery::hashing::NoHash;
use service::{Core, Fault, audit};
use store::account::accounts::Person;
use store::account::{accounts, passwords, recovery_codes};
use store::leak::leak_accounts;
use store::oauth::oauth_grants;
use store::sign_in::{devices, pending, sessions};
use store::{StoreFault, Tx};

/// How long a held sign-in waits for its new password.
pub const HOLD_LASTS: Duration = Duration::from_secs(15 * 60);

/// A held sign-in, for its own page.
#[derive(Debug)]
pub struct OnHold {
    id: PendingId,
    account: AccountId,
    held: Held,
    pub wanted: Wanted,
    pub person: Person,
}

/// What the page of a hold sends.
pub struct Typed<'a> {
    pub new_password: &'a str,
    pub recovery_code: &'a str,
}

impl std::fmt::Debug for Typed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(..)")
    }
}

#[derive(Debug)]
pub enum Rotation {
    Unsuitable(Unsuitable),
    Busy(Duration),
    WrongRecoveryCode,
    /// Too many wrong ones.
    Wait(Duration),
    /// The hold ended meanwhile: expired, or finished in another window.
    Over,
    Done {
        opened: Opened,
        return_to: Option<ReturnTo>,
    },
}

/// Why a rotation stops before its end.
enum Stopped {
    At(Rotation),
    Fault(Fault),
}

impl From<StoreFault> for Stopped {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault.into())
    }
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<NoHash> for Stopped {
    fn from(no_hash: NoHash) -> Self {
        match no_hash {
            NoHash::Busy { retry_after } => Self::At(Rotation::Busy(retry_after)),
            NoHash::Fault(fault) => Self::Fault(fault.into()),
        }
    }
}

impl OnHold {
    pub fn reason(&self) -> HoldReason {
        self.held.reason()
    }

    pub fn return_to(&self) -> Option<&ReturnTo> {
        self.held.return_to.as_ref()
    }
}

/// Places a hold; it stands once the transaction is committed.
///
/// # Errors
/// The database does not answer.
pub async fn hold(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    actor: &Actor,
    who: Authenticated,
    reason: HoldReason,
    return_to: Option<ReturnTo>,
) -> Result<PlainToken, StoreFault> {
    let (now, account) = (core.now(), who.account());
    let token = PlainToken::generate(TokenKind::Pending, &*core.entropy);
    let event = Event::SignInHeld {
        means: who.means(),
        reason,
    };
    audit::record(core, tx, lab, actor, Some(account), event).await?;
    let state = Pending::Held(Held::hold(who, reason, return_to));
    let id = PendingId::generate(&*core.entropy);
    let until = now.plus(HOLD_LASTS);
    pending::insert(tx, &core.sealer, lab, id, &token.hashed(), account, &state, now, until).await?;
    Ok(token)
}

/// None: no hold under this token, or it expired.
///
/// # Errors
/// The database does not answer.
pub async fn find(core: &Core, lab: &LabId, token: &PlainToken) -> Result<Option<OnHold>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = pending::lookup(&mut tx, &core.sealer, lab, &token.hashed(), core.now()).await?;
    let Some(pending::Found {
        id,
        account,
        state: Pending::Held(held),
    }) = found
    else {
        return Ok(None);
    };
    let mut wanted = held.wanted();
    if wanted == Wanted::NewPasswordAndRecoveryCode && recovery_codes::count_left(&mut tx, lab, account).await? == 0 {
        wanted = Wanted::LabCode;
    }
    let person = accounts::lookup_person(&mut tx, &core.sealer, lab, account).await?;
    tx.commit().await?;
    Ok(person.map(|person| OnHold {
        id,
        account,
        held,
        wanted,
        person,
    }))
}

/// # Errors
/// The database or the hash pool broke; the old password and the hold stand.
pub async fn choose(
    core: &Core,
    lab: &LabId,
    on_hold: OnHold,
    typed: Typed<'_>,
    actor: &Actor,
    browser: &Browser,
) -> Result<Rotation, Fault> {
    match rotate(core, lab, on_hold, typed, actor, browser).await {
        Ok(done) | Err(Stopped::At(done)) => Ok(done),
        Err(Stopped::Fault(fault)) => Err(fault),
    }
}

async fn rotate(
    core: &Core,
    lab: &LabId,
    on_hold: OnHold,
    typed: Typed<'_>,
    actor: &Actor,
    browser: &Browser,
) -> Result<Rotation, Stopped> {
    // Before the recovery code, so that an unfit password costs none of its tries.
    let judged = suitability::judge(core, lab, &on_hold.person, typed.new_password).await?;
    let recovery = match on_hold.wanted {
        Wanted::NewPassword => None,
        Wanted::LabCode => return Ok(Rotation::Over),
        Wanted::NewPasswordAndRecoveryCode if judged.is_err() => None,
        Wanted::NewPasswordAndRecoveryCode => {
            Some(check(core, lab, &on_hold, typed.recovery_code, browser, actor).await?)
        }
    };
    if matches!(judged, Ok(_) | Err(Unsuitable::Leaked))
        && is_the_old_one(core, lab, on_hold.account, typed.new_password).await?
    {
        return Ok(Rotation::Unsuitable(Unsuitable::SameAsBefore));
    }
    let password = match judged {
        Ok(password) => password,
        Err(unsuitable) => return Ok(Rotation::Unsuitable(unsuitable)),
    };
    let new = core.hashing.make(password).await?;
    Ok(store(core, lab, on_hold, &new, recovery, actor, browser).await?)
}

async fn is_the_old_one(core: &Core, lab: &LabId, account: AccountId, typed: &str) -> Result<bool, Stopped> {
    let mut tx = core.db.begin_read().await?;
    let old = passwords::lookup(&mut tx, lab, account).await?;
    tx.commit().await?;
    let (Some(old), Some(password)) = (old, Password::typed(typed)) else {
        return Ok(false);
    };
    Ok(core.hashing.verify(old, password).await?.is_some())
}

/// A wrong one counts in the account's bucket, like any failure.
async fn check(
    core: &Core,
    lab: &LabId,
    on_hold: &OnHold,
    typed: &str,
    browser: &Browser,
    actor: &Actor,
) -> Result<Shown, Stopped> {
    let account = on_hold.account;
    let identifier = bucket::of(core, lab, &on_hold.person)?;
    let mut tx = core.db.begin().await?;
    let (admission, counted) = bucket::count(core, &mut tx, lab, &identifier, browser.known_by.as_ref()).await?;
    let cause = match admission {
        Admission::Wait(wait) => return Err(Stopped::At(Rotation::Wait(wait))),
        Admission::Exhausted => RefusalCause::TooManyInARow,
        Admission::Evaluate => {
            if let Some(shown) = Shown::look_up(core, &mut tx, lab, account, typed).await? {
                bucket::succeeded(core, &mut tx, lab, &identifier, counted).await?;
                tx.commit().await?;
                return Ok(shown);
            }
            RefusalCause::WrongRecoveryCode
        }
    };
    let event = Event::RecoveryRefused { cause };
    audit::record(core, &mut tx, lab, actor, Some(account), event).await?;
    tx.commit().await?;
    Err(Stopped::At(Rotation::WrongRecoveryCode))
}

/// New password in, recovery code, hold and every other session out, session opened: all or nothing.
async fn store(
    core: &Core,
    lab: &LabId,
    on_hold: OnHold,
    new: &HashedPassword,
    recovery: Option<Shown>,
    actor: &Actor,
    browser: &Browser,
) -> Result<Rotation, Fault> {
    let (account, now) = (on_hold.account, core.now());
    let mut tx = core.db.begin().await?;
    if !pending::consume(&mut tx, lab, on_hold.id).await? {
        return Ok(Rotation::Over);
    }
    if let Some(shown) = &recovery
        && !shown.use_up(core, &mut tx, lab, account).await?
    {
        return Ok(Rotation::WrongRecoveryCode);
    }
    let proof = recovery.as_ref().map(|shown| &shown.proof);
    let Some(who) = on_hold.held.release(account, new, proof) else {
        return Ok(Rotation::Over);
    };
    passwords::set(&mut tx, lab, account, new, now).await?;
    leak_accounts::note_new_password(&mut tx, lab, account, false, now).await?;
    sessions::end_all(&mut tx, lab, account, now).await?;
    oauth_grants::end_of_account(&mut tx, lab, account, now).await?;
    devices::forget_all(&mut tx, lab, account).await?;
    audit::record(core, &mut tx, lab, actor, Some(account), Event::PasswordRotated).await?;
    let opened = session::open(core, &mut tx, lab, who, browser, actor).await?;
    tx.commit().await?;
    core.visits.forget_account(account);
    Ok(Rotation::Done {
        opened,
        return_to: on_hold.held.return_to,
    })
}
