//! Sign in with a passkey: complete by itself, with no identifier typed. It neither looks at the identifier's public
//! bucket nor fills it, because nobody can guess a signature: so it stays a way in for somebody whose identifier is being
//! tried by strangers.

use std::time::Duration;

use crate::arrival::{self, Arrived, Browser, Journey};
use crate::bucket;
use crypto::passkey::{Assertion, Challenge, Mismatch, PasskeyMatched, RelyingParty, UserHandle};
use crypto::token::{HashedToken, PlainToken};
use domain::account::AccountState;
use domain::audit::{Actor, Event, PasskeyCause};
use domain::evidence::{Authenticated, PasskeyOk};
use domain::return_to::ReturnTo;
use kernel::ids::{AccountId, ChallengeId, LabId};
use machinery::metrics::SignInResult;
use service::{Core, Fault, audit, canary};
use store::Tx;
use store::account::passkeys::Found;
use store::account::{accounts, passkeys};
use store::sign_in::passkey_challenges;

/// To find the key, to plug it in, to read what the browser says.
const CHALLENGE_LASTS: Duration = Duration::from_secs(5 * 60);

/// What a browser is asked to have signed.
#[derive(Debug)]
pub struct Asked {
    /// Comes back with the answer.
    pub id: ChallengeId,
    /// For the browser, as JSON.
    pub options: String,
}

/// # Errors
/// The database does not answer.
pub async fn begin(core: &Core, party: &RelyingParty, lab: &LabId, browser: &PlainToken) -> Result<Asked, Fault> {
    let begun = party.begin_sign_in();
    let (options, challenge) = begun.map_err(|_| Fault::Broken("a passkey sign-in could not be begun"))?;
    let id = ChallengeId::generate(&*core.entropy);
    let until = core.now().plus(CHALLENGE_LASTS);
    let mut tx = core.db.begin().await?;
    passkey_challenges::insert(&mut tx, &core.sealer, lab, id, &browser.hashed(), &challenge, until).await?;
    tx.commit().await?;
    Ok(Asked { id, options })
}

pub struct Attempt<'a> {
    pub lab: &'a LabId,
    pub party: &'a RelyingParty,
    /// None: what came back is no id of ours.
    pub challenge: Option<ChallengeId>,
    /// The browser itself, by its cookie.
    pub asked: HashedToken,
    /// The browser's answer, as JSON.
    pub answer: &'a str,
    pub actor: Actor,
    pub browser: Browser,
    pub return_to: Option<ReturnTo>,
}

impl std::fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempt(..)")
    }
}

/// Who it was not, where that is known, and why not.
type Refusal = (Option<AccountId>, PasskeyCause);

/// None: refused, whatever the reason.
///
/// # Errors
/// The database does not answer; nobody was signed in.
pub async fn sign_in(core: &Core, attempt: Attempt<'_>) -> Result<Option<Arrived>, Fault> {
    let (lab, actor) = (attempt.lab, &attempt.actor);
    let mut tx = core.db.begin().await?;
    let arrived = match prove(core, &mut tx, &attempt).await? {
        Ok(who) => {
            let reason = arrival::listed(core, &mut tx, lab, who.account()).await?;
            let journey = Journey {
                browser: &attempt.browser,
                actor,
                return_to: attempt.return_to,
            };
            Some(arrival::arrive(core, &mut tx, lab, who, reason, journey).await?)
        }
        Err((account, cause)) => {
            audit::record(core, &mut tx, lab, actor, account, Event::PasskeyRefused { cause }).await?;
            None
        }
    };
    tx.commit().await?;
    core.metrics.sign_in_ended(match arrived {
        None => SignInResult::refused,
        Some(Arrived::Held(_)) => SignInResult::held,
        Some(Arrived::SignedIn(_)) => SignInResult::signed_in,
    });
    Ok(arrived)
}

/// The challenge is used up by any answer to it.
async fn prove(core: &Core, tx: &mut Tx, attempt: &Attempt<'_>) -> Result<Result<Authenticated, Refusal>, Fault> {
    let (lab, now) = (attempt.lab, core.now());
    let challenge = match attempt.challenge {
        Some(id) => passkey_challenges::take(tx, &core.sealer, lab, id, &attempt.asked, now).await?,
        None => None,
    };
    let Some(challenge) = challenge else {
        return Ok(Err((None, PasskeyCause::Challenge)));
    };
    let Some(assertion) = Assertion::parse(attempt.answer) else {
        return Ok(Err((None, PasskeyCause::Signature)));
    };
    let index = assertion.index(&core.keyring, lab);
    let Some(found) = passkeys::lookup(tx, &core.sealer, lab, &index).await? else {
        return Ok(Err((None, PasskeyCause::Unknown)));
    };
    let account = found.account;
    let matched = match check(core, attempt, challenge, &assertion, &found) {
        Ok(matched) => matched,
        Err(cause) => return Ok(Err((Some(account), cause))),
    };
    tx.keep_campaigns_out(lab).await?;
    if canary::watch(core, tx, lab, account, &attempt.actor).await? || !is_active(tx, lab, account).await? {
        return Ok(Err((Some(account), PasskeyCause::NotActive)));
    }
    if !passkeys::update(tx, &core.sealer, lab, &found, matched.changed(), now).await? {
        return Ok(Err((Some(account), PasskeyCause::Unknown)));
    }
    if let Some(person) = accounts::lookup_person(tx, &core.sealer, lab, account).await? {
        bucket::reopened(core, tx, lab, &bucket::of(core, lab, &person)?).await?;
    }
    let passkey = PasskeyOk::from_signature(&matched);
    Ok(Ok(Authenticated::by_passkey(account, passkey, now)))
}

fn check(
    core: &Core,
    attempt: &Attempt<'_>,
    challenge: Challenge,
    assertion: &Assertion,
    found: &Found,
) -> Result<PasskeyMatched, PasskeyCause> {
    let holder = UserHandle::of(&core.keyring, attempt.lab, found.account);
    let checked = attempt.party.check(challenge, assertion, &found.credential, holder);
    checked.map_err(|mismatch| match mismatch {
        Mismatch::Wrong => PasskeyCause::Signature,
        Mismatch::OtherHolder => PasskeyCause::Unknown,
        Mismatch::Cloned => PasskeyCause::Cloned,
    })
}

async fn is_active(tx: &mut Tx, lab: &LabId, account: AccountId) -> Result<bool, Fault> {
    let found = accounts::lookup(tx, lab, account).await?;
    Ok(found.is_some_and(|account| account.state == AccountState::Active))
}
