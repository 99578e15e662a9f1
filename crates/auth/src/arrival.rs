//! How a complete sign-in continues, by whatever means it was made: held, or in.

use crate::browser::Journey;
use crate::hold;
use crate::session::{self, OpenedSession};
use crypto::token::PlainToken;
use domain::account::HoldReason;
use domain::evidence::Authenticated;
use kernel::ids::{AccountId, LabId};
use service::Core;
use service::act::Act;
use service::attempts::{Success, Verdict};
use service::standing;
use store::account::locked::LockedAccount;
use store::{StoreFault, Tx};

#[derive(Debug)]
pub enum Arrival {
    Held(PlainToken),
    SignedIn(OpenedSession),
}

impl Arrival {
    pub(crate) fn verdict(self, success: Success) -> Verdict<Self> {
        match &self {
            Self::Held(_) => Verdict::held(success, self),
            Self::SignedIn(_) => Verdict::passed(success, self),
        }
    }
}

/// Consumes an authentication; hold or session exist once the transaction is committed.
///
/// # Errors
/// Neither exists.
pub async fn arrive(
    act: Act<'_>,
    holder: &mut LockedAccount<'_>,
    who: Authenticated,
    held_for: Option<HoldReason>,
    journey: Journey<'_>,
) -> Result<Arrival, StoreFault> {
    Ok(match held_for {
        Some(reason) => Arrival::Held(hold::place(act, holder, who, reason, journey.return_to).await?),
        None => Arrival::SignedIn(session::open(act, holder, who, journey.browser).await?),
    })
}

/// Whether the lists that the account is on hold it.
///
/// # Errors
/// Nothing is known of it.
pub async fn listed(act: Act<'_>, tx: &mut Tx, account: AccountId) -> Result<Option<HoldReason>, StoreFault> {
    listed_in(act.core, tx, act.lab, account).await
}

/// As [`listed`], where no one acts yet.
///
/// # Errors
/// Nothing is known of it.
pub async fn listed_in(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
) -> Result<Option<HoldReason>, StoreFault> {
    Ok(HoldReason::of(standing::of(core, tx, lab, account).await?))
}
