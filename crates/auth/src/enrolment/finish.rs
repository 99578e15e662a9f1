//! From the new password to the first session: everything takes effect at once, with the first code.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::invited;
use super::under_way::{Enrolling, Stage};
use crate::browser::Browser;
use crate::provider::links;
use crate::session::{self, OpenedSession};
use crate::{recovery, suitability};
use crypto::totp::{Seed, StepMatched};
use domain::account::AccountState;
use domain::audit::Event;
use domain::evidence::CodeOk;
use domain::password::Unsuitable;
use domain::pending::{BindingAuthenticator, Origin, Pending};
use kernel::ids::{AccountId, LabId, LinkId};
use machinery::hashing::NoHash;
use service::act::Act;
use service::{Core, Fault};
use store::Tx;
use store::account::{accounts, authenticators, lab_codes, legacy_passwords, passkeys, passwords, provider_links};
use store::leak::leak_accounts;
use store::oauth::oauth_grants;
use store::sign_in::{devices, pending, sessions, throttle};

#[derive(Debug)]
pub enum Step<T> {
    Done(T),
    Unsuitable(Unsuitable),
    WrongCode,
    Busy(Duration),
    /// Expired, or finished in another window.
    Over,
}

#[derive(Debug)]
pub struct FinishedEnrolment {
    pub opened: OpenedSession,
    /// To be shown once.
    pub recovery_codes: Vec<Zeroizing<String>>,
}

/// The password is screened and hashed, and an authenticator is made for it to be shown.
///
/// # Errors
/// The database or the hash pool broke; the enrolment stays where it was.
pub async fn choose_password(
    core: &Core,
    lab: &LabId,
    enrolling: Enrolling,
    typed: &SecretString,
) -> Result<Step<()>, Fault> {
    let Stage::ChoosingPassword(stage) = enrolling.stage else {
        return Ok(Step::Done(()));
    };
    let password = match suitability::judge(core, lab, &enrolling.person, typed.expose_secret()).await? {
        Ok(password) => password,
        Err(unsuitable) => return Ok(Step::Unsuitable(unsuitable)),
    };
    let hash = match core.hashing.make(password).await {
        Ok(hash) => hash,
        Err(NoHash::Busy { retry_after }) => return Ok(Step::Busy(retry_after)),
        Err(NoHash::Fault(fault)) => return Err(fault.into()),
    };
    let next = Pending::BindingAuthenticator(stage.chosen(&hash, &Seed::generate(&*core.entropy)));
    let mut tx = core.db.begin().await?;
    let advanced = pending::advance(&mut tx, &core.sealer, lab, enrolling.id, &next).await?;
    tx.commit().await?;
    Ok(if advanced { Step::Done(()) } else { Step::Over })
}

/// The first code proves that the authenticator works; then everything takes effect at once.
///
/// # Errors
/// The database does not answer; the enrolment stays where it was.
pub async fn confirm(
    act: Act<'_>,
    enrolling: Enrolling,
    code: &SecretString,
    browser: &Browser,
) -> Result<Step<FinishedEnrolment>, Fault> {
    let Act { core, lab, .. } = act;
    let Stage::BindingAuthenticator(stage) = enrolling.stage else {
        return Ok(Step::Over);
    };
    let seed = stage
        .seed()
        .ok_or(Fault::Broken("a pending authenticator has no seed"))?;
    let Some(matched) = seed.check(code.expose_secret(), core.now()) else {
        return Ok(Step::WrongCode);
    };
    let account = enrolling.account;
    let mut tx = core.db.begin().await?;
    let begun = match stage.origin() {
        Origin::LabCode(mac) => lab_codes::consume(&mut tx, lab, account, mac, act.now()).await?,
        Origin::Invitation(token) => invited::consume(act, &mut tx, account, &enrolling.person, token).await?,
    };
    if !pending::consume(&mut tx, lab, enrolling.id).await? || !begun {
        return Ok(Step::Over);
    }
    replace_means(act, &mut tx, account, &stage, &seed, &matched).await?;
    act.record(&mut tx, Some(account), Event::Enrolled).await?;
    let code = CodeOk::from_step(&matched);
    if let Some(new) = stage.link(LinkId::generate(&*core.entropy), account, &code) {
        // Where another account got it meanwhile, the enrolment ends without.
        links::insert(act, &mut tx, &new).await?;
    }
    let recovery_codes = recovery::issue(act, &mut tx, account).await?;
    let who = stage.complete(account, &code, core.now());
    let opened = session::open(act, &mut tx, who, browser).await?;
    tx.commit().await?;
    core.visits.forget_account(account);
    Ok(Step::Done(FinishedEnrolment { opened, recovery_codes }))
}

/// Whatever the account had before ends here: password, also that of the LIS, authenticator, passkeys, linked
/// identities, sessions, trusted devices, failures.
async fn replace_means(
    act: Act<'_>,
    tx: &mut Tx,
    account: AccountId,
    stage: &BindingAuthenticator,
    seed: &Seed,
    matched: &StepMatched,
) -> Result<(), Fault> {
    let Act { core, lab, .. } = act;
    let now = act.now();
    let hash = stage.password()?;
    passwords::set(tx, lab, account, &hash, now).await?;
    authenticators::bind(
        tx,
        &core.sealer,
        lab,
        account,
        &authenticators::NewAuthenticator {
            seed,
            confirmed: matched.step(),
            bound_at: now,
        },
    )
    .await?;
    accounts::set_state(tx, lab, account, AccountState::Active, now).await?;
    leak_accounts::note_new_password(tx, lab, account, true, now).await?;
    legacy_passwords::delete(tx, lab, account).await?;
    passkeys::delete_all(tx, lab, account).await?;
    provider_links::delete_all(tx, lab, account).await?;
    sessions::end_all(tx, lab, account, now).await?;
    oauth_grants::end_of_account(tx, lab, account, now).await?;
    devices::forget_all(tx, lab, account).await?;
    throttle::forget(tx, lab, account).await?;
    Ok(())
}
