//! Sign in, code first: the password is looked at only when the code is right, so no stranger can make the server hash,
//! and no one learns which of the three was wrong.

use secrecy::{ExposeSecret, SecretString};

use crate::arrival::{self, Arrival};
use crate::browser::{Browser, Journey};
use crypto::blind_index::BlindIndex;
use crypto::human_code::CodeKind;
use crypto::leak_digest::PairDigester;
use crypto::password_hash::{HashedPassword, PasswordMatched};
use domain::account::{Account, AccountState, HoldReason};
use domain::audit::{Actor, Event, RefusalCause};
use domain::evidence::{Authenticated, CodeOk, CodeUsed, PasswordOk};
use domain::identifier::Identifier;
use domain::password::Password;
use domain::return_to::ReturnTo;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};
use service::act::Act;
use service::attempts::{Attempt, Codes, Counting, Door, Ended, Verdict, check_step};
use service::{Core, Fault, audit, canary};
use store::account::accounts::ForSignIn;
use store::account::{accounts, authenticators, locked, passwords, recovery_codes};
use store::leak::leak_entries;
use store::{StoreFault, Tx};

/// What the form sends.
#[derive(Debug)]
pub struct Form<'a> {
    pub identifier: &'a str,
    pub password: &'a SecretString,
    /// Six digits, or a recovery code; during a siege six digits twice.
    pub codes: Codes<'a>,
    pub browser: Browser,
    pub return_to: Option<ReturnTo>,
}

/// # Errors
/// The database or the hash pool broke; no one was signed in.
pub async fn sign_in(act: Act<'_>, form: Form<'_>) -> Result<Ended<Arrival>, Fault> {
    let browser = form.browser.clone();
    let mut attempt = Attempt::at(Door::SignIn, act, browser.known_by.as_ref());
    let verdict = decide(act, &mut attempt, form).await;
    attempt.end(verdict).await
}

async fn decide(act: Act<'_>, attempt: &mut Attempt<'_>, form: Form<'_>) -> Result<Verdict<Arrival>, Fault> {
    if let Some(full) = attempt.no_room() {
        return Ok(full);
    }
    let identifier = Identifier::parse(form.identifier);
    let may_be_trusted = identifier.is_some() && form.browser.known_by.is_some();
    let is_enough = form.codes.are_enough(act.core, act.lab, true);
    if !may_be_trusted && !is_enough {
        return Ok(Verdict::turned_away());
    }
    let Some(identifier) = identifier else {
        return Ok(attempt.refuse_alone(None, RefusalCause::UnknownIdentifier).await?);
    };
    let identifier = act.core.identifier_index(act.lab, &identifier);
    match check_code(act, attempt, &form, &identifier, is_enough).await? {
        Ok(right) => check_password(act, attempt, form, &identifier, *right).await,
        Err(verdict) => Ok(verdict),
    }
}

/// The code was right and one of its tries is taken; the password is still to be checked.
struct RightCode {
    account: Account,
    stored: HashedPassword,
    code: CodeOk,
    recovery_mac: Option<[u8; 32]>,
    attempted_at: Timestamp,
}

/// Everything before the hash, in one transaction: the bucket, the count, the code, its try.
async fn check_code(
    act: Act<'_>,
    attempt: &mut Attempt<'_>,
    form: &Form<'_>,
    identifier: &BlindIndex,
    is_enough: bool,
) -> Result<Result<Box<RightCode>, Verdict<Arrival>>, Fault> {
    let mut tx = act.core.db.begin().await?;
    let checked = match attempt
        .count_if_enough(&mut tx, identifier, &[form.codes.first()], is_enough)
        .await?
    {
        Counting::Ended(verdict) => Err(verdict),
        Counting::Evaluate => {
            let found = accounts::lookup_for_sign_in(&mut tx, &act.core.sealer, act.lab, identifier).await?;
            let account = found.as_ref().map(|found| found.account.id);
            match try_code(act, &mut tx, identifier, found, form.codes).await? {
                Ok(right) => Ok(Box::new(right)),
                Err(cause) => Err(attempt.refuse(&mut tx, account, cause).await?),
            }
        }
    };
    tx.commit().await?;
    Ok(checked)
}

