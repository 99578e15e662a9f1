//! A lab code and the birth date begin an enrolment.

use secrecy::{ExposeSecret, SecretString};

use super::begin::begin as begin_enrolment;
use crypto::human_code::{CodeKind, HumanCode};
use crypto::token::PlainToken;
use domain::audit::RefusalCause;
use domain::birth_date::BirthDate;
use domain::evidence::LabCodeOk;
use domain::pending::ChoosingPassword;
use kernel::ids::AccountId;
use kernel::typed::is_blank;
use service::act::Act;
use service::attempts::{Attempt, Door, Ended, Verdict};
use service::{Fault, canary};
use store::account::{accounts, lab_codes, locked};
use store::{StoreFault, Tx};

/// Refused: the code, the date or both are not right; which one is not said. Operators have no birth date on file. A
/// code has tries of its own, so the identifier's bucket is left alone.
///
/// # Errors
/// The code can be used again.
pub async fn begin(
    act: Act<'_>,
    lab_code: &SecretString,
    birth_date: Option<BirthDate>,
) -> Result<Ended<PlainToken>, Fault> {
    let lab_code = lab_code.expose_secret();
    let attempt = Attempt::at(Door::Activation, act, None).with_paper(lab_code);
    let verdict = decide(act, &attempt, lab_code, birth_date).await;
    attempt.end(verdict).await
}

async fn decide(
    act: Act<'_>,
    attempt: &Attempt<'_>,
    lab_code: &str,
    birth_date: Option<BirthDate>,
) -> Result<Verdict<PlainToken>, Fault> {
    if is_blank(lab_code) {
        return Ok(Verdict::nothing_shown());
    }
    let proved = match HumanCode::parse(lab_code) {
        Some(code) => {
            // Its try is taken in a transaction of its own: the account is locked before its codes, never after.
            let mut tx = act.core.db.begin().await?;
            let proved = prove(act, &mut tx, &code, birth_date).await?;
            tx.commit().await?;
            proved
        }
        None => None,
    };
    let mut tx = act.core.db.begin().await?;
    let mut begun = None;
    if let Some((account, mac, proof)) = proved
        && let Some(mut holder) = locked::lock(&mut tx, act.lab, account).await?
        && holder.state().may_enrol()
    {
        let stage = ChoosingPassword::begin(&proof, mac);
        begun = Some(begin_enrolment(act, &mut holder, stage).await?);
    }
    let verdict = match begun {
        Some(token) => Verdict::passed(attempt.succeed(&mut tx).await?, token),
        None => attempt.refuse(&mut tx, None, RefusalCause::WrongCode).await?,
    };
    tx.commit().await?;
    Ok(verdict)
}

async fn prove(
    act: Act<'_>,
    tx: &mut Tx,
    code: &HumanCode,
    birth_date: Option<BirthDate>,
) -> Result<Option<(AccountId, Vec<u8>, LabCodeOk)>, StoreFault> {
    let Act { core, lab, actor } = act;
    let mac = code.mac(&core.keyring, lab, CodeKind::Lab);
    let Some((account, stored)) = lab_codes::try_code(tx, lab, &mac, act.now()).await? else {
        return Ok(None);
    };
    if canary::check(core, tx, lab, account, actor).await? {
        return Ok(None);
    }
    let Some(person) = accounts::lookup_person(tx, &core.sealer, lab, account).await? else {
        return Ok(None);
    };
    let same_date = match birth_date {
        Some(birth_date) => birth_date.agrees_with(&person.birth_date),
        None => person.birth_date.is_empty(),
    };
    let matched = code
        .check(&core.keyring, lab, CodeKind::Lab, &stored)
        .filter(|_| same_date);
    Ok(matched.map(|matched| (account, stored, LabCodeOk::from_code(matched))))
}
