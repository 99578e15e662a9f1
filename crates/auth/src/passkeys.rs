//! The passkeys of an account: listed, added and removed by its holder, after a step-up.

use secrecy::{ExposeSecret, SecretString};

use std::time::Duration;

use crate::{arrival, awaited};
use crypto::passkey::{RelyingParty, UserHandle};
use crypto::token::{PlainToken, TokenKind};
use domain::audit::{Actor, Event};
use domain::evidence::{AddPasskey, Elevated, RemovePasskey};
use domain::passkey::PasskeyEntry;
use domain::passkey::{MOST, name};
use domain::pending::{AddingPasskey, Pending};
use kernel::ids::{AccountId, LabId, PasskeyId, PendingId};
use service::act::Act;
use service::{Core, Fault, audit};
use store::account::{locked, passkeys};
use store::sign_in::pending;

/// To find the key, to plug it in, to read what the browser says.
const ADDING_LASTS: Duration = Duration::from_secs(5 * 60);

pub async fn list(core: &Core, lab: &LabId, account: AccountId) -> Result<Vec<PasskeyEntry>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = passkeys::find(&mut tx, &core.sealer, lab, account).await?;
    tx.commit().await?;
    Ok(found)
}

/// The browser is to make a passkey; what it answers is awaited under the token that is returned. None: the account has
/// as many as it may.
pub async fn begin(
    core: &Core,
    party: &RelyingParty,
    lab: &LabId,
    elevated: Elevated<AddPasskey>,
) -> Result<Option<PlainToken>, Fault> {
    let account = elevated.account();
    let mut tx = core.db.begin().await?;
    let holder = locked::lock(&mut tx, lab, account).await?;
    let Some(mut holder) = holder.filter(|holder| holder.stands(elevated.generation())) else {
        // What was given again has ended meanwhile: nothing is awaited under this token.
        return Ok(Some(PlainToken::generate(TokenKind::Pending, &*core.entropy)));
    };
    let existing = passkeys::find_credentials(holder.tx(), &core.sealer, lab, account).await?;
    if existing.len() >= MOST {
        return Ok(None);
    }
    let handle = UserHandle::of(&core.keyring, lab, account);
    let registration = party
        .begin_registration(handle, &existing)
        .map_err(|_| Fault::Broken("a passkey registration could not be begun"))?;
    let state = Pending::AddingPasskey(AddingPasskey::begin(elevated, registration));
    let token = awaited::place(core, &mut holder, &state, ADDING_LASTS).await?;
    tx.commit().await?;
    Ok(Some(token))
}

/// A passkey that a browser is making.
#[derive(Debug)]
pub struct Adding {
    id: PendingId,
    account: AccountId,
    stage: AddingPasskey,
}

impl Adding {
    /// What the browser is asked to do, as JSON.
    pub fn options(&self) -> &str {
        self.stage.registration().options()
    }
}

/// None: nothing under this token for this account, or it expired.
pub async fn find(core: &Core, lab: &LabId, account: AccountId, token: &PlainToken) -> Result<Option<Adding>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = pending::lookup(&mut tx, &core.sealer, lab, &token.hashed(), core.now()).await?;
    tx.commit().await?;
    Ok(found.and_then(|found| match found.state {
        Pending::AddingPasskey(stage) if found.account == account => Some(Adding {
            id: found.id,
            account,
            stage,
        }),
        _ => None,
    }))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddOutcome {
    Done,
    /// The browser's answer was not right, or the lab knows this passkey already.
    Refused,
    /// Expired, or finished in another window.
    Over,
}

/// `typed`: what the holder calls it; `answer`: the browser's, as JSON.
///
/// # Errors
/// The database does not answer; nothing was added.
pub async fn add(
    act: Act<'_>,
    party: &RelyingParty,
    adding: Adding,
    typed: &str,
    answer: &SecretString,
) -> Result<AddOutcome, Fault> {
    let Act { core, lab, .. } = act;
    let (account, passkey) = (adding.account, PasskeyId::generate(&*core.entropy));
    let made = party.finish_registration(adding.stage.registration(), answer.expose_secret());
    let mut tx = core.db.begin().await?;
    let Some(mut holder) = locked::lock(&mut tx, lab, account).await? else {
        return Ok(AddOutcome::Over);
    };
    let is_over = !pending::consume(&mut holder, adding.id).await? || !holder.is_active();
    // The step-up may have been with a password that is on a list since.
    if is_over || arrival::listed(act, holder.tx(), account).await?.is_some() {
        return Ok(AddOutcome::Over);
    }
    let count = usize::try_from(passkeys::count(holder.tx(), lab, account).await?).unwrap_or(usize::MAX);
    let Some(credential) = made.filter(|_| count < MOST) else {
        tx.commit().await?;
        return Ok(AddOutcome::Refused);
    };
    let index = credential.index(&core.keyring, lab);
    let (sealer, name, now) = (&core.sealer, name(typed), core.now());
    if !passkeys::insert(
        &mut holder,
        sealer,
        &passkeys::NewPasskey {
            id: passkey,
            index: &index,
            credential: &credential,
            name: &name,
            at: now,
        },
    )
    .await?
    {
        tx.commit().await?;
        return Ok(AddOutcome::Refused);
    }
    let event = Event::PasskeyAdded {
        passkey: passkey.to_string(),
    };
    act.record(holder.tx(), Some(account), event).await?;
    tx.commit().await?;
    Ok(AddOutcome::Done)
}

/// The sessions that it opened end. False: the account has no such passkey.
///
/// # Errors
/// The database does not answer; it may still be there.
pub async fn remove(
    core: &Core,
    lab: &LabId,
    elevated: Elevated<RemovePasskey>,
    passkey: PasskeyId,
    actor: &Actor,
) -> Result<bool, Fault> {
    let account = elevated.account();
    let mut tx = core.db.begin().await?;
    let holder = locked::lock(&mut tx, lab, account).await?;
    let Some(mut holder) = holder.filter(|holder| holder.stands(elevated.generation())) else {
        return Ok(false);
    };
    let removed = passkeys::delete(&mut holder, passkey, core.now()).await?;
    if removed {
        let event = Event::PasskeyRemoved {
            passkey: passkey.to_string(),
        };
        audit::record(core, holder.tx(), lab, actor, Some(account), event).await?;
    }
    tx.commit().await?;
    core.visits.forget_account(account);
    Ok(removed)
}