async fn try_code(
    act: Act<'_>,
    tx: &mut Tx,
    identifier: &BlindIndex,
    found: Option<ForSignIn>,
    codes: Codes<'_>,
) -> Result<Result<RightCode, RefusalCause>, StoreFault> {
    let Act { core, lab, actor } = act;
    let step = check_step(core, lab, identifier, found.as_ref(), codes);
    let recovery = codes.recovery();
    let Some(found) = found else {
        return Ok(Err(RefusalCause::UnknownIdentifier));
    };
    let (AccountState::Active, Some(stored)) = (found.account.state, found.password) else {
        canary::check(core, tx, lab, found.account.id, actor).await?;
        return Ok(Err(RefusalCause::NotActive));
    };
    let account = found.account;
    let right = |code, recovery_mac| RightCode {
        account,
        stored,
        code,
        recovery_mac,
        attempted_at: act.now(),
    };
    if let Some(step) = step {
        let tried = authenticators::try_step(tx, lab, account.id, step.step()).await?;
        return Ok(if tried {
            Ok(right(CodeOk::from_step(&step), None))
        } else {
            Err(RefusalCause::CodeUsedUp)
        });
    }
    let Some(recovery) = recovery else {
        return Ok(Err(RefusalCause::WrongCode));
    };
    let mac = recovery.mac(&core.keyring, lab, CodeKind::Recovery);
    let stored_mac = recovery_codes::try_code(tx, lab, account.id, &mac).await?;
    let matched = stored_mac.and_then(|stored| recovery.check(&core.keyring, lab, CodeKind::Recovery, &stored));
    Ok(matched
        .map(|matched| right(CodeOk::from_recovery(matched), Some(mac)))
        .ok_or(RefusalCause::WrongCode))
}

async fn check_password(
    act: Act<'_>,
    attempt: &Attempt<'_>,
    form: Form<'_>,
    identifier: &BlindIndex,
    right: RightCode,
) -> Result<Verdict<Arrival>, Fault> {
    let account = Some(right.account.id);
    let Some(password) = Password::typed(form.password.expose_secret()) else {
        return Ok(attempt.refuse_alone(account, RefusalCause::WrongPassword).await?);
    };
    match act.core.hashing.verify(right.stored.clone(), password.clone()).await {
        Ok(Some(matched)) => {
            complete(
                act,
                attempt,
                form,
                identifier,
                right,
                RightPassword { matched, password },
            )
            .await
        }
        Ok(None) => Ok(attempt.refuse_alone(account, RefusalCause::WrongPassword).await?),
        Err(no_hash) => Verdict::no_hash(no_hash),
    }
}

/// The password was right.
struct RightPassword {
    matched: PasswordMatched,
    password: Password,
}

