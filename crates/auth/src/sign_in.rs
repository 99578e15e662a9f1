//! Sign in, code first: the password is looked at only when the code is right, so no stranger can make the server hash,
//! and nobody learns which of the three was wrong.

use std::time::Duration;

use crate::arrival::{Arrived, Browser, Journey};
use crate::bucket::Counted;
use crate::codes::Codes;
use crate::session::Opened;
use crate::{arrival, bucket};
use crypto::blind_index::BlindIndex;
use crypto::human_code::CodeKind;
use crypto::leak_digest::PairDigester;
use crypto::password_hash::{HashedPassword, PasswordMatched};
use crypto::token::PlainToken;
use crypto::totp::Seed;
use domain::account::{Account, AccountState, HoldReason};
use domain::audit::{Actor, Event, RefusalCause};
use domain::backoff::Admission;
use domain::evidence::{Authenticated, CodeOk, CodeUsed, PasswordOk};
use domain::identifier::Identifier;
use domain::password::Password;
use domain::return_to::ReturnTo;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};
use machinery::hashing::NoHash;
use machinery::metrics::SignInResult;
use service::siege::Ending;
use service::watch::{Named, Sighting};
use service::{Core, Fault, audit, canary};
use store::account::accounts::ForSignIn;
use store::account::{accounts, authenticators, passwords, recovery_codes};
use store::leak::leak_entries;
use store::{StoreFault, Tx};

pub struct Attempt<'a> {
    pub lab: &'a LabId,
    pub identifier: &'a str,
    pub password: &'a str,
    /// Six digits, or a recovery code; during a siege six digits twice.
    pub codes: Codes<'a>,
    pub actor: Actor,
    pub browser: Browser,
    pub return_to: Option<ReturnTo>,
}

impl std::fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempt(..)")
    }
}

/// A sign-in ends in exactly one of these.
#[derive(Debug)]
pub enum Outcome {
    Refused,
    /// The lab is under siege: two codes in a row are needed, or a recovery code. Nothing was looked at, nothing counted.
    TurnedAway,
    /// The identifier's public bucket is empty; said of unknown identifiers just as of known ones.
    Wait(Duration),
    /// No room to check the password in time.
    Busy(Duration),
    Held(PlainToken),
    SignedIn(Opened),
}

/// # Errors
/// The database or the hash pool broke; nobody was signed in.
pub async fn sign_in(core: &Core, attempt: Attempt<'_>) -> Result<Outcome, Fault> {
    let lab = attempt.lab;
    let sighting = Sighting::of(core, lab, &attempt.actor, Named::Identifier(attempt.identifier));
    let (outcome, counted) = decide(core, attempt).await?;
    let (result, ending) = match outcome {
        Outcome::Refused => (SignInResult::refused, Some(Ending::Failed)),
        Outcome::TurnedAway => (SignInResult::turned_away, Some(Ending::TurnedAway)),
        Outcome::Wait(_) => (SignInResult::delayed, None),
        Outcome::Busy(_) => (SignInResult::busy, None),
        Outcome::Held(_) => (SignInResult::held, Some(Ending::Succeeded)),
        Outcome::SignedIn(_) => (SignInResult::signed_in, Some(Ending::Succeeded)),
    };
    if matches!(outcome, Outcome::Refused | Outcome::Wait(_)) {
        sighting.refused(core);
    }
    core.metrics.sign_in_ended(result);
    if !counted.is_some_and(|counted| counted.is_from_trusted_device()) {
        core.sieges.count(lab, ending, core.now());
    }
    Ok(outcome)
}

/// And where the attempt was counted, if it was.
async fn decide(core: &Core, attempt: Attempt<'_>) -> Result<(Outcome, Option<Counted>), Fault> {
    // Asked before anything is looked at: were it said only after a right code, it would tell that the code was right.
    if let Some(wait) = core.hashing.congestion() {
        return Ok((Outcome::Busy(wait), None));
    }
    let identifier = Identifier::parse(attempt.identifier);
    let may_be_trusted = identifier.is_some() && attempt.browser.known_by.is_some();
    if !may_be_trusted && !attempt.codes.are_enough(core, attempt.lab) {
        return Ok((Outcome::TurnedAway, None));
    }
    let Some(identifier) = identifier else {
        let event = Event::SignInRefused {
            cause: RefusalCause::UnknownIdentifier,
        };
        audit::record_alone(core, attempt.lab, &attempt.actor, None, event).await?;
        return Ok((Outcome::Refused, None));
    };
    let identifier = core.identifier_index(attempt.lab, &identifier);
    let right_code = match check_code(core, &attempt, &identifier).await? {
        Checked::Right(right_code) => *right_code,
        Checked::Ended(outcome, counted) => return Ok((outcome, counted)),
    };
    let counted = right_code.counted;
    let outcome = check_password(core, attempt, &identifier, right_code).await?;
    Ok((outcome, Some(counted)))
}

