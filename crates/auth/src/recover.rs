//! The way back without a password: a code of the authenticator and a recovery code, both right. Nothing that was in a
//! list opens it. It ends in a hold that asks for a new password.

use secrecy::SecretString;

use crate::browser::Browser;
use crate::hold;
use crate::recovery::RightRecoveryCode;
use crypto::blind_index::BlindIndex;
use crypto::token::PlainToken;
use domain::account::{AccountState, HoldReason};
use domain::audit::RefusalCause;
use domain::evidence::Authenticated;
use domain::identifier::Identifier;
use service::act::Act;
use service::attempts::{Attempt, Codes, Counting, Door, Ended, Verdict, check_step};
use service::{Fault, canary};
use store::account::accounts::ForSignIn;
use store::account::{accounts, authenticators, locked};
use store::{StoreFault, Tx};

const GONE: Fault = Fault::Broken("an account was deleted under its own lock");

/// What the form sends.
#[derive(Debug)]
pub struct Form<'a> {
    pub identifier: &'a str,
    /// Of the authenticator: one, during a siege two.
    pub codes: Codes<'a>,
    pub recovery_code: &'a SecretString,
    pub browser: Browser,
}

/// Passed: held, under this token.
///
/// # Errors
/// Nothing was used up.
pub async fn recover(act: Act<'_>, form: &Form<'_>) -> Result<Ended<PlainToken>, Fault> {
    let mut attempt = Attempt::at(Door::Recovery, act, form.browser.known_by.as_ref());
    let verdict = decide(act, &mut attempt, form).await;
    attempt.end(verdict).await
}

/// Nothing here is slow, so everything is one transaction.
async fn decide(act: Act<'_>, attempt: &mut Attempt<'_>, form: &Form<'_>) -> Result<Verdict<PlainToken>, Fault> {
    let Act { core, lab, .. } = act;
    let identifier = Identifier::parse(form.identifier);
    let is_enough = form.codes.are_enough(core, lab, false);
    if !is_enough && (identifier.is_none() || form.browser.known_by.is_none()) {
        return Ok(Verdict::turned_away());
    }
    let Some(identifier) = identifier else {
        return Ok(attempt.refuse_alone(None, RefusalCause::UnknownIdentifier).await?);
    };
    let index = core.identifier_index(lab, &identifier);
    let mut tx = core.db.begin().await?;
    // Before the bucket is locked: the account comes first, here as everywhere.
    if let Some(found) = accounts::lookup_imported(&mut tx, lab, &index).await? {
        locked::lock(&mut tx, lab, found.account).await?;
    }
    let verdict = match attempt
        .count_if_enough(&mut tx, &index, &[form.codes.first(), form.recovery_code], is_enough)
        .await?
    {
        Counting::Ended(verdict) => verdict,
        Counting::Evaluate => {
            let found = accounts::lookup_for_sign_in(&mut tx, &core.sealer, lab, &index).await?;
            let account = found.as_ref().map(|found| found.account.id);
            match prove(act, &mut tx, form, &index, found).await? {
                Err(cause) => attempt.refuse(&mut tx, account, cause).await?,
                Ok(who) => {
                    let success = attempt.succeed(&mut tx).await?;
                    let mut holder = locked::lock(&mut tx, lab, who.account()).await?.ok_or(GONE)?;
                    Verdict::held(
                        success,
                        hold::place(act, &mut holder, who, HoldReason::Forgotten, None).await?,
                    )
                }
            }
        }
    };
    tx.commit().await?;
    Ok(verdict)
}

/// The recovery code is looked at only when the code is right.
async fn prove(
    act: Act<'_>,
    tx: &mut Tx,
    form: &Form<'_>,
    identifier: &BlindIndex,
    found: Option<ForSignIn>,
) -> Result<Result<Authenticated, RefusalCause>, StoreFault> {
    let Act { core, lab, actor } = act;
    let matched = check_step(core, lab, identifier, found.as_ref(), form.codes);
    let Some(found) = found else {
        return Ok(Err(RefusalCause::UnknownIdentifier));
    };
    if found.account.state != AccountState::Active || found.authenticator.is_none() {
        canary::check(core, tx, lab, found.account.id, actor).await?;
        return Ok(Err(RefusalCause::NotActive));
    }
    let (account, Some(matched)) = (found.account.id, matched) else {
        return Ok(Err(RefusalCause::WrongCode));
    };
    if !authenticators::try_step(tx, lab, account, matched.step()).await? {
        return Ok(Err(RefusalCause::CodeUsedUp));
    }
    let Some(code) = RightRecoveryCode::lookup(act, tx, account, form.recovery_code).await? else {
        return Ok(Err(RefusalCause::WrongRecoveryCode));
    };
    let used_up =
        authenticators::consume_step(tx, lab, account, matched.step()).await? && code.use_up(act, tx, account).await?;
    Ok(if used_up {
        Ok(Authenticated::by_code_and_recovery_code(
            account,
            &matched,
            &code.proof,
            act.now(),
        ))
    } else {
        Err(RefusalCause::CodeUsedUp)
    })
}
