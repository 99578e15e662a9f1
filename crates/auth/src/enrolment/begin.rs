//! The state of an enrolment that begins, by whatever proved the person.

use std::time::Duration;

use crypto::token::{PlainToken, TokenKind};
use domain::audit::Event;
use domain::pending::{ChoosingPassword, Pending};
use kernel::ids::PendingId;
use service::act::Act;
use store::StoreFault;
use store::account::locked::LockedAccount;
use store::sign_in::pending;

/// Time for a person of 80 to find an authenticator on the telephone and try again tomorrow with the same paper.
pub const ENROLMENT_LASTS: Duration = Duration::from_secs(45 * 60);

/// # Errors
/// Nothing was begun.
pub(super) async fn begin(
    act: Act<'_>,
    holder: &mut LockedAccount<'_>,
    stage: ChoosingPassword,
) -> Result<PlainToken, StoreFault> {
    let (core, now, account) = (act.core, act.now(), holder.id());
    let token = PlainToken::generate(TokenKind::Pending, &*core.entropy);
    let id = PendingId::generate(&*core.entropy);
    let (state, until) = (Pending::ChoosingPassword(stage), now.plus(ENROLMENT_LASTS));
    pending::insert(
        holder,
        &core.sealer,
        &pending::NewPending {
            id,
            token: &token.hashed(),
            state: &state,
            created_at: now,
            expires_at: until,
        },
    )
    .await?;
    act.record(holder.tx(), Some(account), Event::ActivationStarted).await?;
    Ok(token)
}
