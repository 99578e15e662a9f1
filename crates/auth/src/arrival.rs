//! How a complete sign-in goes on, by whatever means it was made: held, or in.

use crate::rotate;
use crate::session::{self, Opened};
use crypto::token::{HashedToken, PlainToken};
use domain::account::HoldReason;
use domain::audit::Actor;
use domain::evidence::Authenticated;
use domain::return_to::ReturnTo;
use domain::session::describe_device;
use kernel::ids::{AccountId, LabId};
use service::{Core, standing};
use store::{StoreFault, Tx};

/// The browser that somebody signs in from, as it presents itself.
#[derive(Clone, Debug)]
pub struct Browser {
    /// What its owner is told of it in their lists.
    pub description: String,
    /// The token of a trusted device, of this account or of another one.
    pub known_by: Option<HashedToken>,
}

impl Browser {
    /// One of which nothing is known, as a program's is.
    pub fn unknown() -> Self {
        Self {
            description: describe_device(None),
            known_by: None,
        }
    }
}

/// Whence somebody comes, and where they were going.
#[derive(Debug)]
pub struct Journey<'a> {
    pub browser: &'a Browser,
    pub actor: &'a Actor,
    pub return_to: Option<ReturnTo>,
}

#[derive(Debug)]
pub enum Arrived {
    Held(PlainToken),
    SignedIn(Opened),
}

/// Consumes an authentication; hold or session exist once the transaction is committed.
///
/// # Errors
/// The database does not answer.
pub async fn arrive(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    who: Authenticated,
    held_for: Option<HoldReason>,
    journey: Journey<'_>,
) -> Result<Arrived, StoreFault> {
    let Journey {
        browser,
        actor,
        return_to,
    } = journey;
    Ok(match held_for {
        Some(reason) => Arrived::Held(rotate::hold(core, tx, lab, actor, who, reason, return_to).await?),
        None => Arrived::SignedIn(session::open(core, tx, lab, who, browser, actor).await?),
    })
}

/// Whether the lists that the account stands on hold it.
///
/// # Errors
/// The database does not answer.
pub async fn listed(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
) -> Result<Option<HoldReason>, StoreFault> {
    Ok(HoldReason::of(standing::of(core, tx, lab, account).await?))
}
