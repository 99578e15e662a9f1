//! Named operators: made, given roles and disabled by those who run the machines. They enrol and sign in as patients
//! do, in a realm of their own; there is no default operator and no shared one.

mod identify;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::lab_code::{self, IssuedLabCode};
use crate::patients::{self, Reason};
use crypto::blind_index::BlindIndex;
use domain::account::AccountState;
use domain::audit::{Actor, Event};
use domain::identifier::Identifier;
use domain::operator::{Operator, Role};
use kernel::ids::{AccountId, LabId, OperatorName};
use service::act::Act;
use service::{Core, Fault, audit};
use store::account::accounts::Person;
use store::account::locked::{self, LockedAccount};
use store::account::{accounts, operators};
use store::{StoreFault, Tx};

pub use identify::identify;

/// An operator is there when the code is made, and begins soon.
const CODE_DAYS: u32 = 7;

#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    #[error("the configuration has no laboratory '{0}'")]
    UnknownLab(LabId),
    #[error("an operator with this name already exists")]
    NameTaken,
    #[error("no operator has this name")]
    Unknown,
    #[error("{field}: {reason}")]
    Unfit { field: &'static str, reason: Reason },
    #[error(transparent)]
    Store(#[from] StoreFault),
    #[error(transparent)]
    Fault(Fault),
}

impl From<Fault> for OperatorError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(fault) => Self::Store(fault),
            fault => Self::Fault(fault),
        }
    }
}

#[derive(Clone)]
pub struct NewOperator {
    pub name: OperatorName,
    pub given_name: String,
    pub family_name: String,
    pub email: Option<String>,
    pub roles: BTreeMap<LabId, Role>,
}

impl std::fmt::Debug for NewOperator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewOperator")
            .field("name", &self.name)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperatorSummary {
    pub name: String,
    pub given_name: String,
    pub family_name: String,
    pub state: &'static str,
    pub roles: BTreeMap<LabId, Role>,
}

/// Makes an account that waits for its code to be used.
///
/// # Errors
/// A field that cannot be, a name that is taken, a lab that is not in the configuration; nothing is made then.
pub async fn add(core: &Core, new: &NewOperator, actor: &Actor) -> Result<IssuedLabCode, OperatorError> {
    let (realm, now) = (LabId::operators(), core.now());
    let person = person(new)?;
    let account = AccountId::generate(&*core.entropy);
    let index = index_of(core, &new.name)?;
    let mut tx = core.db.begin().await?;
    if accounts::lookup_imported(&mut tx, &realm, &index).await?.is_some() {
        return Err(OperatorError::NameTaken);
    }
    accounts::insert(
        &mut tx,
        &core.sealer,
        &realm,
        account,
        &accounts::NewHolder {
            identifier: &index,
            person: &person,
            at: now,
        },
    )
    .await?;
    let event = Event::OperatorAdded {
        operator: new.name.clone(),
    };
    audit::record(core, &mut tx, &realm, actor, Some(account), event).await?;
    for (lab, role) in &new.roles {
        give(Act::of(core, lab, actor), &mut tx, &new.name, account, Some(*role)).await?;
    }
    let issued = lab_code::issue(Act::of(core, &realm, actor), &mut tx, account, person, CODE_DAYS).await?;
    tx.commit().await?;
    Ok(issued)
}

fn person(new: &NewOperator) -> Result<Person, OperatorError> {
    let unfit = |field| move |reason| OperatorError::Unfit { field, reason };
    let email = new.email.as_deref().unwrap_or_default();
    let person = Person {
        identifier: new.name.to_string(),
        email: patients::email(email).map_err(unfit("email"))?,
        // Operators are not asked for it; an enrolment without one is an operator's.
        birth_date: String::new(),
        given_name: patients::name(&new.given_name).map_err(unfit("given name"))?,
        family_name: patients::name(&new.family_name).map_err(unfit("family name"))?,
        other_names: Vec::new(),
    };
    match [&person.given_name, &person.family_name]
        .iter()
        .any(|name| name.is_empty())
    {
        true => Err(unfit("given and family name")(Reason::Empty)),
        false => Ok(person),
    }
}

/// A new code on paper, for a new telephone or a forgotten password. A disabled operator waits for it to be used.
///
/// # Errors
/// No such operator, or the database does not answer; no code is issued then.
pub async fn reissue(core: &Core, name: &OperatorName, actor: &Actor) -> Result<IssuedLabCode, OperatorError> {
    let (realm, now) = (LabId::operators(), core.now());
    let mut tx = core.db.begin().await?;
    let account = account_of(core, &mut tx, name).await?;
    let mut holder = lock(&mut tx, account).await?;
    if holder.state() == AccountState::Disabled {
        holder.set_state(AccountState::Waiting, now).await?;
    }
    let person = accounts::lookup_person(&mut tx, &core.sealer, &realm, account).await?;
    let person = person.ok_or(OperatorError::Unknown)?;
    let issued = lab_code::issue(Act::of(core, &realm, actor), &mut tx, account, person, CODE_DAYS).await?;
    tx.commit().await?;
    Ok(issued)
}

