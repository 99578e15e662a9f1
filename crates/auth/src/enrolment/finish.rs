//! From the new password to the first session: everything takes effect at once, with the first code.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

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
use kernel::ids::{LabId, LinkId};
use machinery::hashing::NoHash;
use service::act::Act;
use service::{Core, Fault};
use store::account::locked::{self, LockedAccount};
use store::account::{authenticators, lab_codes, legacy_passwords, passkeys, passwords, provider_links, shown_codes};
use store::leak::leak_accounts;
use store::sign_in::{pending, throttle};

#[derive(Debug)]
pub enum Step<T> {
    Done(T),
    Unsuitable(Unsuitable),
    WrongCode,
    Busy(Duration),
    /// Expired, or finished in another window.
    Over,
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
) -> Result<Step<OpenedSession>, Fault> {
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
    let holder = locked::lock(&mut tx, lab, account).await?;
    let Some(mut holder) = holder.filter(|holder| holder.state().may_enrol()) else {
        return Ok(Step::Over);
    };
    let begun = match stage.origin() {
        Origin::LabCode(mac) => lab_codes::consume(holder.tx(), lab, account, mac, act.now()).await?,
        Origin::Invitation(token) => invited::consume(act, holder.tx(), account, &enrolling.person, token).await?,
    };
    if !pending::consume(&mut holder, enrolling.id).await? || !begun {
        return Ok(Step::Over);
    }
    replace_means(act, &mut holder, &stage, &seed, &matched).await?;
    act.record(holder.tx(), Some(account), Event::Enrolled).await?;
    let code = CodeOk::from_step(&matched);
    if let Some(new) = stage.link(LinkId::generate(&*core.entropy), account, &code) {
        // Where another account got it meanwhile, the enrolment ends without.
        links::insert(act, &mut holder, &new).await?;
    }
    let recovery_codes = recovery::issue(act, &mut holder).await?;
    let who = stage.complete(account, &code, core.now());
    let opened = session::open(act, &mut holder, who, browser).await?;
    shown_codes::store(holder.tx(), &core.sealer, lab, opened.session.id, &recovery_codes).await?;
    tx.commit().await?;
    core.visits.forget_account(account);
    Ok(Step::Done(opened))
}

/// Whatever the account had before ends here, also the password of the LIS and failures, and all that rested on it.
async fn replace_means(
    act: Act<'_>,
    holder: &mut LockedAccount<'_>,
    stage: &BindingAuthenticator,
    seed: &Seed,
    matched: &StepMatched,
) -> Result<(), Fault> {
    let Act { core, lab, .. } = act;
    let (now, account) = (act.now(), holder.id());
    let hash = stage.password()?;
    // Failures are locked before the authenticator, as at a sign-in.
    throttle::forget(holder.tx(), lab, account).await?;
    passkeys::delete_all(holder).await?;
    provider_links::delete_all(holder).await?;
    passwords::set(holder, &hash, now).await?;
    authenticators::bind(holder, &core.sealer, seed, matched.step(), now).await?;
    holder.set_state(AccountState::Active, now).await?;
    leak_accounts::note_new_password(holder.tx(), lab, account, true, now).await?;
    legacy_passwords::delete(holder.tx(), lab, account).await?;
    Ok(())
}
