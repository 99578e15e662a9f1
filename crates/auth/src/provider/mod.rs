//! Identities of providers: a person is sent there and comes back with an answer, and what it shows signs them
//! in, or is linked to their account. A link is made by a person who is signed in and has stepped up, or together with
//! a lab code; never because a name or an address is the same.

pub mod code;
pub mod links;
pub mod sign_in;
pub mod sign_out;

use std::time::Duration;

use data_encoding::HEXLOWER;

use crypto::pkce::CodeVerifier;
use crypto::token::{HashedToken, PlainToken, TokenKind};
use domain::audit::{Actor, Event, ProviderCause};
use domain::provider::{Departure, Errand};
use kernel::entropy::random;
use kernel::ids::{AccountId, LabId, ProviderId};
use service::provider::{CallbackParams, NoIdentity, ShownIdentity};
use service::{Core, Fault, audit};
use store::sign_in::provider_departures;

/// To find the letter with the password of the provider, and to read what it says.
const DEPARTURE_LASTS: Duration = Duration::from_secs(20 * 60);

#[derive(Debug)]
pub enum Redirection {
    /// Where the browser is to go.
    To(url::Url),
    /// The lab has no such provider, or no longer.
    NotAccepted,
    /// Too many wait for it.
    Busy,
    Unreachable,
}

pub async fn depart(
    core: &Core,
    lab: &LabId,
    provider: &ProviderId,
    errand: Errand,
    browser: &PlainToken,
) -> Result<Redirection, Fault> {
    let now = core.now();
    let Some(client) = core.providers.accepted(lab, provider, now) else {
        return Ok(Redirection::NotAccepted);
    };
    let state = PlainToken::generate(TokenKind::Departure, &*core.entropy);
    let departure = Departure {
        provider: provider.clone(),
        // Plain letters and digits: some providers take nothing else.
        nonce: HEXLOWER.encode(&random::<32>(&*core.entropy)),
        verifier: CodeVerifier::generate(&*core.entropy),
        errand,
    };
    let to = match client.departure_url(&state, &departure, now).await {
        Ok(to) => to,
        Err(NoIdentity::Busy) => return Ok(Redirection::Busy),
        Err(NoIdentity::Refused { why, .. }) => {
            tracing::warn!(%lab, %provider, why, "people cannot be sent to the provider");
            return Ok(Redirection::Unreachable);
        }
    };
    let (sealer, until) = (&core.sealer, now.plus(DEPARTURE_LASTS));
    let (state, browser) = (state.hashed(), browser.hashed());
    let mut tx = core.db.begin().await?;
    provider_departures::insert(
        &mut tx,
        sealer,
        lab,
        &provider_departures::NewDeparture {
            state: &state,
            browser: &browser,
            departure: &departure,
            expires_at: until,
        },
    )
    .await?;
    tx.commit().await?;
    Ok(Redirection::To(to))
}

/// The person is back. `None` if this browser was not sent there, it was too long ago, or they were back already.
pub async fn take(
    core: &Core,
    lab: &LabId,
    state: Option<&str>,
    browser: &HashedToken,
    actor: &Actor,
) -> Result<Option<Departure>, Fault> {
    let state = state.and_then(|state| PlainToken::parse(TokenKind::Departure, state));
    let mut tx = core.db.begin().await?;
    let departure = match state {
        Some(state) => {
            let (sealer, now) = (&core.sealer, core.now());
            provider_departures::take(&mut tx, sealer, lab, &state.hashed(), browser, now).await?
        }
        None => None,
    };
    if departure.is_none() {
        let event = Event::ProviderRefused {
            provider: None,
            cause: ProviderCause::Departure,
        };
        audit::record(core, &mut tx, lab, actor, None, event).await?;
    }
    tx.commit().await?;
    Ok(departure)
}

/// What the provider's answer shows. Why it shows nothing is recorded.
pub async fn redeem(
    core: &Core,
    lab: &LabId,
    departure: &Departure,
    brought: CallbackParams<'_>,
    actor: &Actor,
) -> Result<Result<ShownIdentity, Refusal>, Fault> {
    let (provider, now) = (&departure.provider, core.now());
    let Some(client) = core.providers.accepted(lab, provider, now) else {
        refuse(core, lab, provider, None, ProviderCause::NotAccepted, actor).await?;
        return Ok(Err(Refusal::Refused));
    };
    let (cause, why) = match client.redeem(&core.keyring, departure, brought, now).await {
        Ok(shown) => return Ok(Ok(shown)),
        Err(NoIdentity::Busy) => return Ok(Err(Refusal::Unreachable)),
        Err(NoIdentity::Refused { cause, why }) => (cause, why),
    };
    tracing::info!(%lab, %provider, why, "a provider's answer was not taken");
    refuse(core, lab, provider, None, cause, actor).await?;
    Ok(Err(match cause {
        ProviderCause::Denied => Refusal::Denied,
        ProviderCause::Unreachable => Refusal::Unreachable,
        ProviderCause::Acr => Refusal::Acr,
        _ => Refusal::Refused,
    }))
}

/// What is reported about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The provider, or the person there, said no.
    Denied,
    Unreachable,
    /// What was shown there is not strong enough here.
    Acr,
    /// Whatever else.
    Refused,
}

async fn refuse(
    core: &Core,
    lab: &LabId,
    provider: &ProviderId,
    account: Option<AccountId>,
    cause: ProviderCause,
    actor: &Actor,
) -> Result<(), Fault> {
    let event = refused(provider, cause);
    audit::record_alone(core, lab, actor, account, event).await?;
    Ok(())
}

fn refused(provider: &ProviderId, cause: ProviderCause) -> Event {
    Event::ProviderRefused {
        provider: Some(provider.clone()),
        cause,
    }
}
