//! Sign in with an identity of a provider that is linked with an account. Where the provider says that two
//! factors were shown, it is complete by itself, as with a passkey: it cannot be guessed, so it neither looks at the
//! identifier's public bucket nor fills it. Where it says less, a code of the authenticator is needed.

use secrecy::ExposeSecret as _;
use std::time::Duration;

use super::refused;
use crate::arrival::{self, Arrival};
use crate::awaited;
use crate::browser::{Browser, Journey};
use crypto::token::PlainToken;
use domain::audit::ProviderCause;
use domain::evidence::{Authenticated, ProviderFactorOk, ProviderOk};
use domain::pending::{AwaitingCode, Pending};
use domain::return_to::ReturnTo;
use kernel::ids::{AccountId, ProviderId};
use service::act::Act;
use service::attempts::{self, Attempt, Door, Ended, Verdict};
use service::provider::ShownIdentity;
use service::{Fault, canary};
use store::Tx;
use store::account::provider_links::LinkRow;
use store::account::{accounts, locked, provider_links};
use store::sign_in::provider_sessions;

/// To find the telephone.
const CODE_AWAITED: Duration = Duration::from_secs(10 * 60);

const GONE: Fault = Fault::Broken("an account was deleted under its own lock");

#[derive(Debug)]
pub struct Return<'a> {
    pub provider: &'a ProviderId,
    pub shown: ShownIdentity,
    pub browser: Browser,
    pub return_to: Option<ReturnTo>,
}

#[derive(Debug)]
pub enum Shows {
    TwoFactors(Arrival),
    /// A code of the authenticator is awaited under this token.
    OneFactor(PlainToken),
}

/// Refused: no account that can be used has this identity.
///
/// # Errors
/// No one was signed in.
pub async fn sign_in(act: Act<'_>, back: &Return<'_>) -> Result<Ended<Shows>, Fault> {
    let attempt = Attempt::at(Door::Provider(back.provider), act, None);
    let verdict = decide(act, &attempt, back).await;
    attempt.end(verdict).await
}

async fn decide(act: Act<'_>, attempt: &Attempt<'_>, back: &Return<'_>) -> Result<Verdict<Shows>, Fault> {
    let mut tx = act.core.db.begin().await?;
    let verdict = match find(act, &mut tx, back).await? {
        Ok(found) => {
            let success = attempt.succeed(&mut tx).await?;
            match arrive(act, &mut tx, back, found).await? {
                shows @ Shows::OneFactor(_) => Verdict::continued(success, shows),
                shows @ Shows::TwoFactors(Arrival::Held(_)) => Verdict::held(success, shows),
                shows @ Shows::TwoFactors(Arrival::SignedIn(_)) => Verdict::passed(success, shows),
            }
        }
        Err((account, cause)) => {
            attempt
                .refuse_with(&mut tx, account, refused(back.provider, cause))
                .await?
        }
    };
    tx.commit().await?;
    Ok(verdict)
}

/// Who it was not, where that is known, and why not.
type Refusal = (Option<AccountId>, ProviderCause);

async fn find(act: Act<'_>, tx: &mut Tx, back: &Return<'_>) -> Result<Result<LinkRow, Refusal>, Fault> {
    let Act { core, lab, actor } = act;
    let Some(found) = provider_links::lookup(tx, lab, &back.shown.index).await? else {
        return Ok(Err((None, ProviderCause::NotLinked)));
    };
    let account = found.account;
    let is_active = locked::lock(tx, lab, account)
        .await?
        .is_some_and(|holder| holder.is_active());
    if canary::check(core, tx, lab, account, actor).await? || !is_active {
        return Ok(Err((Some(account), ProviderCause::NotActive)));
    }
    if !provider_links::touch(tx, lab, account, found.id, act.now()).await? {
        return Ok(Err((Some(account), ProviderCause::NotLinked)));
    }
    Ok(Ok(found))
}

async fn arrive(act: Act<'_>, tx: &mut Tx, back: &Return<'_>, found: LinkRow) -> Result<Shows, Fault> {
    let Act { core, lab, .. } = act;
    let account = found.account;
    let Some(proof) = ProviderOk::from_id_token(&back.shown.token) else {
        return await_code(act, tx, back, found).await;
    };
    if let Some(person) = accounts::lookup_person(tx, &core.sealer, lab, account).await? {
        attempts::reopened(core, tx, lab, &attempts::identifier_of(core, lab, &person)?).await?;
    }
    let who = Authenticated::by_provider(account, found.id, proof, act.now());
    let journey = Journey {
        browser: &back.browser,
        return_to: back.return_to.clone(),
    };
    let by = By {
        provider: back.provider,
        id_token: back.shown.raw.expose_secret(),
    };
    Ok(Shows::TwoFactors(complete(act, tx, who, journey, by).await?))
}

/// The provider that a person came through, and what they brought.
pub(super) struct By<'a> {
    pub provider: &'a ProviderId,
    pub id_token: &'a str,
}

/// As any complete sign-in; and the session remembers that it came through this provider.
pub(super) async fn complete(
    act: Act<'_>,
    tx: &mut Tx,
    who: Authenticated,
    journey: Journey<'_>,
    by: By<'_>,
) -> Result<Arrival, Fault> {
    let mut holder = locked::lock(tx, act.lab, who.account()).await?.ok_or(GONE)?;
    let reason = arrival::listed(act, holder.tx(), who.account()).await?;
    let arrival = arrival::arrive(act, &mut holder, who, reason, journey).await?;
    if let Arrival::SignedIn(opened) = &arrival {
        let (sealer, session) = (&act.core.sealer, opened.session.id);
        provider_sessions::insert(tx, sealer, act.lab, session, by.provider, by.id_token).await?;
    }
    Ok(arrival)
}

async fn await_code(act: Act<'_>, tx: &mut Tx, back: &Return<'_>, found: LinkRow) -> Result<Shows, Fault> {
    let Act { core, lab, .. } = act;
    let mut holder = locked::lock(tx, lab, found.account).await?.ok_or(GONE)?;
    let factor = ProviderFactorOk::from_id_token(&back.shown.token);
    let stage = AwaitingCode::begin(
        &factor,
        back.provider.clone(),
        found.id,
        back.shown.raw.expose_secret(),
        back.return_to.clone(),
    );
    let token = awaited::place(core, &mut holder, &Pending::AwaitingCode(stage), CODE_AWAITED).await?;
    Ok(Shows::OneFactor(token))
}
