//! The links of an account: listed, made and removed by its holder, after a step-up.

use super::refused;
use crate::arrival;
use domain::audit::{Actor, Event, ProviderCause};
use domain::evidence::{Elevated, UnlinkProvider};
use domain::provider::LinkEntry;
use domain::provider::{Identity, Linking, MOST, NewLink};
use kernel::ids::{AccountId, LabId, LinkId, ProviderId};
use service::act::Act;
use service::provider::ShownIdentity;
use service::{Core, Fault, audit};
use store::StoreFault;
use store::account::locked::{self, LockedAccount};
use store::account::provider_links;

pub async fn list(core: &Core, lab: &LabId, account: AccountId) -> Result<Vec<LinkEntry>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = provider_links::find(&mut tx, &core.sealer, lab, account).await?;
    tx.commit().await?;
    Ok(found)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkOutcome {
    Done,
    /// Another account of the lab has it.
    Elsewhere,
    /// The account has as many as it may.
    Full,
    /// What was given again for it has ended meanwhile.
    Over,
}

/// # Errors
/// The database does not answer; nothing was linked.
pub async fn link(
    act: Act<'_>,
    provider: &ProviderId,
    linking: Linking,
    shown: &ShownIdentity,
) -> Result<LinkOutcome, Fault> {
    let Act { core, lab, .. } = act;
    let account = linking.account();
    let identity = Identity::shown(provider.clone(), &shown.token, shown.index);
    let mut tx = core.db.begin().await?;
    let holder = locked::lock(&mut tx, lab, account).await?;
    let stands = |holder: &LockedAccount<'_>| linking.generation().is_some_and(|since| holder.stands(since));
    let Some(mut holder) = holder.filter(stands) else {
        return Ok(LinkOutcome::Over);
    };
    // The step-up may have been with a password that is on a list since.
    if arrival::listed(act, holder.tx(), account).await?.is_some() {
        return Ok(LinkOutcome::Over);
    }
    let count = usize::try_from(provider_links::count(holder.tx(), lab, account).await?).unwrap_or(usize::MAX);
    let linked = match provider_links::lookup(holder.tx(), lab, &shown.index).await? {
        Some(found) if found.account == account => return Ok(LinkOutcome::Done),
        Some(_) => LinkOutcome::Elsewhere,
        None if count >= MOST => LinkOutcome::Full,
        None => {
            let new = NewLink::by_holder(LinkId::generate(&*core.entropy), linking, identity);
            match insert(act, &mut holder, &new).await? {
                true => LinkOutcome::Done,
                false => LinkOutcome::Elsewhere,
            }
        }
    };
    if linked != LinkOutcome::Done {
        let event = refused(provider, ProviderCause::NotLinkable);
        act.record(holder.tx(), Some(account), event).await?;
    }
    tx.commit().await?;
    Ok(linked)
}

/// False: another account of the lab has it.
pub(crate) async fn insert(act: Act<'_>, holder: &mut LockedAccount<'_>, new: &NewLink) -> Result<bool, StoreFault> {
    let core = act.core;
    if !provider_links::insert(holder, &core.sealer, new, core.now()).await? {
        return Ok(false);
    }
    let event = Event::ProviderLinked {
        provider: new.identity().provider().clone(),
        link: new.id().to_string(),
    };
    act.record(holder.tx(), Some(new.account()), event).await?;
    Ok(true)
}

/// The sessions that it opened end. False: the account has no such link.
///
/// # Errors
/// The database does not answer; it may still be there.
pub async fn unlink(
    core: &Core,
    lab: &LabId,
    elevated: Elevated<UnlinkProvider>,
    line: &LinkEntry,
    actor: &Actor,
) -> Result<bool, Fault> {
    let account = elevated.account();
    let mut tx = core.db.begin().await?;
    let holder = locked::lock(&mut tx, lab, account).await?;
    let Some(mut holder) = holder.filter(|holder| holder.stands(elevated.generation())) else {
        return Ok(false);
    };
    let removed = provider_links::delete(&mut holder, line.id, core.now()).await?;
    if removed {
        let event = Event::ProviderUnlinked {
            provider: line.provider.clone(),
            link: line.id.to_string(),
        };
        audit::record(core, holder.tx(), lab, actor, Some(account), event).await?;
    }
    tx.commit().await?;
    core.visits.forget_account(account);
    Ok(removed)
}
