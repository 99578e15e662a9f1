//! A complete sign-in that waits, in a state of its own that opens no page but its own.

use std::time::Duration;

use crate::awaited;
use crypto::token::PlainToken;
use domain::account::HoldReason;
use domain::audit::Event;
use domain::evidence::Authenticated;
use domain::pending::{Held, Pending};
use domain::return_to::ReturnTo;
use service::act::Act;
use store::StoreFault;
use store::account::locked::LockedAccount;

/// How long a held sign-in waits for its new password: as long as an enrolment, and for the same people.
pub const HOLD_LASTS: Duration = Duration::from_secs(45 * 60);

/// Places a hold; it exists once the transaction is committed.
///
/// # Errors
/// It does not exist.
pub async fn place(
    act: Act<'_>,
    holder: &mut LockedAccount<'_>,
    who: Authenticated,
    reason: HoldReason,
    return_to: Option<ReturnTo>,
) -> Result<PlainToken, StoreFault> {
    let event = Event::SignInHeld {
        means: who.means(),
        reason,
    };
    act.record(holder.tx(), Some(who.account()), event).await?;
    let state = Pending::Held(Held::hold(who, reason, return_to));
    awaited::place(act.core, holder, &state, HOLD_LASTS).await
}
