//! The way out of a hold: a new password, and where the old one is disabled a recovery code too.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::arrival;
use crate::browser::Browser;
use crate::recovery::RightRecoveryCode;
use crate::session::{self, OpenedSession};
use crate::suitability;
use crypto::password_hash::HashedPassword;
use crypto::token::PlainToken;
use domain::account::HoldReason;
use domain::audit::{Event, RefusalCause};
use domain::password::{Password, Unsuitable};
use domain::pending::{Held, Pending, Remedy};
use domain::return_to::ReturnTo;
use kernel::ids::{AccountId, LabId, PendingId};
use machinery::hashing::NoHash;
use service::act::Act;
use service::attempts::{Attempt, Counting, Door, Outcome, Verdict, identifier_of};
use service::{Core, Fault};
use store::account::accounts::Person;
use store::account::locked::{self, LockedAccount};
use store::account::{accounts, passwords, recovery_codes};
use store::leak::leak_accounts;
use store::sign_in::pending;

/// A held sign-in, for its own page.
#[derive(Debug)]
pub struct OnHold {
    id: PendingId,
    account: AccountId,
    held: Held,
    pub wanted: Remedy,
    pub person: Person,
}

/// What the page of a hold sends.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    pub new_password: &'a SecretString,
    pub recovery_code: &'a SecretString,
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
        opened: OpenedSession,
        return_to: Option<ReturnTo>,
    },
}

impl OnHold {
    pub fn reason(&self) -> HoldReason {
        self.held.reason()
    }

    pub fn return_to(&self) -> Option<&ReturnTo> {
        self.held.return_to.as_ref()
    }
}

