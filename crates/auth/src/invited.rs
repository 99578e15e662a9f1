//! A mailed link: with the birth date and the password of the LIS it begins an enrolment, once. The link alone, or that
//! password alone, begins nothing, and neither does anything that stood in a leaked list.

use std::time::Duration;

use subtle::ConstantTimeEq;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use crate::bucket::Counted;
use crate::{bucket, enrol};
use crypto::legacy;
use crypto::password_hash::PasswordMatched;
use crypto::token::PlainToken;
use domain::account::AccountState;
use domain::audit::{Actor, Event};
use domain::backoff::Admission;
use domain::birth_date::BirthDate;
use domain::evidence::LegacyOk;
use domain::pending::ChoosingPassword;
use kernel::ids::{AccountId, LabId};
use machinery::hashing::NoHash;
use service::{Core, Fault, audit};
use store::Tx;
use store::account::accounts::Person;
use store::account::legacy_passwords::LegacyPassword;
use store::account::{accounts, invitations, legacy_passwords};
use store::leak::leak_entries;

pub struct Attempt<'a> {
    pub lab: &'a LabId,
    pub invitation: &'a PlainToken,
    pub birth_date: BirthDate,
    pub password: &'a str,
    pub actor: Actor,
}

impl std::fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempt(..)")
    }
}

#[derive(Debug)]
pub enum Outcome {
    Refused,
    /// As at a sign-in, whose bucket this is.
    Wait(Duration),
    Busy(Duration),
    Begun(PlainToken),
}

/// # Errors
/// The database or the hash pool broke; the link can be used again.
pub async fn begin(core: &Core, attempt: Attempt<'_>) -> Result<Outcome, Fault> {
    // Asked before anything is looked at: were it said only after a right birth date, it would tell that it was right.
    if let Some(wait) = core.hashing.congestion() {
        return Ok(Outcome::Busy(wait));
    }
    let (lab, actor) = (attempt.lab, &attempt.actor);
    let invited = match look_up(core, &attempt).await? {
        Looked::Invited(invited) => *invited,
        Looked::Ended(outcome) => return Ok(outcome),
    };
    let Invited {
        account,
        person,
        legacy,
        counted,
    } = invited;
    let identifier = bucket::of(core, lab, &person)?;
    let matched = match verify(core, legacy, attempt.password).await {
        Ok(matched) => matched,
        Err(NoHash::Busy { retry_after }) => {
            bucket::take_back(core, lab, &identifier, counted).await?;
            return Ok(Outcome::Busy(retry_after));
        }
        Err(NoHash::Fault(fault)) => return Err(fault.into()),
    };
    let same_date = attempt.birth_date.iso().as_bytes().ct_eq(person.birth_date.as_bytes());
    let Some(matched) = matched.filter(|_| bool::from(same_date)) else {
        audit::record_alone(core, lab, actor, Some(account), Event::ActivationRefused).await?;
        return Ok(Outcome::Refused);
    };
    let mut tx = core.db.begin().await?;
    bucket::succeeded(core, &mut tx, lab, &identifier, counted).await?;
    let stage = ChoosingPassword::invited(&LegacyOk::from_hash(&matched), &attempt.invitation.hashed());
    let token = enrol::start(core, &mut tx, lab, account, stage, actor).await?;
    tx.commit().await?;
    Ok(Outcome::Begun(token))
}

/// Whom a link was mailed to, and what the LIS kept of their password.
struct Invited {
    account: AccountId,
    person: Person,
    legacy: LegacyPassword,
    counted: Counted,
}

enum Looked {
    Invited(Box<Invited>),
    Ended(Outcome),
}

async fn look_up(core: &Core, attempt: &Attempt<'_>) -> Result<Looked, Fault> {
    let (lab, actor) = (attempt.lab, &attempt.actor);
    let mut tx = core.db.begin().await?;
    let mut about = None;
    if let Some(account) = invitations::lookup(&mut tx, lab, &attempt.invitation.hashed(), core.now()).await?
        && let Some(person) = accounts::lookup_person(&mut tx, &core.sealer, lab, account).await?
    {
        about = Some(account);
        let identifier = bucket::of(core, lab, &person)?;
        let (admission, counted) = bucket::count(core, &mut tx, lab, &identifier, None).await?;
        match admission {
            Admission::Wait(wait) => {
                let seconds = wait.as_secs();
                audit::record(core, &mut tx, lab, actor, about, Event::SignInDelayed { seconds }).await?;
                tx.commit().await?;
                return Ok(Looked::Ended(Outcome::Wait(wait)));
            }
            Admission::Exhausted => {}
            Admission::Evaluate => {
                let legacy = legacy_passwords::lookup(&mut tx, &core.sealer, lab, account).await?;
                if let Some(legacy) = legacy
                    && may_serve(core, &mut tx, lab, account, &person).await?
                {
                    tx.commit().await?;
                    return Ok(Looked::Invited(Box::new(Invited {
                        account,
                        person,
                        legacy,
                        counted,
                    })));
                }
            }
        }
    }
    audit::record(core, &mut tx, lab, actor, about, Event::ActivationRefused).await?;
    tx.commit().await?;
    Ok(Looked::Ended(Outcome::Refused))
}

/// Who has enrolled comes back by other ways, and no password serves whose identifier stands in a list.
async fn may_serve(core: &Core, tx: &mut Tx, lab: &LabId, account: AccountId, person: &Person) -> Result<bool, Fault> {
    let found = accounts::lookup(tx, lab, account).await?;
    let waits = found.is_some_and(|account| account.state == AccountState::Waiting);
    Ok(waits && !leak_entries::is_listed(tx, lab, &bucket::of(core, lab, person)?).await?)
}

async fn verify(core: &Core, legacy: LegacyPassword, typed: &str) -> Result<Option<PasswordMatched>, NoHash> {
    let LegacyPassword { scheme, hash, salt } = legacy;
    let typed = Zeroizing::new(typed.to_owned());
    let remade = move || legacy::remade(scheme, salt.as_ref().map(|salt| salt.as_slice()), &typed);
    // bcrypt takes its time. An error is a panic, which was reported: nothing matches.
    for digest in spawn_blocking(remade).await.unwrap_or_default() {
        if let Some(matched) = core.hashing.verify(hash.clone(), digest).await? {
            return Ok(Some(matched));
        }
    }
    Ok(None)
}

/// At the end of an enrolment. False: the link was used meanwhile, or may not serve any more.
///
/// # Errors
/// The database does not answer.
pub(super) async fn consume(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    person: &Person,
    token: &[u8],
) -> Result<bool, Fault> {
    tx.keep_campaigns_out(lab).await?;
    Ok(may_serve(core, tx, lab, account, person).await?
        && invitations::consume(tx, lab, account, token, core.now()).await?)
}
