//! Is it them? A code of their authenticator, with the back-off and the single use that a sign-in has.

use std::time::Duration;

use crate::operators::{OperatorError, index_of, read};
use domain::account::AccountState;
use domain::audit::{Actor, Event, RefusalCause};
use domain::backoff::Admission;
use domain::operator::Operator;
use kernel::ids::{AccountId, LabId, OperatorName};
use service::{Core, audit};
use store::account::accounts::ForSignIn;
use store::account::{accounts, authenticators};
use store::sign_in::throttle;
use store::{StoreFault, Tx};

#[derive(Debug)]
pub enum Identified {
    As(Operator),
    /// No such operator, a wrong or used code, or too many failures.
    Refused,
    Wait(Duration),
}

/// `actor`: from where the code came.
///
/// # Errors
/// The database does not answer; the code may serve again then.
pub async fn identify(
    core: &Core,
    name: &OperatorName,
    code: &str,
    actor: &Actor,
) -> Result<Identified, OperatorError> {
    let (realm, now, index) = (LabId::operators(), core.now(), index_of(core, name)?);
    let mut tx = core.db.begin().await?;
    let backoff = throttle::lock(&mut tx, &realm, &index, now).await?;
    let admission = backoff.admit(core.backoff_limits(), now);
    if let Admission::Wait(wait) = admission {
        let seconds = wait.as_secs();
        audit::record(core, &mut tx, &realm, actor, None, Event::SignInDelayed { seconds }).await?;
        tx.commit().await?;
        return Ok(Identified::Wait(wait));
    }
    let backoff = backoff.with_attempt(now);
    let found = match admission {
        Admission::Evaluate => accounts::lookup_for_sign_in(&mut tx, &core.sealer, &realm, &index).await?,
        Admission::Exhausted | Admission::Wait(_) => None,
    };
    let account = found.as_ref().map(|found| found.account.id);
    let confirmed = match found {
        Some(found) => consume(core, &mut tx, found, code).await?,
        None => None,
    };
    let operator = match confirmed {
        Some(account) => read(core, &mut tx, account).await?,
        None => None,
    };
    let (backoff, event) = match operator {
        Some(_) => (backoff.with_success(now), Event::CodeConfirmed),
        None => {
            let cause = RefusalCause::WrongCode;
            (backoff, Event::SignInRefused { cause })
        }
    };
    throttle::store(&mut tx, &realm, &index, &backoff).await?;
    audit::record(core, &mut tx, &realm, actor, account, event).await?;
    tx.commit().await?;
    Ok(operator.map_or(Identified::Refused, Identified::As))
}

async fn consume(core: &Core, tx: &mut Tx, found: ForSignIn, code: &str) -> Result<Option<AccountId>, StoreFault> {
    let (Some(authenticator), AccountState::Active) = (found.authenticator, found.account.state) else {
        return Ok(None);
    };
    let Some(matched) = authenticator.seed.check(code, core.now()) else {
        return Ok(None);
    };
    let account = found.account.id;
    let consumed = authenticators::consume_step(tx, &LabId::operators(), account, matched.step()).await?;
    Ok(consumed.then_some(account))
}
