//! A mailed link: with the birth date and the password of the LIS it begins an enrolment, once. The link alone, or that
//! password alone, starts nothing, and neither does anything that was in a leaked list.

use secrecy::{ExposeSecret, SecretString};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::begin::begin as begin_enrolment;
use crypto::legacy;
use crypto::password_hash::PasswordMatched;
use crypto::token::PlainToken;
use domain::account::AccountState;
use domain::audit::RefusalCause;
use domain::birth_date::BirthDate;
use domain::evidence::LegacyOk;
use domain::pending::ChoosingPassword;
use kernel::ids::AccountId;
use machinery::hashing::NoHash;
use service::act::Act;
use service::attempts::{Attempt, Counting, Door, Ended, Verdict, identifier_of};
use service::{Core, Fault};
use store::Tx;
use store::account::accounts::Person;
use store::account::legacy_passwords::LegacyPassword;
use store::account::{accounts, invitations, legacy_passwords, locked};
use store::leak::leak_entries;

/// What the form sends.
#[derive(Debug)]
pub struct Form<'a> {
    pub invitation: &'a PlainToken,
    pub birth_date: BirthDate,
    pub password: &'a SecretString,
}

/// # Errors
/// The database or the hash pool broke; the link can be used again.
pub async fn begin(act: Act<'_>, form: &Form<'_>) -> Result<Ended<PlainToken>, Fault> {
    let mut attempt = Attempt::at(Door::Invitation, act, None).with_paper(form.invitation.expose());
    let verdict = decide(act, &mut attempt, form).await;
    attempt.end(verdict).await
}

async fn decide(act: Act<'_>, attempt: &mut Attempt<'_>, form: &Form<'_>) -> Result<Verdict<PlainToken>, Fault> {
    // If said only after a right birth date, it would reveal that it was right.
    if let Some(full) = attempt.no_room() {
        return Ok(full);
    }
    let invited = match look_up(act, attempt, form).await? {
        Ok(invited) => *invited,
        Err(verdict) => return Ok(verdict),
    };
    let Invitee {
        account,
        person,
        legacy,
    } = invited;
    let matched = match verify(act.core, legacy, form.password).await? {
        Ok(matched) => matched,
        Err(no_hash) => return Verdict::no_hash(no_hash),
    };
    let same_date = form.birth_date.agrees_with(&person.birth_date);
    let Some(matched) = matched.filter(|_| same_date) else {
        return Ok(attempt.refuse_alone(Some(account), RefusalCause::WrongPassword).await?);
    };
    let mut tx = act.core.db.begin().await?;
    let holder = locked::lock(&mut tx, act.lab, account).await?;
    let Some(mut holder) = holder.filter(|holder| holder.state().may_enrol()) else {
        return Ok(Verdict::over());
    };
    let success = attempt.succeed(holder.tx()).await?;
    let stage = ChoosingPassword::invited(&LegacyOk::from_hash(&matched), &form.invitation.hashed());
    let token = begin_enrolment(act, &mut holder, stage).await?;
    tx.commit().await?;
    Ok(Verdict::passed(success, token))
}

/// The person a link was mailed to, and what the LIS stored of their password.
struct Invitee {
    account: AccountId,
    person: Person,
    legacy: LegacyPassword,
}

async fn look_up(
    act: Act<'_>,
    attempt: &mut Attempt<'_>,
    form: &Form<'_>,
) -> Result<Result<Box<Invitee>, Verdict<PlainToken>>, Fault> {
    let Act { core, lab, .. } = act;
    let mut tx = core.db.begin().await?;
    let looked_up = match invitations::lookup(&mut tx, lab, &form.invitation.hashed(), act.now()).await? {
        None => Err(attempt.refuse(&mut tx, None, RefusalCause::WrongCode).await?),
        Some(account) => on_account(act, &mut tx, attempt, account).await?,
    };
    tx.commit().await?;
    Ok(looked_up)
}

async fn on_account(
    act: Act<'_>,
    tx: &mut Tx,
    attempt: &mut Attempt<'_>,
    account: AccountId,
) -> Result<Result<Box<Invitee>, Verdict<PlainToken>>, Fault> {
    let Act { core, lab, .. } = act;
    let Some(person) = accounts::lookup_person(tx, &core.sealer, lab, account).await? else {
        return Ok(Err(attempt.refuse(tx, None, RefusalCause::NotActive).await?));
    };
    attempt.is_on(account);
    if let Counting::Ended(verdict) = attempt.count(tx, &identifier_of(core, lab, &person)?, &[]).await? {
        return Ok(Err(verdict));
    }
    let legacy = legacy_passwords::lookup(tx, &core.sealer, lab, account).await?;
    match legacy {
        Some(legacy) if may_serve(act, tx, account, &person).await? => Ok(Ok(Box::new(Invitee {
            account,
            person,
            legacy,
        }))),
        _ => Ok(Err(attempt.refuse(tx, Some(account), RefusalCause::NotActive).await?)),
    }
}

/// Those who have enrolled come back by other ways, and no password works whose identifier is on a list.
async fn may_serve(act: Act<'_>, tx: &mut Tx, account: AccountId, person: &Person) -> Result<bool, Fault> {
    let Act { core, lab, .. } = act;
    let found = accounts::lookup(tx, lab, account).await?;
    let waits = found.is_some_and(|account| account.state == AccountState::Waiting);
    Ok(waits && !leak_entries::is_listed(tx, lab, &identifier_of(core, lab, person)?).await?)
}

async fn verify(
    core: &Core,
    legacy: LegacyPassword,
    typed: &SecretString,
) -> Result<Result<Option<PasswordMatched>, NoHash>, Fault> {
    let LegacyPassword { scheme, hash, salt } = legacy;
    let typed = Zeroizing::new(typed.expose_secret().to_owned());
    let remade = move || legacy::remade(scheme, salt.as_ref().map(|salt| salt.as_slice()), &typed);
    // bcrypt takes its time.
    let remade = spawn_blocking(remade).await;
    let remade = remade.map_err(|_| Fault::Broken("a password of the LIS could not be made again"))?;
    for digest in remade {
        match core.hashing.verify(hash.clone(), digest).await {
            Ok(None) => {}
            Ok(matched) => return Ok(Ok(matched)),
            Err(no_hash) => return Ok(Err(no_hash)),
        }
    }
    Ok(Ok(None))
}

/// At the end of an enrolment. False: the link was used meanwhile, or may not serve any more.
///
/// # Errors
/// It was not used up.
pub(super) async fn consume(
    act: Act<'_>,
    tx: &mut Tx,
    account: AccountId,
    person: &Person,
    token: &[u8],
) -> Result<bool, Fault> {
    Ok(may_serve(act, tx, account, person).await?
        && invitations::consume(tx, act.lab, account, token, act.now()).await?)
}
