//! Enrolment: lab code and birth date, a new password, an authenticator confirmed by its first code, recovery codes. The
//! lab code proves the person; it is used up only when everything else is in place.

use std::time::Duration;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::arrival::Browser;
use crate::provider::links;
use crate::session::{self, Opened};
use crate::{invited, recovery, suitability};
use crypto::human_code::{CodeKind, HumanCode};
use crypto::token::{PlainToken, TokenKind};
use crypto::totp::{Seed, StepMatched};
use domain::account::AccountState;
use domain::audit::{Actor, Event};
use domain::birth_date::BirthDate;
use domain::evidence::{CodeOk, LabCodeOk};
use domain::password::Unsuitable;
use domain::pending::{BindingAuthenticator, ChoosingPassword, Origin, Pending};
use domain::provider::{self, Identity};
use kernel::ids::{AccountId, LabId, LinkId, PendingId, ProviderId};
use machinery::hashing::NoHash;
use service::provider::Shown;
use service::watch::{Named, Sighting};
use service::{Core, Fault, audit, canary};
use store::account::accounts::Person;
use store::account::{accounts, authenticators, lab_codes, legacy_passwords, passkeys, passwords, provider_links};
use store::leak::leak_accounts;
use store::oauth::oauth_grants;
use store::sign_in::{devices, pending, sessions, throttle};
use store::{StoreFault, Tx};

/// Time for a person of 80 to find an authenticator on the telephone and try again tomorrow with the same paper.
pub const ENROLMENT_LASTS: Duration = Duration::from_secs(45 * 60);

/// An enrolment under way, for the page of its stage.
#[derive(Debug)]
pub struct Enrolling {
    id: PendingId,
    account: AccountId,
    pub person: Person,
    pub stage: Stage,
}

impl Enrolling {
    /// For somebody who is sent to a provider on the way. None: not at this stage, or not with what began it.
    pub fn errand(&self) -> Option<provider::Enrolling> {
        match &self.stage {
            Stage::ChoosingPassword(stage) if stage.origin().lets_link() => Some(provider::Enrolling::of(self.id)),
            _ => None,
        }
    }

    /// What is linked at the end.
    pub fn identity(&self) -> Option<&Identity> {
        match &self.stage {
            Stage::ChoosingPassword(stage) => stage.identity(),
            Stage::BindingAuthenticator(_) => None,
        }
    }
}

#[derive(Debug)]
pub enum Stage {
    ChoosingPassword(ChoosingPassword),
    BindingAuthenticator(BindingAuthenticator),
}

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
pub struct Enrolled {
    pub opened: Opened,
    /// To be shown once.
    pub recovery_codes: Vec<Zeroizing<String>>,
}

/// None: the code, the date or both are not right; nobody learns which. Operators have no birth date on file.
///
/// # Errors
/// The database does not answer.
pub async fn begin(
    core: &Core,
    lab: &LabId,
    lab_code: &str,
    birth_date: Option<BirthDate>,
    actor: &Actor,
) -> Result<Option<PlainToken>, Fault> {
    let mut tx = core.db.begin().await?;
    let proved = match HumanCode::parse(lab_code) {
        Some(code) => prove(core, &mut tx, lab, &code, birth_date, actor).await?,
        None => None,
    };
    let Some((account, mac, proof)) = proved else {
        audit::record(core, &mut tx, lab, actor, None, Event::ActivationRefused).await?;
        tx.commit().await?;
        Sighting::of(core, lab, actor, Named::Code(lab_code)).refused(core);
        return Ok(None);
    };
    let token = start(core, &mut tx, lab, account, ChoosingPassword::begin(&proof, mac), actor).await?;
    tx.commit().await?;
    Ok(Some(token))
}

/// # Errors
/// The database does not answer.
pub(super) async fn start(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    stage: ChoosingPassword,
    actor: &Actor,
) -> Result<PlainToken, StoreFault> {
    let now = core.now();
    let token = PlainToken::generate(TokenKind::Pending, &*core.entropy);
    let id = PendingId::generate(&*core.entropy);
    let (state, until) = (Pending::ChoosingPassword(stage), now.plus(ENROLMENT_LASTS));
    pending::insert(tx, &core.sealer, lab, id, &token.hashed(), account, &state, now, until).await?;
    audit::record(core, tx, lab, actor, Some(account), Event::ActivationStarted).await?;
    Ok(token)
}

async fn prove(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    code: &HumanCode,
    birth_date: Option<BirthDate>,
    actor: &Actor,
) -> Result<Option<(AccountId, Vec<u8>, LabCodeOk)>, StoreFault> {
    let mac = code.mac(&core.keyring, lab, CodeKind::Lab);
    let Some((account, stored)) = lab_codes::try_code(tx, lab, &mac, core.now()).await? else {
        return Ok(None);
    };
    if canary::watch(core, tx, lab, account, actor).await? {
        return Ok(None);
    }
    let Some(person) = accounts::lookup_person(tx, &core.sealer, lab, account).await? else {
        return Ok(None);
    };
    let birth_date = birth_date.map(BirthDate::iso).unwrap_or_default();
    let same_date = birth_date.as_bytes().ct_eq(person.birth_date.as_bytes());
    let matched = code
        .check(&core.keyring, lab, CodeKind::Lab, &stored)
        .filter(|_| bool::from(same_date));
    Ok(matched.map(|matched| (account, stored, LabCodeOk::from_code(matched))))
}

