//! The way back without a password: a code of the authenticator and a recovery code, both right. Nothing that stood in a
//! list opens it. It ends in a hold that asks for a new password.

use std::time::Duration;

use crate::arrival::Browser;
use crate::bucket::Counted;
use crate::codes::Codes;
use crate::recovery::Shown;
use crate::{bucket, rotate};
use crypto::blind_index::BlindIndex;
use crypto::token::PlainToken;
use crypto::totp::Seed;
use domain::account::{AccountState, HoldReason};
use domain::audit::{Actor, Event, RefusalCause};
use domain::backoff::Admission;
use domain::evidence::Authenticated;
use domain::identifier::Identifier;
use kernel::ids::LabId;
use machinery::metrics::SignInResult;
use service::siege::Ending;
use service::watch::{Named, Sighting};
use service::{Core, Fault, audit, canary};
use store::account::accounts::ForSignIn;
use store::account::{accounts, authenticators};
use store::{StoreFault, Tx};

pub struct Attempt<'a> {
    pub lab: &'a LabId,
    pub identifier: &'a str,
    /// Of the authenticator: one, during a siege two.
    pub codes: Codes<'a>,
    pub recovery_code: &'a str,
    pub browser: Browser,
    pub actor: Actor,
}

impl std::fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempt(..)")
    }
}

#[derive(Debug)]
pub enum Outcome {
    Refused,
    /// As at a sign-in, but the recovery code has a field of its own here and does not suffice.
    TurnedAway,
    /// As at a sign-in, whose bucket this is.
    Wait(Duration),
    Held(PlainToken),
}

/// # Errors
/// The database does not answer; nothing was used up.
pub async fn recover(core: &Core, attempt: Attempt<'_>) -> Result<Outcome, Fault> {
    let lab = attempt.lab;
    let sighting = Sighting::of(core, lab, &attempt.actor, Named::Identifier(attempt.identifier));
    let (outcome, counted) = decide(core, attempt).await?;
    let (result, ending) = match outcome {
        Outcome::Refused => (SignInResult::refused, Some(Ending::Failed)),
        Outcome::TurnedAway => (SignInResult::turned_away, Some(Ending::TurnedAway)),
        Outcome::Wait(_) => (SignInResult::delayed, None),
        Outcome::Held(_) => (SignInResult::held, Some(Ending::Succeeded)),
    };
    if matches!(outcome, Outcome::Refused | Outcome::Wait(_)) {
        sighting.refused(core);
    }
    core.metrics.sign_in_ended(result);
    if !counted.is_some_and(|counted| counted.is_from_trusted_device()) {
        core.sieges.count(lab, ending, core.now());
    }
    Ok(outcome)
}

/// Nothing here is slow, so everything is one transaction. And where the attempt was counted, if it was.
async fn decide(core: &Core, attempt: Attempt<'_>) -> Result<(Outcome, Option<Counted>), Fault> {
    let (lab, actor, known_by) = (attempt.lab, &attempt.actor, attempt.browser.known_by.as_ref());
    let identifier = Identifier::parse(attempt.identifier);
    let is_enough = attempt.codes.are_enough_beside_a_recovery_code(core, lab);
    if !is_enough && (identifier.is_none() || known_by.is_none()) {
        return Ok((Outcome::TurnedAway, None));
    }
    let Some(identifier) = identifier else {
        let cause = RefusalCause::UnknownIdentifier;
        audit::record_alone(core, lab, actor, None, Event::RecoveryRefused { cause }).await?;
        return Ok((Outcome::Refused, None));
    };
    let index = core.identifier_index(lab, &identifier);
    let mut tx = core.db.begin().await?;
    let counted = bucket::count_if_enough(core, &mut tx, lab, &index, known_by, is_enough).await?;
    let Some((admission, counted)) = counted else {
        tx.commit().await?;
        return Ok((Outcome::TurnedAway, None));
    };
    let (account, proved) = match admission {
        Admission::Wait(wait) => {
            let seconds = wait.as_secs();
            audit::record(core, &mut tx, lab, actor, None, Event::SignInDelayed { seconds }).await?;
            tx.commit().await?;
            return Ok((Outcome::Wait(wait), Some(counted)));
        }
        Admission::Exhausted => (None, Err(RefusalCause::TooManyInARow)),
        Admission::Evaluate => {
            let found = accounts::lookup_for_sign_in(&mut tx, &core.sealer, lab, &index).await?;
            let account = found.as_ref().map(|found| found.account.id);
            let proved = prove(core, &mut tx, &attempt, &index, found).await?;
            if proved.is_ok() {
                bucket::succeeded(core, &mut tx, lab, &index, counted).await?;
            }
            (account, proved)
        }
    };
    let outcome = match proved {
        Ok(who) => Outcome::Held(rotate::hold(core, &mut tx, lab, actor, who, HoldReason::Forgotten, None).await?),
        Err(cause) => {
            audit::record(core, &mut tx, lab, actor, account, Event::RecoveryRefused { cause }).await?;
            Outcome::Refused
        }
    };
    tx.commit().await?;
    Ok((outcome, Some(counted)))
}

/// The recovery code is looked at only when the code is right.
async fn prove(
    core: &Core,
    tx: &mut Tx,
    attempt: &Attempt<'_>,
    identifier: &BlindIndex,
    found: Option<ForSignIn>,
) -> Result<Result<Authenticated, RefusalCause>, StoreFault> {
    let (lab, now) = (attempt.lab, core.now());
    let authenticator = found.as_ref().and_then(|found| found.authenticator.as_ref());
    let seed = authenticator.map_or_else(
        || Seed::decoy(&core.keyring, lab, identifier.as_bytes()),
        |authenticator| authenticator.seed.clone(),
    );
    let matched = attempt.codes.check(&seed, now);
    let Some(found) = found else {
        return Ok(Err(RefusalCause::UnknownIdentifier));
    };
    if found.account.state != AccountState::Active || found.authenticator.is_none() {
        canary::watch(core, tx, lab, found.account.id, &attempt.actor).await?;
        return Ok(Err(RefusalCause::NotActive));
    }
    let (account, Some(matched)) = (found.account.id, matched) else {
        return Ok(Err(RefusalCause::WrongCode));
    };
    if !authenticators::try_step(tx, lab, account, matched.step()).await? {
        return Ok(Err(RefusalCause::CodeUsedUp));
    }
    let Some(shown) = Shown::look_up(core, tx, lab, account, attempt.recovery_code).await? else {
        return Ok(Err(RefusalCause::WrongRecoveryCode));
    };
    let used_up = authenticators::consume_step(tx, lab, account, matched.step()).await?
        && shown.use_up(core, tx, lab, account).await?;
    Ok(if used_up {
        let who = Authenticated::by_code_and_recovery_code(account, &matched, &shown.proof, now);
        Ok(who)
    } else {
        Err(RefusalCause::CodeUsedUp)
    })
}
