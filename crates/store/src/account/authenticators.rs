//! TOTP authenticators: the seed sealed, and which step was used or tried last.

use crate::account::locked::LockedAccount;
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::seal::{Place, Sealer};
use crypto::totp::{Seed, Step};
use domain::ending::Change;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

/// A step in which the code was right allows this many attempts, so that a mistyped password may be corrected.
pub const TRIES_PER_STEP: i64 = 3;

/// Two minutes. A step that was used or tried, and is later by more than the one whose code is right now, was so by a clock
/// that ran ahead: the holder is not kept out until then.
const STEPS_APART: i64 = 4;

/// Binds a new authenticator, replacing any other, and what rested on that ends; the step that confirmed it is used up.
pub async fn bind(
    holder: &mut LockedAccount<'_>,
    sealer: &Sealer,
    seed: &Seed,
    confirmed: Step,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO authenticators \
         (lab_id, account_id, seed, bound_at, consumed_step, tried_step, tried_times) \
         VALUES ($1, $2, $3, $4, $5, $5, 0) ON CONFLICT (lab_id, account_id) DO UPDATE SET seed = excluded.seed, \
         bound_at = excluded.bound_at, consumed_step = excluded.consumed_step, tried_step = excluded.tried_step, \
         tried_times = 0";
    holder.end(Change::AuthenticatorBound, now).await?;
    let (lab, account) = (holder.lab().clone(), holder.id());
    let place = Place {
        lab: &lab,
        column: "authenticators.seed",
        row: account.as_bytes(),
    };
    let sealed = sealer.seal(place, seed.as_bytes())?;
    on_both!(holder.tx(), connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(sealed)
            .bind(now.micros()).bind(confirmed.number())
            .execute(connection).await?;
    });
    Ok(())
}

/// Takes one of the attempts that a right code is good for. False: the step is used up, consumed, or older than one
/// that is.
pub async fn try_step(tx: &mut Tx, lab: &LabId, account: AccountId, step: Step) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE authenticators SET \
         tried_times = CASE WHEN tried_step = $3 THEN tried_times + 1 ELSE 1 END, tried_step = $3 \
         WHERE lab_id = $1 AND account_id = $2 AND (consumed_step < $3 OR consumed_step > $5) \
         AND (tried_step < $3 OR tried_step > $5 OR (tried_step = $3 AND tried_times < $4))";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(step.number()).bind(TRIES_PER_STEP)
            .bind(step.number().saturating_add(STEPS_APART))
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// Uses a step up. False: another sign-in was faster, or the authenticator was bound again.
pub async fn consume_step(tx: &mut Tx, lab: &LabId, account: AccountId, step: Step) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE authenticators SET consumed_step = $3 \
         WHERE lab_id = $1 AND account_id = $2 AND (consumed_step < $3 OR consumed_step > $4)";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(step.number())
            .bind(step.number().saturating_add(STEPS_APART))
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}