/// None: nothing under this token, or it expired.
///
/// # Errors
/// The database does not answer.
pub async fn find(core: &Core, lab: &LabId, token: &PlainToken) -> Result<Option<Enrolling>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = pending::lookup(&mut tx, &core.sealer, lab, &token.hashed(), core.now()).await?;
    let Some(pending::Found { id, account, state }) = found else {
        return Ok(None);
    };
    let stage = match state {
        Pending::ChoosingPassword(state) => Stage::ChoosingPassword(state),
        Pending::BindingAuthenticator(state) => Stage::BindingAuthenticator(state),
        Pending::Held(_) | Pending::AddingPasskey(_) | Pending::AwaitingCode(_) => return Ok(None),
    };
    let person = accounts::lookup_person(&mut tx, &core.sealer, lab, account).await?;
    tx.commit().await?;
    Ok(person.map(|person| Enrolling {
        id,
        account,
        person,
        stage,
    }))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    Done,
    /// Another account of the lab has it.
    Elsewhere,
    /// The enrolment is over, is further on, or was not begun with a lab code.
    Over,
}

/// An identity of a provider was shown on the way: it is linked when the enrolment ends.
///
/// # Errors
/// The database does not answer; the enrolment stands where it stood.
pub async fn note_identity(
    core: &Core,
    lab: &LabId,
    enrolling: Enrolling,
    errand: &provider::Enrolling,
    provider: &ProviderId,
    shown: &Shown,
) -> Result<Noted, Fault> {
    let stage = match enrolling.stage {
        Stage::ChoosingPassword(stage) if stage.origin().lets_link() && errand.pending() == enrolling.id => stage,
        _ => return Ok(Noted::Over),
    };
    let identity = Identity::shown(provider.clone(), &shown.token, shown.index);
    let mut tx = core.db.begin().await?;
    let linked = provider_links::lookup(&mut tx, lab, &shown.index).await?;
    if linked.is_some_and(|linked| linked.account != enrolling.account) {
        return Ok(Noted::Elsewhere);
    }
    let next = Pending::ChoosingPassword(stage.with(identity));
    let advanced = pending::advance(&mut tx, &core.sealer, lab, enrolling.id, &next).await?;
    tx.commit().await?;
    Ok(if advanced { Noted::Done } else { Noted::Over })
}

/// The password is screened and hashed, and an authenticator is made for it to be shown.
///
/// # Errors
/// The database or the hash pool broke; the enrolment stands where it stood.
pub async fn choose_password(core: &Core, lab: &LabId, enrolling: Enrolling, typed: &str) -> Result<Step<()>, Fault> {
    let Stage::ChoosingPassword(stage) = enrolling.stage else {
        return Ok(Step::Done(()));
    };
    let password = match suitability::judge(core, lab, &enrolling.person, typed).await? {
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
/// The database does not answer; the enrolment stands where it stood.
pub async fn confirm(
    core: &Core,
    lab: &LabId,
    enrolling: Enrolling,
    code: &str,
    actor: &Actor,
    browser: &Browser,
) -> Result<Step<Enrolled>, Fault> {
    let Stage::BindingAuthenticator(stage) = enrolling.stage else {
        return Ok(Step::Over);
    };
    let seed = stage
        .seed()
        .ok_or(Fault::Broken("a pending authenticator has no seed"))?;
    let Some(matched) = seed.check(code, core.now()) else {
        return Ok(Step::WrongCode);
    };
    let account = enrolling.account;
    let mut tx = core.db.begin().await?;
    let begun = match stage.origin() {
        Origin::LabCode(mac) => lab_codes::consume(&mut tx, lab, account, mac, core.now()).await?,
        Origin::Invitation(token) => invited::consume(core, &mut tx, lab, account, &enrolling.person, token).await?,
    };
    if !pending::consume(&mut tx, lab, enrolling.id).await? || !begun {
        return Ok(Step::Over);
    }
    replace_means(core, &mut tx, lab, account, &stage, &seed, &matched).await?;
    audit::record(core, &mut tx, lab, actor, Some(account), Event::Enrolled).await?;
    let code = CodeOk::from_step(&matched);
    if let Some(new) = stage.link(LinkId::generate(&*core.entropy), account, &code) {
        // Where another account got it meanwhile, the enrolment ends without.
        links::insert(core, &mut tx, lab, &new, actor).await?;
    }
    let recovery_codes = recovery::issue(core, &mut tx, lab, account, actor).await?;
    let who = stage.complete(account, &code, core.now());
    let opened = session::open(core, &mut tx, lab, who, browser, actor).await?;
    tx.commit().await?;
    core.visits.forget_account(account);
    Ok(Step::Done(Enrolled { opened, recovery_codes }))
}

/// Whatever the account had before ends here: password, also that of the LIS, authenticator, passkeys, linked identities,
/// sessions, trusted devices, failures.
async fn replace_means(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    stage: &BindingAuthenticator,
    seed: &Seed,
    matched: &StepMatched,
) -> Result<(), Fault> {
    let now = core.now();
    let hash = stage.password()?;
    passwords::set(tx, lab, account, &hash, now).await?;
    authenticators::bind(tx, &core.sealer, lab, account, seed, matched.step(), now).await?;
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
