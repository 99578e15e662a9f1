//! How a complete sign-in continues, by whatever means it was made: held, or in.

use crate::browser::Journey;
use crate::hold;
use crate::session::{self, OpenedSession};
use crypto::token::PlainToken;
use domain::account::HoldReason;
use domain::evidence::Authenticated;
use kernel::ids::AccountId;
use service::act::Act;
use service::attempts::{Success, Verdict};
use service::standing;
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
    tx: &mut Tx,
    who: Authenticated,
    held_for: Option<HoldReason>,
    journey: Journey<'_>,
) -> Result<Arrival, StoreFault> {
    Ok(match held_for {
        Some(reason) => Arrival::Held(hold::place(act, tx, who, reason, journey.return_to).await?),
        None => Arrival::SignedIn(session::open(act, tx, who, journey.browser).await?),
    })
}

/// Whether the lists that the account is on hold it.
///
/// # Errors
/// Nothing is known of it.
pub async fn listed(act: Act<'_>, tx: &mut Tx, account: AccountId) -> Result<Option<HoldReason>, StoreFault> {
    Ok(HoldReason::of(standing::of(act.core, tx, act.lab, account).await?))
}
