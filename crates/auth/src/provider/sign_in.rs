//! Sign in with an identity of a provider that is linked with an account. Where the provider says that two
//! factors were shown, it is complete by itself, as with a passkey: nobody can guess it, so it neither looks at the
//! identifier's public bucket nor fills it. Where it says less, a code of the authenticator is asked for.

use std::time::Duration;

use super::refused;
use crate::arrival::{self, Arrived, Browser, Journey};
use crate::bucket;
use crate::session::Opened;
use crypto::token::{PlainToken, TokenKind};
use domain::account::AccountState;
use domain::audit::{Actor, ProviderCause};
use domain::evidence::{Authenticated, ProviderFactorOk, ProviderOk};
use domain::pending::{AwaitingCode, Pending};
use domain::return_to::ReturnTo;
use kernel::ids::{AccountId, LabId, PendingId, ProviderId};
use machinery::metrics::SignInResult;
use service::provider::Shown;
use service::{Core, Fault, audit, canary};
use store::Tx;
use store::account::provider_links::Found;
use store::account::{accounts, provider_links};
use store::sign_in::{pending, provider_sessions};

/// To find the telephone.
const CODE_AWAITED: Duration = Duration::from_secs(10 * 60);

#[derive(Debug)]
pub struct Attempt<'a> {
    pub lab: &'a LabId,
    pub provider: &'a ProviderId,
    pub shown: Shown,
    pub actor: Actor,
    pub browser: Browser,
    pub return_to: Option<ReturnTo>,
}

#[derive(Debug)]
pub enum Outcome {
    Held(PlainToken),
    SignedIn(Opened),
    /// The provider showed one factor: a code of the authenticator is awaited under this token.
    CodeNeeded(PlainToken),
    /// No account that can be used has this identity.
    NotLinked,
}

/// # Errors
/// The database does not answer; nobody was signed in.
pub async fn sign_in(core: &Core, attempt: Attempt<'_>) -> Result<Outcome, Fault> {
    let (lab, provider, actor) = (attempt.lab, attempt.provider, &attempt.actor);
    let mut tx = core.db.begin().await?;
    let outcome = match find(core, &mut tx, &attempt).await? {
        Ok(found) => arrive(core, &mut tx, &attempt, found).await?,
        Err((account, cause)) => {
            audit::record(core, &mut tx, lab, actor, account, refused(provider, cause)).await?;
            Outcome::NotLinked
        }
    };
    tx.commit().await?;
    match outcome {
        Outcome::Held(_) => core.metrics.sign_in_ended(SignInResult::held),
        Outcome::SignedIn(_) => core.metrics.sign_in_ended(SignInResult::signed_in),
        Outcome::NotLinked => core.metrics.sign_in_ended(SignInResult::refused),
        Outcome::CodeNeeded(_) => {}
    }
    Ok(outcome)
}

/// Who it was not, where that is known, and why not.
type Refusal = (Option<AccountId>, ProviderCause);

async fn find(core: &Core, tx: &mut Tx, attempt: &Attempt<'_>) -> Result<Result<Found, Refusal>, Fault> {
    let lab = attempt.lab;
    let Some(found) = provider_links::lookup(tx, lab, &attempt.shown.index).await? else {
        return Ok(Err((None, ProviderCause::NotLinked)));
    };
    tx.keep_campaigns_out(lab).await?;
    let account = found.account;
    if canary::watch(core, tx, lab, account, &attempt.actor).await? || !is_active(tx, lab, account).await? {
        return Ok(Err((Some(account), ProviderCause::NotActive)));
    }
    if !provider_links::touch(tx, lab, account, found.id, core.now()).await? {
        return Ok(Err((Some(account), ProviderCause::NotLinked)));
    }
    Ok(Ok(found))
}

async fn arrive(core: &Core, tx: &mut Tx, attempt: &Attempt<'_>, found: Found) -> Result<Outcome, Fault> {
    let (lab, account, now) = (attempt.lab, found.account, core.now());
    let Some(proof) = ProviderOk::from_id_token(&attempt.shown.token) else {
        return await_code(core, tx, attempt, found).await;
    };
    if let Some(person) = accounts::lookup_person(tx, &core.sealer, lab, account).await? {
        bucket::reopened(core, tx, lab, &bucket::of(core, lab, &person)?).await?;
    }
    let who = Authenticated::by_provider(account, proof, now);
    let journey = Journey {
        browser: &attempt.browser,
        actor: &attempt.actor,
        return_to: attempt.return_to.clone(),
    };
    let by = By {
        provider: attempt.provider,
        id_token: &attempt.shown.raw,
    };
    Ok(match complete(core, tx, lab, who, journey, by).await? {
        Arrived::Held(token) => Outcome::Held(token),
        Arrived::SignedIn(opened) => Outcome::SignedIn(opened),
    })
}

/// By which provider somebody came, and with what.
pub(super) struct By<'a> {
    pub provider: &'a ProviderId,
    pub id_token: &'a str,
}

/// As any complete sign-in; and the session is known to have come by this provider.
pub(super) async fn complete(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    who: Authenticated,
    journey: Journey<'_>,
    by: By<'_>,
) -> Result<Arrived, Fault> {
    let reason = arrival::listed(core, tx, lab, who.account()).await?;
    let arrived = arrival::arrive(core, tx, lab, who, reason, journey).await?;
    if let Arrived::SignedIn(opened) = &arrived {
        let session = opened.session.id;
        provider_sessions::insert(tx, &core.sealer, lab, session, by.provider, by.id_token).await?;
    }
    Ok(arrived)
}

async fn await_code(core: &Core, tx: &mut Tx, attempt: &Attempt<'_>, found: Found) -> Result<Outcome, Fault> {
    let (lab, now) = (attempt.lab, core.now());
    let factor = ProviderFactorOk::from_id_token(&attempt.shown.token);
    let stage = AwaitingCode::begin(
        &factor,
        attempt.provider.clone(),
        found.id,
        &attempt.shown.raw,
        attempt.return_to.clone(),
    );
    let (id, token) = (
        PendingId::generate(&*core.entropy),
        PlainToken::generate(TokenKind::Pending, &*core.entropy),
    );
    let (state, until) = (Pending::AwaitingCode(stage), now.plus(CODE_AWAITED));
    let (sealer, hashed) = (&core.sealer, token.hashed());
    pending::insert(tx, sealer, lab, id, &hashed, found.account, &state, now, until).await?;
    Ok(Outcome::CodeNeeded(token))
}

pub(super) async fn is_active(tx: &mut Tx, lab: &LabId, account: AccountId) -> Result<bool, Fault> {
    let found = accounts::lookup(tx, lab, account).await?;
    Ok(found.is_some_and(|account| account.state == AccountState::Active))
}
