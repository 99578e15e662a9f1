//! Somebody signed in is asked again, password and code, before their means of signing in change. As at a sign-in:
//! the code first, counted in the identifier's bucket, and no word on which of the two was wrong.

use std::time::Duration;

use crate::arrival::Browser;
use crate::bucket::{self, Counted};
use crypto::blind_index::BlindIndex;
use crypto::password_hash::HashedPassword;
use crypto::totp::StepMatched;
use domain::account::AccountState;
use domain::audit::{Actor, Event, RefusalCause};
use domain::backoff::Admission;
use domain::evidence::{CodeOk, Elevated, PasswordOk};
use domain::password::Password;
use kernel::ids::{AccountId, LabId};
use machinery::hashing::NoHash;
use service::{Core, Fault, audit};
use store::Tx;
use store::account::{accounts, authenticators, passwords};

pub struct Attempt<'a> {
    pub lab: &'a LabId,
    /// Of the session.
    pub account: AccountId,
    pub password: &'a str,
    /// Of the authenticator.
    pub code: &'a str,
    pub actor: Actor,
    pub browser: Browser,
}

impl std::fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempt(..)")
    }
}

#[derive(Debug)]
pub enum Outcome<P> {
    Refused,
    /// As at a sign-in, whose bucket this is.
    Wait(Duration),
    Busy(Duration),
    Elevated(Elevated<P>),
}

/// # Errors
/// The database or the hash pool broke; nobody was elevated.
pub async fn step_up<P>(core: &Core, attempt: Attempt<'_>) -> Result<Outcome<P>, Fault> {
    // Asked before anything is looked at, as at a sign-in.
    if let Some(wait) = core.hashing.congestion() {
        return Ok(Outcome::Busy(wait));
    }
    let right_code = match check_code(core, &attempt).await? {
        Checked::Right(right_code) => right_code,
        Checked::Wrong => return Ok(Outcome::Refused),
        Checked::Wait(wait) => return Ok(Outcome::Wait(wait)),
    };
    let matched = match Password::typed(attempt.password) {
        None => Ok(None),
        Some(password) => core.hashing.verify(right_code.stored.clone(), password).await,
    };
    match matched {
        Ok(Some(matched)) => complete(core, &attempt, &right_code, PasswordOk::from_hash(&matched)).await,
        Ok(None) => refuse_alone(core, &attempt, RefusalCause::WrongPassword).await,
        Err(no_hash) => {
            bucket::take_back(core, attempt.lab, &right_code.identifier, right_code.counted).await?;
            match no_hash {
                NoHash::Busy { retry_after } => Ok(Outcome::Busy(retry_after)),
                NoHash::Fault(fault) => Err(fault.into()),
            }
        }
    }
}

struct RightCode {
    identifier: BlindIndex,
    stored: HashedPassword,
    step: StepMatched,
    counted: Counted,
}

enum Checked {
    Right(RightCode),
    Wrong,
    Wait(Duration),
}

async fn check_code(core: &Core, attempt: &Attempt<'_>) -> Result<Checked, Fault> {
    let lab = attempt.lab;
    let mut tx = core.db.begin().await?;
    let person = accounts::lookup_person(&mut tx, &core.sealer, lab, attempt.account).await?;
    let person = person.ok_or(Fault::Broken("a session without an account"))?;
    let identifier = bucket::of(core, lab, &person)?;
    let known_by = attempt.browser.known_by.as_ref();
    let (admission, counted) = bucket::count(core, &mut tx, lab, &identifier, known_by).await?;
    let checked = match admission {
        Admission::Wait(wait) => Checked::Wait(wait),
        Admission::Exhausted => {
            refuse(core, &mut tx, attempt, RefusalCause::TooManyInARow).await?;
            Checked::Wrong
        }
        Admission::Evaluate => match try_code(core, &mut tx, attempt, &identifier).await? {
            Ok((stored, step)) => Checked::Right(RightCode {
                identifier,
                stored,
                step,
                counted,
            }),
            Err(cause) => {
                refuse(core, &mut tx, attempt, cause).await?;
                Checked::Wrong
            }
        },
    };
    tx.commit().await?;
    Ok(checked)
}

async fn try_code(
    core: &Core,
    tx: &mut Tx,
    attempt: &Attempt<'_>,
    identifier: &BlindIndex,
) -> Result<Result<(HashedPassword, StepMatched), RefusalCause>, Fault> {
    let found = accounts::lookup_for_sign_in(tx, &core.sealer, attempt.lab, identifier).await?;
    let found = found.filter(|found| found.account.id == attempt.account);
    let Some(found) = found.filter(|found| found.account.state == AccountState::Active) else {
        return Ok(Err(RefusalCause::NotActive));
    };
    let (Some(stored), Some(authenticator)) = (found.password, found.authenticator) else {
        return Ok(Err(RefusalCause::NotActive));
    };
    let Some(step) = authenticator.seed.check(attempt.code, core.now()) else {
        return Ok(Err(RefusalCause::WrongCode));
    };
    if !authenticators::try_step(tx, attempt.lab, attempt.account, step.step()).await? {
        return Ok(Err(RefusalCause::CodeUsedUp));
    }
    Ok(Ok((stored, step)))
}

async fn complete<P>(
    core: &Core,
    attempt: &Attempt<'_>,
    right: &RightCode,
    password: PasswordOk,
) -> Result<Outcome<P>, Fault> {
    let (lab, account) = (attempt.lab, attempt.account);
    let mut tx = core.db.begin().await?;
    // The bucket first, as an attempt locks it.
    bucket::succeeded(core, &mut tx, lab, &right.identifier, right.counted).await?;
    let stored = passwords::lookup(&mut tx, lab, account).await?;
    let stands = stored.is_some_and(|stored| stored.as_str() == right.stored.as_str());
    if !stands || !authenticators::consume_step(&mut tx, lab, account, right.step.step()).await? {
        drop(tx);
        return refuse_alone(core, attempt, RefusalCause::CodeUsedUp).await;
    }
    tx.commit().await?;
    let code = CodeOk::from_step(&right.step);
    Ok(Outcome::Elevated(Elevated::by_password_and_code(
        account, password, &code,
    )))
}

async fn refuse_alone<P>(core: &Core, attempt: &Attempt<'_>, cause: RefusalCause) -> Result<Outcome<P>, Fault> {
    let mut tx = core.db.begin().await?;
    refuse(core, &mut tx, attempt, cause).await?;
    tx.commit().await?;
    Ok(Outcome::Refused)
}

async fn refuse(core: &Core, tx: &mut Tx, attempt: &Attempt<'_>, cause: RefusalCause) -> Result<(), Fault> {
    let event = Event::StepUpRefused { cause };
    audit::record(core, tx, attempt.lab, &attempt.actor, Some(attempt.account), event).await?;
    Ok(())
}
