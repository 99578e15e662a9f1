//! Forced rotation: a complete sign-in is held until its password is a new one.

use std::time::Duration;

use crate::auth::session::{self, Opened};
use crate::auth::suitability;
use crate::crypto::token::PlainToken;
use crate::domain::account::HoldReason;
use crate::domain::audit::{Actor, Event};
use crate::domain::password::{Password, Unsuitable};
use crate::domain::pending::{Held, Pending};
use crate::domain::return_to::ReturnTo;
use crate::kernel::ids::{AccountId, LabId, PendingId};
use crate::service::hashing::NoHash;
use crate::service::{Core, Fault, audit};
use crate::store::accounts::Person;
use crate::store::{accounts, leak_accounts, passwords, pending, sessions};

/// A held sign-in, for its own page.
#[derive(Debug)]
pub struct OnHold {
    id: PendingId,
    account: AccountId,
    held: Held,
    pub person: Person,
}

#[derive(Debug)]
pub enum Rotation {
    Unsuitable(Unsuitable),
    Busy(Duration),
    /// The hold ended meanwhile: expired, or finished in another window.
    Over,
    Done {
        opened: Opened,
        return_to: Option<ReturnTo>,
    },
}

impl OnHold {
    pub fn reason(&self) -> HoldReason {
        self.held.reason()
    }
}

/// None: no hold under this token, or it expired.
///
/// # Errors
/// The database does not answer.
pub async fn find(core: &Core, lab: &LabId, token: &PlainToken) -> Result<Option<OnHold>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = pending::lookup(&mut tx, &core.sealer, lab, &token.hashed(), core.now()).await?;
    let Some(pending::Found {
        id,
        account,
        state: Pending::Held(held),
    }) = found
    else {
        return Ok(None);
    };
    let person = accounts::lookup_person(&mut tx, &core.sealer, lab, account).await?;
    tx.commit().await?;
    Ok(person.map(|person| OnHold {
        id,
        account,
        held,
        person,
    }))
}

/// # Errors
/// The database or the hash pool broke; the old password and the hold stand.
pub async fn choose(
    core: &Core,
    lab: &LabId,
    on_hold: OnHold,
    typed: &str,
    actor: &Actor,
    device: String,
) -> Result<Rotation, Fault> {
    let password = match suitability::judge(core, lab, &on_hold.person, typed).await? {
        Ok(password) => password,
        Err(unsuitable) => return Ok(Rotation::Unsuitable(unsuitable)),
    };
    match hash_if_new(core, lab, on_hold.account, password).await? {
        Ok(new) => store(core, lab, on_hold, &new, actor, device).await,
        Err(rotation) => Ok(rotation),
    }
}

async fn hash_if_new(
    core: &Core,
    lab: &LabId,
    account: AccountId,
    password: Password,
) -> Result<Result<crate::crypto::password_hash::HashedPassword, Rotation>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let old = passwords::lookup(&mut tx, lab, account).await?;
    tx.commit().await?;
    if let Some(old) = old {
        match core.hashing.verify(old, password.clone()).await {
            Ok(None) => {}
            Ok(Some(_)) => return Ok(Err(Rotation::Unsuitable(Unsuitable::SameAsBefore))),
            Err(NoHash::Busy { retry_after }) => return Ok(Err(Rotation::Busy(retry_after))),
            Err(NoHash::Fault(fault)) => return Err(fault.into()),
        }
    }
    match core.hashing.make(password).await {
        Ok(new) => Ok(Ok(new)),
        Err(NoHash::Busy { retry_after }) => Ok(Err(Rotation::Busy(retry_after))),
        Err(NoHash::Fault(fault)) => Err(fault.into()),
    }
}

/// New password in, hold and every other session out, session opened: all or nothing.
async fn store(
    core: &Core,
    lab: &LabId,
    on_hold: OnHold,
    new: &crate::crypto::password_hash::HashedPassword,
    actor: &Actor,
    device: String,
) -> Result<Rotation, Fault> {
    let (account, now) = (on_hold.account, core.now());
    let mut tx = core.db.begin().await?;
    if !pending::consume(&mut tx, lab, on_hold.id).await? {
        return Ok(Rotation::Over);
    }
    passwords::set(&mut tx, lab, account, new, now).await?;
    leak_accounts::note_new_password(&mut tx, lab, account, false, now).await?;
    sessions::end_all(&mut tx, lab, account, now).await?;
    audit::record(core, &mut tx, lab, actor, Some(account), Event::PasswordRotated).await?;
    let who = on_hold.held.release(account, new);
    let opened = session::open(core, &mut tx, lab, who, device, actor).await?;
    tx.commit().await?;
    core.visits.forget_account(account);
    Ok(Rotation::Done {
        opened,
        return_to: on_hold.held.return_to,
    })
}
