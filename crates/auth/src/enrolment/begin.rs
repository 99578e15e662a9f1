//! The state of an enrolment that begins, by whatever proved the person.

use std::time::Duration;

use crate::awaited;
use crypto::token::PlainToken;
use domain::audit::Event;
use domain::pending::{ChoosingPassword, Pending};
use service::act::Act;
use store::StoreFault;
use store::account::locked::LockedAccount;

/// Time for a person of 80 to find an authenticator on the telephone and try again tomorrow with the same paper.
pub const ENROLMENT_LASTS: Duration = Duration::from_secs(45 * 60);

/// # Errors
/// Nothing was begun.
pub(super) async fn begin(
    act: Act<'_>,
    holder: &mut LockedAccount<'_>,
    stage: ChoosingPassword,
) -> Result<PlainToken, StoreFault> {
    let state = Pending::ChoosingPassword(stage);
    let token = awaited::place(act.core, holder, &state, ENROLMENT_LASTS).await?;
    let account = holder.id();
    act.record(holder.tx(), Some(account), Event::ActivationStarted).await?;
    Ok(token)
}
