//! A state that waits for its browser, under a token of its own.

use std::time::Duration;

use crypto::token::{PlainToken, TokenKind};
use domain::pending::Pending;
use kernel::ids::PendingId;
use service::Core;
use store::StoreFault;
use store::account::locked::LockedAccount;
use store::sign_in::pending::{self, NewPending};

/// It exists once the transaction is committed, and waits for `lasts`.
///
/// # Errors
/// It does not exist.
pub(crate) async fn place(
    core: &Core,
    holder: &mut LockedAccount<'_>,
    state: &Pending,
    lasts: Duration,
) -> Result<PlainToken, StoreFault> {
    let (now, token) = (core.now(), PlainToken::generate(TokenKind::Pending, &*core.entropy));
    let new = NewPending {
        id: PendingId::generate(&*core.entropy),
        token: &token.hashed(),
        state,
        created_at: now,
        expires_at: now.plus(lasts),
    };
    pending::insert(holder, &core.sealer, &new).await?;
    Ok(token)
}
