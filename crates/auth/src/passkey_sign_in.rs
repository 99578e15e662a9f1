//! Sign in with a passkey: complete by itself, with no identifier typed. It neither looks at the identifier's public
//! bucket nor fills it, because a signature cannot be guessed: so it stays a way in for a person whose identifier is
//! being tried by strangers.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::arrival::{self, Arrival};
use crate::browser::{Browser, Journey};
use crypto::passkey::{Assertion, Challenge, Mismatch, PasskeyMatched, RelyingParty, UserHandle};
use crypto::token::{HashedToken, PlainToken};
use domain::audit::{Event, PasskeyCause};
use domain::evidence::{Authenticated, PasskeyOk};
use domain::return_to::ReturnTo;
use kernel::ids::{AccountId, ChallengeId, LabId};
use service::act::Act;
use service::attempts::{self, Attempt, Door, Ended, Verdict};
use service::{Core, Fault, canary};
use store::Tx;
use store::account::passkeys::PasskeyRow;
use store::account::{accounts, locked, passkeys};
use store::sign_in::passkey_challenges;

/// To find the key, to plug it in, to read what the browser says.
const CHALLENGE_LASTS: Duration = Duration::from_secs(5 * 60);

/// What a browser is asked to get signed.
#[derive(Debug)]
pub struct SignatureRequest {
    /// Comes back with the answer.
    pub id: ChallengeId,
    /// For the browser, as JSON.
    pub options: String,
}

pub async fn begin(
    core: &Core,
    party: &RelyingParty,
    lab: &LabId,
    browser: &PlainToken,
) -> Result<SignatureRequest, Fault> {
    let begun = party.begin_sign_in();
    let (options, challenge) = begun.map_err(|_| Fault::Broken("a passkey sign-in could not be begun"))?;
    let id = ChallengeId::generate(&*core.entropy);
    let until = core.now().plus(CHALLENGE_LASTS);
    let mut tx = core.db.begin().await?;
    passkey_challenges::insert(
        &mut tx,
        &core.sealer,
        lab,
        &passkey_challenges::NewChallenge {
            id,
            browser: &browser.hashed(),
            challenge: &challenge,
            expires_at: until,
        },
    )
    .await?;
    tx.commit().await?;
    Ok(SignatureRequest { id, options })
}

/// What the form sends, and where it came from.
#[derive(Debug)]
pub struct Form<'a> {
    pub party: &'a RelyingParty,
    /// None: what came back is not an id of ours.
    pub challenge: Option<ChallengeId>,
    /// The browser itself, by its cookie.
    pub asked: HashedToken,
    /// The browser's answer, as JSON.
    pub answer: &'a SecretString,
    pub browser: Browser,
    pub return_to: Option<ReturnTo>,
}

/// Who it was not, where that is known, and why not.
type Refusal = (Option<AccountId>, PasskeyCause);

/// # Errors
/// No one was signed in.
pub async fn sign_in(act: Act<'_>, form: Form<'_>) -> Result<Ended<Arrival>, Fault> {
    let attempt = Attempt::at(Door::Passkey, act, None);
    let verdict = decide(act, &attempt, form).await;
    attempt.end(verdict).await
}

async fn decide(act: Act<'_>, attempt: &Attempt<'_>, form: Form<'_>) -> Result<Verdict<Arrival>, Fault> {
    let mut tx = act.core.db.begin().await?;
    let verdict = match prove(act, &mut tx, &form).await? {
        Ok(who) => {
            let account = who.account();
            let success = attempt.succeed(&mut tx).await?;
            let holder = locked::lock(&mut tx, act.lab, account).await?;
            let mut holder = holder.ok_or(Fault::Broken("an account was deleted under its own lock"))?;
            let reason = arrival::listed(act, holder.tx(), account).await?;
            let journey = Journey {
                browser: &form.browser,
                return_to: form.return_to,
            };
            arrival::arrive(act, &mut holder, who, reason, journey)
                .await?
                .verdict(success)
        }
        Err((account, cause)) => {
            let event = Event::PasskeyRefused { cause };
            attempt.refuse_with(&mut tx, account, event).await?
        }
    };
    tx.commit().await?;
    Ok(verdict)
}

/// The challenge is used up by any answer to it.
async fn prove(act: Act<'_>, tx: &mut Tx, form: &Form<'_>) -> Result<Result<Authenticated, Refusal>, Fault> {
    let Act { core, lab, actor } = act;
    let now = act.now();
    let challenge = match form.challenge {
        Some(id) => passkey_challenges::take(tx, &core.sealer, lab, id, &form.asked, now).await?,
        None => None,
    };
    let Some(challenge) = challenge else {
        return Ok(Err((None, PasskeyCause::Challenge)));
    };
    let Some(assertion) = Assertion::parse(form.answer.expose_secret()) else {
        return Ok(Err((None, PasskeyCause::Signature)));
    };
    let index = assertion.index(&core.keyring, lab);
    let Some(found) = passkeys::lookup(tx, &core.sealer, lab, &index).await? else {
        return Ok(Err((None, PasskeyCause::Unknown)));
    };
    let account = found.account;
    let matched = match check(act, form, challenge, &assertion, &found) {
        Ok(matched) => matched,
        Err(cause) => return Ok(Err((Some(account), cause))),
    };
    let holder = locked::lock(tx, lab, account).await?;
    let is_active = holder.is_some_and(|holder| holder.is_active());
    if canary::check(core, tx, lab, account, actor).await? || !is_active {
        return Ok(Err((Some(account), PasskeyCause::NotActive)));
    }
    if !passkeys::update(tx, &core.sealer, lab, &found, matched.changed(), now).await? {
        return Ok(Err((Some(account), PasskeyCause::Unknown)));
    }
    if let Some(person) = accounts::lookup_person(tx, &core.sealer, lab, account).await? {
        attempts::reopened(core, tx, lab, &attempts::identifier_of(core, lab, &person)?).await?;
    }
    let passkey = PasskeyOk::from_signature(&matched);
    Ok(Ok(Authenticated::by_passkey(account, found.id, passkey, now)))
}

fn check(
    act: Act<'_>,
    form: &Form<'_>,
    challenge: Challenge,
    assertion: &Assertion,
    found: &PasskeyRow,
) -> Result<PasskeyMatched, PasskeyCause> {
    let holder = UserHandle::of(&act.core.keyring, act.lab, found.account);
    let checked = form.party.check(challenge, assertion, &found.credential, holder);
    checked.map_err(|mismatch| match mismatch {
        Mismatch::Wrong => PasskeyCause::Signature,
        Mismatch::OtherHolder => PasskeyCause::Unknown,
        Mismatch::Cloned => PasskeyCause::Cloned,
    })
}
