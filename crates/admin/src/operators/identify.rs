//! Is it them? A code of their authenticator, with the back-off and the single use that a sign-in has.

use secrecy::SecretString;

use crate::operators::{OperatorError, index_of, read};
use crypto::blind_index::BlindIndex;
use domain::account::AccountState;
use domain::audit::{Actor, Event, RefusalCause};
use domain::operator::Operator;
use kernel::ids::{LabId, OperatorName};
use service::act::Act;
use service::attempts::{Attempt, Codes, Counting, Door, Ended, Verdict, check_step};
use service::{Core, Fault};
use store::account::accounts::ForSignIn;
use store::account::{accounts, authenticators};
use store::{StoreFault, Tx};

/// Refused: no such operator, a wrong or used code, or too many failures. `actor`: from where the code came.
///
/// # Errors
/// The code may work again then.
pub async fn identify(
    core: &Core,
    name: &OperatorName,
    code: &SecretString,
    actor: &Actor,
) -> Result<Ended<Operator>, OperatorError> {
    let realm = LabId::operators();
    let act = Act::of(core, &realm, actor);
    let index = index_of(core, name)?;
    let mut attempt = Attempt::at(Door::Operator, act, None);
    let verdict = decide(act, &mut attempt, &index, code).await;
    Ok(attempt.end(verdict.map_err(Fault::from)).await?)
}

async fn decide(
    act: Act<'_>,
    attempt: &mut Attempt<'_>,
    index: &BlindIndex,
    code: &SecretString,
) -> Result<Verdict<Operator>, StoreFault> {
    let Act { core, lab, .. } = act;
    let mut tx = core.db.begin().await?;
    let verdict = match attempt.count(&mut tx, index, &[code]).await? {
        Counting::Ended(verdict) => verdict,
        Counting::Evaluate => {
            let found = accounts::lookup_for_sign_in(&mut tx, &core.sealer, lab, index).await?;
            let account = found.as_ref().map(|found| found.account.id);
            match prove(act, &mut tx, index, found, code).await? {
                Err(cause) => attempt.refuse(&mut tx, account, cause).await?,
                Ok(operator) => {
                    let success = attempt.succeed(&mut tx).await?;
                    act.record(&mut tx, account, Event::CodeConfirmed).await?;
                    Verdict::passed(success, operator)
                }
            }
        }
    };
    tx.commit().await?;
    Ok(verdict)
}

async fn prove(
    act: Act<'_>,
    tx: &mut Tx,
    index: &BlindIndex,
    found: Option<ForSignIn>,
    code: &SecretString,
) -> Result<Result<Operator, RefusalCause>, StoreFault> {
    let Act { core, lab, .. } = act;
    let step = check_step(core, lab, index, found.as_ref(), Codes::one(code));
    let Some(found) = found else {
        return Ok(Err(RefusalCause::UnknownIdentifier));
    };
    if found.account.state != AccountState::Active || found.authenticator.is_none() {
        return Ok(Err(RefusalCause::NotActive));
    }
    let Some(step) = step else {
        return Ok(Err(RefusalCause::WrongCode));
    };
    if !authenticators::consume_step(tx, lab, found.account.id, step.step()).await? {
        return Ok(Err(RefusalCause::CodeUsedUp));
    }
    Ok(read(core, tx, found.account.id).await?.ok_or(RefusalCause::NotActive))
}