/// `role`: None takes away what the operator may do in the lab. It counts from the next request on.
///
/// # Errors
/// No such operator or lab, or the database does not answer.
pub async fn set_role(
    core: &Core,
    name: &OperatorName,
    lab: &LabId,
    role: Option<Role>,
    actor: &Actor,
) -> Result<(), OperatorError> {
    let mut tx = core.db.begin().await?;
    let account = account_of(core, &mut tx, name).await?;
    give(Act::of(core, lab, actor), &mut tx, name, account, role).await?;
    Ok(tx.commit().await?)
}

async fn give(
    act: Act<'_>,
    tx: &mut Tx,
    name: &OperatorName,
    account: AccountId,
    role: Option<Role>,
) -> Result<(), OperatorError> {
    let Act { core, lab, .. } = act;
    if core.config.lab(lab).is_none() {
        return Err(OperatorError::UnknownLab(lab.clone()));
    }
    match role {
        Some(role) => operators::set_role(tx, account, lab, role, core.now()).await?,
        None => operators::take_role(tx, account, lab).await?,
    }
    let operator = name.clone();
    Ok(act.record(tx, None, Event::OperatorRoleSet { operator, role }).await?)
}

/// Whatever the operator had open or at hand ends now.
///
/// # Errors
/// No such operator, or the database does not answer; the operator may still be in then.
pub async fn disable(core: &Core, name: &OperatorName, actor: &Actor) -> Result<(), OperatorError> {
    let (realm, now) = (LabId::operators(), core.now());
    let mut tx = core.db.begin().await?;
    let account = account_of(core, &mut tx, name).await?;
    let mut holder = lock(&mut tx, account).await?;
    holder.set_state(AccountState::Disabled, now).await?;
    let operator = name.clone();
    audit::record(
        core,
        &mut tx,
        &realm,
        actor,
        Some(account),
        Event::OperatorDisabled { operator },
    )
    .await?;
    Ok(tx.commit().await?)
}

pub async fn list(core: &Core) -> Result<Vec<OperatorSummary>, StoreFault> {
    let realm = LabId::operators();
    let mut tx = core.db.begin_read().await?;
    let mut all = Vec::new();
    for id in operators::find(&mut tx).await? {
        let account = accounts::lookup(&mut tx, &realm, id).await?;
        let person = accounts::lookup_person(&mut tx, &core.sealer, &realm, id).await?;
        let (Some(account), Some(person)) = (account, person) else {
            continue;
        };
        all.push(OperatorSummary {
            name: person.identifier,
            given_name: person.given_name,
            family_name: person.family_name,
            state: account.state.as_str(),
            roles: operators::find_roles(&mut tx, id).await?,
        });
    }
    Ok(all)
}

/// None: no operator, or one who is not enrolled or was disabled.
pub async fn lookup(core: &Core, account: AccountId) -> Result<Option<Operator>, StoreFault> {
    let mut tx = core.db.begin_read().await?;
    read(core, &mut tx, account).await
}

async fn read(core: &Core, tx: &mut Tx, account: AccountId) -> Result<Option<Operator>, StoreFault> {
    let realm = LabId::operators();
    let found = accounts::lookup(tx, &realm, account).await?;
    if found.is_none_or(|found| found.state != AccountState::Active) {
        return Ok(None);
    }
    let Some(person) = accounts::lookup_person(tx, &core.sealer, &realm, account).await? else {
        return Ok(None);
    };
    let name = person.identifier.parse();
    Ok(Some(Operator {
        account,
        name: name.map_err(|_| StoreFault::Unreadable("accounts.identifier"))?,
        roles: operators::find_roles(tx, account).await?,
    }))
}

async fn lock(tx: &mut Tx, account: AccountId) -> Result<LockedAccount<'_>, OperatorError> {
    let holder = locked::lock(tx, &LabId::operators(), account).await?;
    holder.ok_or(OperatorError::Unknown)
}

async fn account_of(core: &Core, tx: &mut Tx, name: &OperatorName) -> Result<AccountId, OperatorError> {
    let index = index_of(core, name)?;
    let found = accounts::lookup_imported(tx, &LabId::operators(), &index).await?;
    Ok(found.ok_or(OperatorError::Unknown)?.account)
}

fn index_of(core: &Core, name: &OperatorName) -> Result<BlindIndex, OperatorError> {
    let identifier = Identifier::parse(name.as_str()).ok_or(OperatorError::Unknown)?;
    Ok(core.identifier_index(&LabId::operators(), &identifier))
}