/// Everything after the hash, in one transaction: the factor is used up, the failure taken back, the session opened or
/// the hold placed.
async fn complete(
    act: Act<'_>,
    attempt: &Attempt<'_>,
    form: Form<'_>,
    identifier: &BlindIndex,
    right: RightCode,
    RightPassword { matched, password }: RightPassword,
) -> Result<Verdict<Arrival>, Fault> {
    let Act { core, lab, .. } = act;
    let known = core.known_passwords.lookup(password.expose()).await?;
    let known = known.filter(|prevalence| prevalence.is_widespread());
    let mut tx = core.db.begin().await?;
    let holder = locked::lock(&mut tx, lab, right.account.id).await?;
    // While the hash was computed the account may have been stopped, or its means replaced.
    let Some(mut holder) = holder.filter(|holder| holder.stands(right.account.generation)) else {
        drop(tx);
        let account = Some(right.account.id);
        return Ok(attempt.refuse_alone(account, RefusalCause::CodeUsedUp).await?);
    };
    // The bucket before the authenticator, as where the code was tried: two sign-ins never wait for each other.
    let success = attempt.succeed(holder.tx()).await?;
    if !consume_code(holder.tx(), lab, &right, act.now()).await? {
        drop(tx);
        let account = Some(right.account.id);
        return Ok(attempt.refuse_alone(account, RefusalCause::CodeUsedUp).await?);
    }
    let who = Authenticated::by_password_and_code(
        right.account.id,
        PasswordOk::from_hash(&matched),
        &right.code,
        right.attempted_at,
    );
    let listed = listed(act, holder.tx(), identifier, right.account.id, &password).await?;
    let known = known.map(|_| HoldReason::KnownPassword);
    let aged = aged(act, holder.tx(), right.account.id).await?;
    let reason = listed.or(known).or(aged);
    let journey = Journey {
        browser: &form.browser,
        return_to: form.return_to,
    };
    let arrival = arrival::arrive(act, &mut holder, who, reason, journey).await?;
    tx.commit().await?;
    if matched.outdated {
        rehash_in_background(core, lab, right, password);
    }
    Ok(arrival.verdict(success))
}

/// Patients' passwords do not age; operators' may.
async fn aged(act: Act<'_>, tx: &mut Tx, account: AccountId) -> Result<Option<HoldReason>, StoreFault> {
    let Act { core, lab, .. } = act;
    let Some(lasts) = core.config.operator.password_lasts().filter(|_| lab.is_operators()) else {
        return Ok(None);
    };
    let age = passwords::lookup_age(tx, lab, account, core.now()).await?;
    Ok(age.filter(|age| *age >= lasts).map(|_| HoldReason::Aged))
}

/// Whether the account, or this pair itself, is on a list: a list may hold what was set after it was read.
async fn listed(
    act: Act<'_>,
    tx: &mut Tx,
    identifier: &BlindIndex,
    account: AccountId,
    password: &Password,
) -> Result<Option<HoldReason>, StoreFault> {
    if let Some(reason) = arrival::listed(act, tx, account).await? {
        return Ok(Some(reason));
    }
    let pair = PairDigester::new(&act.core.keyring, act.lab).digest(identifier, password.expose());
    let leaked = leak_entries::is_leaked(tx, act.lab, identifier, &pair).await?;
    Ok(leaked.then_some(HoldReason::Listed))
}

async fn consume_code(tx: &mut Tx, lab: &LabId, right: &RightCode, now: Timestamp) -> Result<bool, StoreFault> {
    match (right.code.used(), &right.recovery_mac) {
        (CodeUsed::Step(step), _) => authenticators::consume_step(tx, lab, right.account.id, step).await,
        (CodeUsed::Recovery, Some(mac)) => recovery_codes::consume(tx, lab, right.account.id, mac, now).await,
        (CodeUsed::Recovery, None) => Ok(false),
    }
}

/// The clear password is at hand only now: its hash is raised to what is configured.
fn rehash_in_background(core: &Core, lab: &LabId, right: RightCode, password: Password) {
    let (core, lab) = (core.clone(), lab.clone());
    tokio::spawn(async move {
        let Ok(new) = core.hashing.make(password).await else {
            return;
        };
        if let Err(fault) = store_rehash(&core, &lab, &right, &new).await {
            tracing::warn!(%fault, "a dearer password hash was not stored; the next sign-in tries again");
        }
    });
}

async fn store_rehash(core: &Core, lab: &LabId, right: &RightCode, new: &HashedPassword) -> Result<(), StoreFault> {
    let mut tx = core.db.begin().await?;
    if passwords::replace_hash(&mut tx, lab, right.account.id, &right.stored, new).await? {
        let account = Some(right.account.id);
        audit::record(core, &mut tx, lab, &Actor::Vestibule, account, Event::PasswordRehashed).await?;
    }
    tx.commit().await
}