async fn check_password(
    core: &Core,
    attempt: Attempt<'_>,
    identifier: &BlindIndex,
    right_code: RightCode,
) -> Result<Outcome, Fault> {
    let Some(password) = Password::typed(attempt.password) else {
        return refuse_after_code(core, &attempt, &right_code, RefusalCause::WrongPassword).await;
    };
    match core.hashing.verify(right_code.stored.clone(), password.clone()).await {
        Ok(Some(matched)) => complete(core, attempt, identifier, right_code, &matched, password).await,
        Ok(None) => refuse_after_code(core, &attempt, &right_code, RefusalCause::WrongPassword).await,
        Err(NoHash::Busy { retry_after }) => {
            bucket::take_back(core, attempt.lab, identifier, right_code.counted).await?;
            Ok(Outcome::Busy(retry_after))
        }
        Err(NoHash::Fault(fault)) => {
            bucket::take_back(core, attempt.lab, identifier, right_code.counted).await?;
            Err(fault.into())
        }
    }
}

/// The code was right and one of its tries is taken; the password is still to be checked.
struct RightCode {
    account: Account,
    stored: HashedPassword,
    code: CodeOk,
    recovery_mac: Option<[u8; 32]>,
    counted: Counted,
    attempted_at: Timestamp,
}

enum Checked {
    Right(Box<RightCode>),
    Ended(Outcome, Option<Counted>),
}

/// Everything before the hash, in one transaction: the bucket, the count, the code, its try.
async fn check_code(core: &Core, attempt: &Attempt<'_>, identifier: &BlindIndex) -> Result<Checked, Fault> {
    let lab = attempt.lab;
    let mut tx = core.db.begin().await?;
    let (known_by, is_enough) = (attempt.browser.known_by.as_ref(), attempt.codes.are_enough(core, lab));
    let counted = bucket::count_if_enough(core, &mut tx, lab, identifier, known_by, is_enough).await?;
    let Some((admission, counted)) = counted else {
        tx.commit().await?;
        return Ok(Checked::Ended(Outcome::TurnedAway, None));
    };
    match admission {
        Admission::Evaluate => {}
        Admission::Wait(wait) => {
            let event = Event::SignInDelayed {
                seconds: wait.as_secs(),
            };
            audit::record(core, &mut tx, lab, &attempt.actor, None, event).await?;
            tx.commit().await?;
            return Ok(Checked::Ended(Outcome::Wait(wait), Some(counted)));
        }
        Admission::Exhausted => {
            let event = Event::SignInRefused {
                cause: RefusalCause::TooManyInARow,
            };
            audit::record(core, &mut tx, lab, &attempt.actor, None, event).await?;
            tx.commit().await?;
            return Ok(Checked::Ended(Outcome::Refused, Some(counted)));
        }
    }
    let found = accounts::lookup_for_sign_in(&mut tx, &core.sealer, lab, identifier).await?;
    let account_id = found.as_ref().map(|found| found.account.id);
    let verdict = match try_code(core, &mut tx, attempt, identifier, found, counted).await? {
        Ok(right) => Checked::Right(Box::new(right)),
        Err(cause) => {
            let event = Event::SignInRefused { cause };
            audit::record(core, &mut tx, lab, &attempt.actor, account_id, event).await?;
            Checked::Ended(Outcome::Refused, Some(counted))
        }
    };
    tx.commit().await?;
    Ok(verdict)
}

