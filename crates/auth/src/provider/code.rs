//! The code of the authenticator where the provider showed one factor: counted in the identifier's bucket, as at a
//! sign-in, and used up by the first success.

use std::time::Duration;

use super::refused;
use super::sign_in::{By, complete, is_active};
use crate::arrival::{Arrived, Browser, Journey};
use crate::bucket;
use crate::session::Opened;
use crypto::token::PlainToken;
use domain::audit::{Actor, Event, ProviderCause};
use domain::backoff::Admission;
use domain::evidence::Authenticated;
use domain::pending::{AwaitingCode, Pending};
use domain::return_to::ReturnTo;
use kernel::ids::{AccountId, LabId, PendingId, ProviderId};
use machinery::metrics::SignInResult;
use service::watch::{Named, Sighting};
use service::{Core, Fault, audit};
use store::Tx;
use store::account::accounts::Person;
use store::account::{accounts, authenticators, provider_links};
use store::sign_in::pending;

/// A sign-in that waits for its code.
#[derive(Debug)]
pub struct Awaited {
    id: PendingId,
    account: AccountId,
    person: Person,
    stage: AwaitingCode,
}

impl Awaited {
    pub fn provider(&self) -> &ProviderId {
        self.stage.provider()
    }

    pub fn return_to(&self) -> Option<&ReturnTo> {
        self.stage.return_to.as_ref()
    }
}

/// None: nothing under this token, or it expired.
///
/// # Errors
/// The database does not answer.
pub async fn find(core: &Core, lab: &LabId, token: &PlainToken) -> Result<Option<Awaited>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = pending::lookup(&mut tx, &core.sealer, lab, &token.hashed(), core.now()).await?;
    let Some(pending::Found {
        id,
        account,
        state: Pending::AwaitingCode(stage),
    }) = found
    else {
        return Ok(None);
    };
    let person = accounts::lookup_person(&mut tx, &core.sealer, lab, account).await?;
    tx.commit().await?;
    Ok(person.map(|person| Awaited {
        id,
        account,
        person,
        stage,
    }))
}

#[derive(Debug)]
pub enum Outcome {
    Refused,
    /// As at a sign-in, whose bucket this is.
    Wait(Duration),
    Held(PlainToken),
    SignedIn(Opened),
    /// It ended meanwhile, or the provider is accepted no longer.
    Over,
}

/// # Errors
/// The database does not answer; nobody was signed in.
pub async fn confirm(
    core: &Core,
    lab: &LabId,
    awaited: &Awaited,
    code: &str,
    actor: &Actor,
    browser: &Browser,
) -> Result<Outcome, Fault> {
    let sighting = Sighting::of(core, lab, actor, Named::Identifier(&awaited.person.identifier));
    let outcome = decide(core, lab, awaited, code, actor, browser).await?;
    if matches!(outcome, Outcome::Refused | Outcome::Wait(_)) {
        sighting.refused(core);
    }
    match outcome {
        Outcome::Refused => core.metrics.sign_in_ended(SignInResult::refused),
        Outcome::Wait(_) => core.metrics.sign_in_ended(SignInResult::delayed),
        Outcome::Held(_) => core.metrics.sign_in_ended(SignInResult::held),
        Outcome::SignedIn(_) => core.metrics.sign_in_ended(SignInResult::signed_in),
        Outcome::Over => {}
    }
    Ok(outcome)
}

async fn decide(
    core: &Core,
    lab: &LabId,
    awaited: &Awaited,
    code: &str,
    actor: &Actor,
    browser: &Browser,
) -> Result<Outcome, Fault> {
    let (account, provider) = (awaited.account, awaited.provider());
    if core.providers.accepted(lab, provider, core.now()).is_none() {
        return Ok(Outcome::Over);
    }
    let identifier = bucket::of(core, lab, &awaited.person)?;
    let mut tx = core.db.begin().await?;
    let (admission, counted) = bucket::count(core, &mut tx, lab, &identifier, browser.known_by.as_ref()).await?;
    let proved = match admission {
        Admission::Wait(wait) => {
            let seconds = wait.as_secs();
            audit::record(
                core,
                &mut tx,
                lab,
                actor,
                Some(account),
                Event::SignInDelayed { seconds },
            )
            .await?;
            tx.commit().await?;
            return Ok(Outcome::Wait(wait));
        }
        Admission::Exhausted => Err(ProviderCause::TooManyInARow),
        Admission::Evaluate => prove(core, &mut tx, lab, awaited, code).await?,
    };
    let who = match proved {
        Ok(who) => who,
        Err(cause) => {
            audit::record(core, &mut tx, lab, actor, Some(account), refused(provider, cause)).await?;
            tx.commit().await?;
            return Ok(Outcome::Refused);
        }
    };
    if !pending::consume(&mut tx, lab, awaited.id).await? {
        return Ok(Outcome::Over);
    }
    bucket::succeeded(core, &mut tx, lab, &identifier, counted).await?;
    let journey = Journey {
        browser,
        actor,
        return_to: awaited.return_to().cloned(),
    };
    let by = By {
        provider,
        id_token: awaited.stage.id_token(),
    };
    let arrived = complete(core, &mut tx, lab, who, journey, by).await?;
    tx.commit().await?;
    Ok(match arrived {
        Arrived::Held(token) => Outcome::Held(token),
        Arrived::SignedIn(opened) => Outcome::SignedIn(opened),
    })
}

/// The code; then whether account and link still stand.
async fn prove(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    awaited: &Awaited,
    code: &str,
) -> Result<Result<Authenticated, ProviderCause>, Fault> {
    let (account, now) = (awaited.account, core.now());
    let identifier = bucket::of(core, lab, &awaited.person)?;
    let found = accounts::lookup_for_sign_in(tx, &core.sealer, lab, &identifier).await?;
    let found = found.filter(|found| found.account.id == account);
    let Some(authenticator) = found.and_then(|found| found.authenticator) else {
        return Ok(Err(ProviderCause::NotActive));
    };
    let Some(matched) = authenticator.seed.check(code, now) else {
        return Ok(Err(ProviderCause::WrongCode));
    };
    if !authenticators::consume_step(tx, lab, account, matched.step()).await? {
        return Ok(Err(ProviderCause::CodeUsedUp));
    }
    tx.keep_campaigns_out(lab).await?;
    if !is_active(tx, lab, account).await? {
        return Ok(Err(ProviderCause::NotActive));
    }
    if !provider_links::touch(tx, lab, account, awaited.stage.link(), now).await? {
        return Ok(Err(ProviderCause::NotLinked));
    }
    Ok(Ok(awaited.stage.complete(account, &matched, now)))
}
