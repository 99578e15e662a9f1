//! A signed-in person gives password and code again before their means of signing in change. As at a sign-in:
//! the code first, counted in the identifier's bucket, and no word on which of the two was wrong.

use secrecy::{ExposeSecret, SecretString};

use crate::browser::Browser;
use crypto::blind_index::BlindIndex;
use crypto::password_hash::HashedPassword;
use crypto::totp::StepMatched;
use domain::account::{Account, AccountState};
use domain::audit::RefusalCause;
use domain::evidence::{CodeOk, Elevated, PasswordOk};
use domain::password::Password;
use kernel::ids::AccountId;
use service::Fault;
use service::act::Act;
use service::attempts::{Attempt, Codes, Counting, Door, Ended, Verdict, check_step, identifier_of};
use store::account::{accounts, authenticators, locked};
use store::{StoreFault, Tx};

/// What the form sends.
#[derive(Debug)]
pub struct Form<'a> {
    /// Of the session.
    pub account: AccountId,
    pub password: &'a SecretString,
    /// Of the authenticator.
    pub code: &'a SecretString,
    pub browser: Browser,
}

/// # Errors
/// The database or the hash pool broke; no one was elevated.
pub async fn step_up<P>(act: Act<'_>, form: &Form<'_>) -> Result<Ended<Elevated<P>>, Fault> {
    let mut attempt = Attempt::at(Door::StepUp, act, form.browser.known_by.as_ref()).on(form.account);
    let verdict = decide(act, &mut attempt, form).await;
    attempt.end(verdict).await
}

async fn decide<P>(act: Act<'_>, attempt: &mut Attempt<'_>, form: &Form<'_>) -> Result<Verdict<Elevated<P>>, Fault> {
    if let Some(full) = attempt.no_room() {
        return Ok(full);
    }
    let right = match check_code(act, attempt, form).await? {
        Ok(right) => right,
        Err(verdict) => return Ok(verdict),
    };
    let matched = match Password::typed(form.password.expose_secret()) {
        None => Ok(None),
        Some(password) => act.core.hashing.verify(right.stored.clone(), password).await,
    };
    match matched {
        Ok(Some(matched)) => complete(act, attempt, &right, PasswordOk::from_hash(&matched)).await,
        Ok(None) => Ok(attempt
            .refuse_alone(Some(form.account), RefusalCause::WrongPassword)
            .await?),
        Err(no_hash) => Verdict::no_hash(no_hash),
    }
}

struct RightCode {
    account: Account,
    stored: HashedPassword,
    step: StepMatched,
}

async fn check_code<P>(
    act: Act<'_>,
    attempt: &mut Attempt<'_>,
    form: &Form<'_>,
) -> Result<Result<RightCode, Verdict<Elevated<P>>>, Fault> {
    let Act { core, lab, .. } = act;
    let mut tx = core.db.begin().await?;
    let person = accounts::lookup_person(&mut tx, &core.sealer, lab, form.account).await?;
    let person = person.ok_or(Fault::Broken("a session without an account"))?;
    let identifier = identifier_of(core, lab, &person)?;
    let checked = match attempt.count(&mut tx, &identifier, &[form.code]).await? {
        Counting::Ended(verdict) => Err(verdict),
        Counting::Evaluate => match try_code(act, &mut tx, form, &identifier).await? {
            Ok(right) => Ok(right),
            Err(cause) => Err(attempt.refuse(&mut tx, Some(form.account), cause).await?),
        },
    };
    tx.commit().await?;
    Ok(checked)
}

async fn try_code(
    act: Act<'_>,
    tx: &mut Tx,
    form: &Form<'_>,
    identifier: &BlindIndex,
) -> Result<Result<RightCode, RefusalCause>, StoreFault> {
    let Act { core, lab, .. } = act;
    let found = accounts::lookup_for_sign_in(tx, &core.sealer, lab, identifier).await?;
    let found = found.filter(|found| found.account.id == form.account);
    let step = check_step(core, lab, identifier, found.as_ref(), Codes::one(form.code));
    let found = found.filter(|found| found.account.state == AccountState::Active && found.authenticator.is_some());
    let found = found.and_then(|found| Some((found.account, found.password?)));
    let Some((account, stored)) = found else {
        return Ok(Err(RefusalCause::NotActive));
    };
    let Some(step) = step else {
        return Ok(Err(RefusalCause::WrongCode));
    };
    if !authenticators::try_step(tx, lab, form.account, step.step()).await? {
        return Ok(Err(RefusalCause::CodeUsedUp));
    }
    Ok(Ok(RightCode { account, stored, step }))
}

async fn complete<P>(
    act: Act<'_>,
    attempt: &Attempt<'_>,
    right: &RightCode,
    password: PasswordOk,
) -> Result<Verdict<Elevated<P>>, Fault> {
    let (account, step) = (right.account, right.step.step());
    let mut tx = act.core.db.begin().await?;
    let holder = locked::lock(&mut tx, act.lab, account.id).await?;
    let stands = holder.is_some_and(|holder| holder.stands(account.generation));
    // The bucket before the authenticator, as where the code was tried: two sign-ins never wait for each other.
    let success = attempt.succeed(&mut tx).await?;
    if !stands || !authenticators::consume_step(&mut tx, act.lab, account.id, step).await? {
        drop(tx);
        return Ok(attempt.refuse_alone(Some(account.id), RefusalCause::CodeUsedUp).await?);
    }
    tx.commit().await?;
    let code = CodeOk::from_step(&right.step);
    Ok(Verdict::passed(
        success,
        Elevated::by_password_and_code(account, password, &code),
    ))
}
