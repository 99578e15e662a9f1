//! What the audit trail is told may be worth an alert, too: raised in the same transaction, and settled there.

use super::{concerned, raise};
use crate::Core;
use crypto::blind_index::blind_index;
use domain::alert::reminder::WARNED_AT;
use domain::alert::{Cause, Kind, leak_subject};
use domain::audit::{Actor, DeskCause, Event};
use domain::leak::LeakId;
use kernel::client_address::ClientAddress;
use kernel::ids::{AccountId, LabId, OperatorName};
use store::account::operator_networks::{self, Familiarity};
use store::account::{accounts, operators};
use store::telling::alerts;
use store::{StoreFault, Tx};

pub async fn follow(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    actor: &Actor,
    account: Option<AccountId>,
    event: &Event,
) -> Result<(), StoreFault> {
    match event {
        Event::LeakApplied { leak, .. } => {
            let (waited, by) = (leak_subject(*leak), actor.label());
            alerts::settle(tx, lab, Kind::LeakAwaiting, &waited, &by, core.now()).await?;
        }
        Event::SiegeEnded { .. } => {
            for lab in concerned(core, lab) {
                alerts::settle(
                    tx,
                    lab,
                    Kind::SiegeBegan,
                    &Cause::SiegeBegan.subject(),
                    &actor.label(),
                    core.now(),
                )
                .await?;
            }
        }
        Event::LeakUndone { leak } | Event::LeakClosed { leak } => settle(core, tx, lab, *leak, actor).await?,
        Event::SignedIn { .. } if lab.is_operators() => {
            if let (Some(account), Actor::Visitor { address }) = (account, actor) {
                operator_seen(core, tx, account, address).await?;
            }
        }
        _ => {}
    }
    match cause(event, actor) {
        Some((cause, figure)) => raise(core, tx, lab, &cause, figure).await,
        None => Ok(()),
    }
}

/// What one event alone is enough for, and with which count.
fn cause(event: &Event, actor: &Actor) -> Option<(Cause, u64)> {
    let export = |leak: &LeakId| Cause::Export {
        by: actor.label(),
        leak: *leak,
    };
    Some(match event {
        Event::CanaryTouched { leak } => (Cause::Canary(*leak), 0),
        Event::SiegeBegan { failures, .. } => (Cause::SiegeBegan, *failures),
        Event::SiegeEnded { .. } => (Cause::SiegeEnded, 0),
        Event::LeakApprovalRequested { leak } => (Cause::LeakAwaiting(*leak), 0),
        Event::LeakApplied { leak, .. } => (Cause::LeakApplied(*leak), 0),
        Event::LettersWritten { leak, letters, .. } => (export(leak), *letters),
        Event::LeakPeopleExported { leak, people } => (export(leak), *people),
        Event::ReportExported { leak } => (export(leak), 0),
        Event::DeskRefused {
            cause: DeskCause::OtherLab | DeskCause::NoRole,
        } => (Cause::OtherLab { by: actor.label() }, 0),
        Event::GrantReplayed { client, .. } => (Cause::Replayed(client.clone()), 0),
        _ => return None,
    })
}

/// The leak is over, and with it what was to be done about it.
async fn settle(core: &Core, tx: &mut Tx, lab: &LabId, leak: LeakId, actor: &Actor) -> Result<(), StoreFault> {
    let (by, now) = (actor.label(), core.now());
    for kind in [Kind::LeakAwaiting, Kind::LeakApplied, Kind::Canary] {
        alerts::settle(tx, lab, kind, &leak_subject(leak), &by, now).await?;
    }
    for hours_left in WARNED_AT {
        let cause = Cause::Deadline { leak, hours_left };
        alerts::settle(tx, lab, cause.kind(), &cause.subject(), &by, now).await?;
    }
    Ok(())
}

/// The first network of an operator is where they enrolled: it is remembered and no alert. Every lab in which they have
/// a role is told of a new one.
async fn operator_seen(core: &Core, tx: &mut Tx, account: AccountId, address: &str) -> Result<(), StoreFault> {
    let Ok(address) = address.parse::<ClientAddress>() else {
        return Ok(());
    };
    let (realm, network) = (LabId::operators(), address.network());
    let index = blind_index(&core.keyring, &realm, "operator network", &network.to_string());
    if operator_networks::see(tx, account, &index, core.now()).await? != Familiarity::Newly {
        return Ok(());
    }
    let person = accounts::lookup_person(tx, &core.sealer, &realm, account).await?;
    let Some(operator) = person.and_then(|person| person.identifier.parse::<OperatorName>().ok()) else {
        return Ok(());
    };
    for lab in operators::find_roles(tx, account).await?.into_keys() {
        let operator = operator.clone();
        raise(core, tx, &lab, &Cause::NewNetwork { operator, network }, 0).await?;
    }
    Ok(())
}
