//! The code of the authenticator where the provider showed one factor: counted in the identifier's bucket, as at a
//! sign-in, and used up by the first success.

use secrecy::SecretString;

use super::refused;
use super::sign_in::{By, complete};
use crate::arrival::Arrival;
use crate::browser::{Browser, Journey};
use crypto::blind_index::BlindIndex;
use crypto::token::PlainToken;
use domain::account::AccountState;
use domain::audit::ProviderCause;
use domain::evidence::Authenticated;
use domain::pending::{AwaitingCode, Pending};
use domain::return_to::ReturnTo;
use kernel::ids::{AccountId, LabId, PendingId, ProviderId};
use service::act::Act;
use service::attempts::{Attempt, Codes, Counting, Door, Ended, Verdict, check_step, identifier_of};
use service::{Core, Fault};
use store::Tx;
use store::account::accounts::Person;
use store::account::{accounts, authenticators, locked, provider_links};
use store::sign_in::pending;

/// A sign-in that waits for its code.
#[derive(Debug)]
pub struct SignInAwaitingCode {
    id: PendingId,
    account: AccountId,
    person: Person,
    stage: AwaitingCode,
}

impl SignInAwaitingCode {
    pub fn provider(&self) -> &ProviderId {
        self.stage.provider()
    }

    pub fn return_to(&self) -> Option<&ReturnTo> {
        self.stage.return_to.as_ref()
    }
}

/// None: nothing under this token, or it expired.
pub async fn lookup(core: &Core, lab: &LabId, token: &PlainToken) -> Result<Option<SignInAwaitingCode>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = pending::lookup(&mut tx, &core.sealer, lab, &token.hashed(), core.now()).await?;
    let Some(pending::PendingRow {
        id,
        account,
        state: Pending::AwaitingCode(stage),
    }) = found
    else {
        return Ok(None);
    };
    let person = accounts::lookup_person(&mut tx, &core.sealer, lab, account).await?;
    tx.commit().await?;
    Ok(person.map(|person| SignInAwaitingCode {
        id,
        account,
        person,
        stage,
    }))
}

/// Over: it ended meanwhile, or the provider is accepted no longer.
///
/// # Errors
/// No one was signed in.
pub async fn confirm(
    act: Act<'_>,
    awaited: &SignInAwaitingCode,
    code: &SecretString,
    browser: &Browser,
) -> Result<Ended<Arrival>, Fault> {
    let door = Door::ProviderCode(awaited.provider());
    let mut attempt = Attempt::at(door, act, browser.known_by.as_ref()).on(awaited.account);
    let verdict = decide(act, &mut attempt, awaited, code, browser).await;
    attempt.end(verdict).await
}

async fn decide(
    act: Act<'_>,
    attempt: &mut Attempt<'_>,
    awaited: &SignInAwaitingCode,
    code: &SecretString,
    browser: &Browser,
) -> Result<Verdict<Arrival>, Fault> {
    let Act { core, lab, .. } = act;
    if core.providers.accepted(lab, awaited.provider(), act.now()).is_none() {
        return Ok(Verdict::over());
    }
    let identifier = identifier_of(core, lab, &awaited.person)?;
    let mut tx = core.db.begin().await?;
    // Before the bucket is locked: the account comes first, here as everywhere.
    locked::lock(&mut tx, lab, awaited.account).await?;
    let verdict = match attempt.count(&mut tx, &identifier, &[code]).await? {
        Counting::Ended(verdict) => verdict,
        Counting::Evaluate => match prove(act, &mut tx, awaited, &identifier, code).await? {
            Err(cause) => {
                let event = refused(awaited.provider(), cause);
                attempt.refuse_with(&mut tx, Some(awaited.account), event).await?
            }
            // Nothing of this transaction is kept: neither the count nor the code's step.
            Ok(_) if !consume(act, &mut tx, awaited).await? => return Ok(Verdict::over()),
            Ok(who) => {
                let success = attempt.succeed(&mut tx).await?;
                arrive(act, &mut tx, awaited, who, browser).await?.verdict(success)
            }
        },
    };
    tx.commit().await?;
    Ok(verdict)
}

async fn consume(act: Act<'_>, tx: &mut Tx, awaited: &SignInAwaitingCode) -> Result<bool, Fault> {
    Ok(match locked::lock(tx, act.lab, awaited.account).await? {
        Some(mut holder) => holder.is_active() && pending::consume(&mut holder, awaited.id).await?,
        None => false,
    })
}

async fn arrive(
    act: Act<'_>,
    tx: &mut Tx,
    awaited: &SignInAwaitingCode,
    who: Authenticated,
    browser: &Browser,
) -> Result<Arrival, Fault> {
    let journey = Journey {
        browser,
        return_to: awaited.return_to().cloned(),
    };
    let by = By {
        provider: awaited.provider(),
        id_token: awaited.stage.id_token(),
    };
    complete(act, tx, who, journey, by).await
}

/// The code; then whether account and link still stand.
async fn prove(
    act: Act<'_>,
    tx: &mut Tx,
    awaited: &SignInAwaitingCode,
    identifier: &BlindIndex,
    code: &SecretString,
) -> Result<Result<Authenticated, ProviderCause>, Fault> {
    let Act { core, lab, .. } = act;
    let (account, now) = (awaited.account, act.now());
    let found = accounts::lookup_for_sign_in(tx, &core.sealer, lab, identifier).await?;
    let found = found.filter(|found| found.account.id == account);
    let matched = check_step(core, lab, identifier, found.as_ref(), Codes::one(code));
    if found.is_none_or(|found| found.account.state != AccountState::Active || found.authenticator.is_none()) {
        return Ok(Err(ProviderCause::NotActive));
    }
    let Some(matched) = matched else {
        return Ok(Err(ProviderCause::WrongCode));
    };
    if !authenticators::consume_step(tx, lab, account, matched.step()).await? {
        return Ok(Err(ProviderCause::CodeUsedUp));
    }
    if !provider_links::touch(tx, lab, account, awaited.stage.link(), now).await? {
        return Ok(Err(ProviderCause::NotLinked));
    }
    Ok(Ok(awaited.stage.complete(account, &matched, now)))
}