/// None: no hold under this token, or it expired.
///
/// # Errors
/// Nothing is known of it.
pub async fn lookup(core: &Core, lab: &LabId, token: &PlainToken) -> Result<Option<OnHold>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = pending::lookup(&mut tx, &core.sealer, lab, &token.hashed(), core.now()).await?;
    let Some(pending::PendingRow {
        id,
        account,
        state: Pending::Held(held),
    }) = found
    else {
        return Ok(None);
    };
    let mut wanted = held.wanted(arrival::listed_in(core, &mut tx, lab, account).await?);
    if wanted == Remedy::NewPasswordAndRecoveryCode && recovery_codes::count_left(&mut tx, lab, account).await? == 0 {
        wanted = Remedy::LabCode;
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
pub async fn choose(act: Act<'_>, on_hold: OnHold, form: Form<'_>, browser: &Browser) -> Result<Rotation, Fault> {
    // Before the recovery code, so that an unfit password costs none of its tries.
    let typed = form.new_password.expose_secret();
    let judged = suitability::judge(act.core, act.lab, &on_hold.person, typed).await?;
    match on_hold.wanted {
        Remedy::LabCode => Ok(Rotation::Over),
        Remedy::NewPasswordAndRecoveryCode if judged.is_ok() => {
            let account = on_hold.account;
            let mut attempt = Attempt::at(Door::Rotation, act, browser.known_by.as_ref()).on(account);
            let verdict = with_recovery_code(act, &mut attempt, on_hold, form, judged, browser).await;
            Ok(match attempt.end(verdict).await?.outcome() {
                Outcome::Passed(rotation) => rotation,
                Outcome::Refused => Rotation::WrongRecoveryCode,
                Outcome::Wait(wait) => Rotation::Wait(wait),
                Outcome::Busy(wait) => Rotation::Busy(wait),
                Outcome::Over | Outcome::TurnedAway => Rotation::Over,
            })
        }
        Remedy::NewPassword | Remedy::NewPasswordAndRecoveryCode => {
            match hash(act, on_hold.account, judged, typed).await? {
                NewHash::Unsuitable(unsuitable) => Ok(Rotation::Unsuitable(unsuitable)),
                NewHash::Busy(wait) => Ok(Rotation::Busy(wait)),
                NewHash::Made(new) => {
                    let mut tx = act.core.db.begin().await?;
                    let account = on_hold.account;
                    let Some(mut holder) = locked::lock(&mut tx, act.lab, account).await? else {
                        return Ok(Rotation::Over);
                    };
                    match replace(act, &mut holder, on_hold, &new, None, browser).await? {
                        Replacement::Done(rotation) => {
                            tx.commit().await?;
                            act.core.visits.forget_account(account);
                            Ok(*rotation)
                        }
                        Replacement::Over | Replacement::CodeUsedUp => Ok(Rotation::Over),
                    }
                }
            }
        }
    }
}

/// A wrong recovery code counts in the account's bucket, like any failure.
async fn with_recovery_code(
    act: Act<'_>,
    attempt: &mut Attempt<'_>,
    on_hold: OnHold,
    form: Form<'_>,
    judged: Result<Password, Unsuitable>,
    browser: &Browser,
) -> Result<Verdict<Rotation>, Fault> {
    if let Some(full) = attempt.no_room() {
        return Ok(full);
    }
    let (core, account) = (act.core, on_hold.account);
    let identifier = identifier_of(core, act.lab, &on_hold.person)?;
    let mut tx = core.db.begin().await?;
    let code = match attempt.count(&mut tx, &identifier, &[form.recovery_code]).await? {
        Counting::Ended(verdict) => Err(verdict),
        Counting::Evaluate => match RightRecoveryCode::lookup(act, &mut tx, account, form.recovery_code).await? {
            Some(code) => Ok(code),
            None => Err(attempt
                .refuse(&mut tx, Some(account), RefusalCause::WrongRecoveryCode)
                .await?),
        },
    };
    tx.commit().await?;
    let code = match code {
        Ok(code) => code,
        Err(verdict) => return Ok(verdict),
    };
    let new = match hash(act, account, judged, form.new_password.expose_secret()).await? {
        NewHash::Made(new) => new,
        NewHash::Busy(wait) => return Ok(Verdict::busy(wait)),
        NewHash::Unsuitable(unsuitable) => {
            let mut tx = core.db.begin().await?;
            let success = attempt.succeed(&mut tx).await?;
            tx.commit().await?;
            return Ok(Verdict::continued(success, Rotation::Unsuitable(unsuitable)));
        }
    };
    let mut tx = core.db.begin().await?;
    let Some(mut holder) = locked::lock(&mut tx, act.lab, account).await? else {
        return Ok(Verdict::over());
    };
    let success = attempt.succeed(holder.tx()).await?;
    match replace(act, &mut holder, on_hold, &new, Some(&code), browser).await? {
        Replacement::Done(rotation) => {
            tx.commit().await?;
            core.visits.forget_account(account);
            Ok(Verdict::passed(success, *rotation))
        }
        Replacement::Over => Ok(Verdict::over()),
        Replacement::CodeUsedUp => {
            drop(tx);
            Ok(attempt.refuse_alone(Some(account), RefusalCause::CodeUsedUp).await?)
        }
    }
}

enum NewHash {
    Made(HashedPassword),
    Unsuitable(Unsuitable),
    Busy(Duration),
}

impl NewHash {
    fn none(no_hash: NoHash) -> Result<Self, Fault> {
        match no_hash {
            NoHash::Busy { retry_after } => Ok(Self::Busy(retry_after)),
            NoHash::Fault(fault) => Err(fault.into()),
        }
    }
}

/// A password is compared with the old one before anything else that is wrong with it is said, as long as it is near
/// enough.
async fn hash(
    act: Act<'_>,
    account: AccountId,
    judged: Result<Password, Unsuitable>,
    typed: &str,
) -> Result<NewHash, Fault> {
    if matches!(judged, Ok(_) | Err(Unsuitable::Leaked))
        && let Some(old) = lookup_old(act, account).await?
        && let Some(typed) = Password::typed(typed)
    {
        match act.core.hashing.verify(old, typed).await {
            Ok(Some(_)) => return Ok(NewHash::Unsuitable(Unsuitable::SameAsBefore)),
            Ok(None) => {}
            Err(no_hash) => return NewHash::none(no_hash),
        }
    }
    match judged {
        Err(unsuitable) => Ok(NewHash::Unsuitable(unsuitable)),
        Ok(password) => match act.core.hashing.make(password).await {
            Ok(new) => Ok(NewHash::Made(new)),
            Err(no_hash) => NewHash::none(no_hash),
        },
    }
}

async fn lookup_old(act: Act<'_>, account: AccountId) -> Result<Option<HashedPassword>, Fault> {
    let mut tx = act.core.db.begin_read().await?;
    let old = passwords::lookup(&mut tx, act.lab, account).await?;
    tx.commit().await?;
    Ok(old)
}

enum Replacement {
    Done(Box<Rotation>),
    Over,
    CodeUsedUp,
}

/// New password in, recovery code, hold and all that rested on the one before out, session opened: all or nothing, once committed.
async fn replace(
    act: Act<'_>,
    holder: &mut LockedAccount<'_>,
    on_hold: OnHold,
    new: &HashedPassword,
    recovery: Option<&RightRecoveryCode>,
    browser: &Browser,
) -> Result<Replacement, Fault> {
    let (lab, account, now) = (act.lab, on_hold.account, act.now());
    if !pending::consume(holder, on_hold.id).await? || !holder.is_active() {
        return Ok(Replacement::Over);
    }
    if let Some(code) = recovery
        && !code.use_up(act, holder.tx(), account).await?
    {
        return Ok(Replacement::CodeUsedUp);
    }
    let proof = recovery.map(|code| &code.proof);
    let listed = arrival::listed(act, holder.tx(), account).await?;
    let Some(who) = on_hold.held.release(account, listed, new, proof) else {
        return Ok(Replacement::Over);
    };
    passwords::set(holder, new, now).await?;
    leak_accounts::note_new_password(holder.tx(), lab, account, false, now).await?;
    act.record(holder.tx(), Some(account), Event::PasswordRotated).await?;
    let opened = session::open(act, holder, who, browser).await?;
    Ok(Replacement::Done(Box::new(Rotation::Done {
        opened,
        return_to: on_hold.held.return_to,
    })))
}