async fn try_code(
    core: &Core,
    tx: &mut Tx,
    attempt: &Attempt<'_>,
    identifier: &BlindIndex,
    found: Option<ForSignIn>,
    counted: Counted,
) -> Result<Result<RightCode, RefusalCause>, StoreFault> {
    let (lab, now) = (attempt.lab, core.now());
    let seed = match &found {
        Some(ForSignIn {
            authenticator: Some(authenticator),
            ..
        }) => authenticator.seed.clone(),
        _ => Seed::decoy(&core.keyring, lab, identifier.as_bytes()),
    };
    let step = attempt.codes.check(&seed, now);
    let recovery = attempt.codes.recovery();
    let Some(found) = found else {
        return Ok(Err(RefusalCause::UnknownIdentifier));
    };
    let (AccountState::Active, Some(stored)) = (found.account.state, found.password) else {
        canary::watch(core, tx, lab, found.account.id, &attempt.actor).await?;
        return Ok(Err(RefusalCause::NotActive));
    };
    let account = found.account;
    let right = |code, recovery_mac| RightCode {
        account,
        stored,
        code,
        recovery_mac,
        counted,
        attempted_at: now,
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

/// Everything after the hash, in one transaction: the factor is used up, the failure taken back, the session opened or
/// the hold placed.
async fn complete(
    core: &Core,
    attempt: Attempt<'_>,
    identifier: &BlindIndex,
    right: RightCode,
    matched: &PasswordMatched,
    password: Password,
) -> Result<Outcome, Fault> {
    let (lab, now) = (attempt.lab, core.now());
    let known = core.known_passwords.lookup(attempt.password).await?;
    let known = known.filter(|prevalence| prevalence.is_widespread());
    let mut tx = core.db.begin().await?;
    tx.keep_campaigns_out(lab).await?;
    // The bucket first, as an attempt locks it: two that meet here wait for each other in one order.
    bucket::succeeded(core, &mut tx, lab, identifier, right.counted).await?;
    if !still_stands(&mut tx, lab, &right).await? || !consume_code(&mut tx, lab, &right, now).await? {
        drop(tx);
        return refuse_after_code(core, &attempt, &right, RefusalCause::CodeUsedUp).await;
    }
    let who = Authenticated::by_password_and_code(
        right.account.id,
        PasswordOk::from_hash(matched),
        &right.code,
        right.attempted_at,
    );
    let listed = listed(core, &mut tx, lab, identifier, right.account.id, &password).await?;
    let known = known.map(|_| HoldReason::KnownPassword);
    let aged = aged(core, &mut tx, lab, right.account.id).await?;
    let reason = listed.or(known).or(aged);
    let journey = Journey {
        browser: &attempt.browser,
        actor: &attempt.actor,
        return_to: attempt.return_to,
    };
    let arrived = arrival::arrive(core, &mut tx, lab, who, reason, journey).await?;
    tx.commit().await?;
    if matched.outdated {
        rehash_in_background(core, lab, right, password);
    }
    Ok(match arrived {
        Arrived::Held(token) => Outcome::Held(token),
        Arrived::SignedIn(opened) => Outcome::SignedIn(opened),
    })
}

/// Patients' passwords do not age; operators' may.
async fn aged(core: &Core, tx: &mut Tx, lab: &LabId, account: AccountId) -> Result<Option<HoldReason>, StoreFault> {
    let Some(lasts) = core.config.operator.password_lasts().filter(|_| lab.is_operators()) else {
        return Ok(None);
    };
    let age = passwords::lookup_age(tx, lab, account, core.now()).await?;
    Ok(age.filter(|age| *age >= lasts).map(|_| HoldReason::Aged))
}

/// Whether the account stands on a list, or this very pair does: a list may hold what was set after it was read.
async fn listed(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    identifier: &BlindIndex,
    account: AccountId,
    password: &Password,
) -> Result<Option<HoldReason>, StoreFault> {
    if let Some(reason) = arrival::listed(core, tx, lab, account).await? {
        return Ok(Some(reason));
    }
    let pair = PairDigester::new(&core.keyring, lab).digest(identifier, password.expose());
    let leaked = leak_entries::is_leaked(tx, lab, identifier, &pair).await?;
    Ok(leaked.then_some(HoldReason::Listed))
}

/// While the hash was computed the account may have been disabled or its password rotated.
async fn still_stands(tx: &mut Tx, lab: &LabId, right: &RightCode) -> Result<bool, StoreFault> {
    let account = accounts::lookup(tx, lab, right.account.id).await?;
    let stored = passwords::lookup(tx, lab, right.account.id).await?;
    let active = account.is_some_and(|account| account.state == AccountState::Active);
    Ok(active && stored.is_some_and(|stored| stored.as_str() == right.stored.as_str()))
}

async fn consume_code(tx: &mut Tx, lab: &LabId, right: &RightCode, now: Timestamp) -> Result<bool, StoreFault> {
    match (right.code.used(), &right.recovery_mac) {
        (CodeUsed::Step(step), _) => authenticators::consume_step(tx, lab, right.account.id, step).await,
        (CodeUsed::Recovery, Some(mac)) => recovery_codes::consume(tx, lab, right.account.id, mac, now).await,
        (CodeUsed::Recovery, None) => Ok(false),
    }
}

async fn refuse_after_code(
    core: &Core,
    attempt: &Attempt<'_>,
    right: &RightCode,
    cause: RefusalCause,
) -> Result<Outcome, Fault> {
    let event = Event::SignInRefused { cause };
    audit::record_alone(core, attempt.lab, &attempt.actor, Some(right.account.id), event).await?;
    Ok(Outcome::Refused)
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
