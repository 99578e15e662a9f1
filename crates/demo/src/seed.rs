//! Puts the cast into an empty database, through the same floors a real laboratory uses.

use std::io::Cursor;
use std::time::Duration;

use crate::DemoError;
use crate::application;
use crate::folder::{Account, LabCode, Operator, Story};
use crate::people::{CAST, CHILD_RECORD, Character, GUARDIAN, OPERATOR, State};
use auth::recovery;
use config::Lab;
use crypto::human_code::{CodeKind, HumanCode};
use crypto::password_hash::HashedPassword;
use crypto::totp::{Seed, Step};
use domain::account::AccountState;
use domain::audit::{Actor, Event};
use domain::identifier::Identifier;
use domain::operator::Role;
use domain::password::Password;
use kernel::entropy::random;
use kernel::ids::{AccountId, LabId};
use leak::campaign::{self, LeakError, List, ListDescription};
use machinery::hashing::NoHash;
use service::act::Act;
use service::{Core, Fault, audit};
use store::account::accounts::Person;
use store::account::records::Relation;
use store::account::{accounts, authenticators, lab_codes, locked, operators, passwords, records};
use store::{StoreFault, Tx};

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// All or nothing, so that a start that was cut off can be tried again.
///
/// # Errors
/// The database cannot be written.
pub async fn seed(core: &Core) -> Result<Story, DemoError> {
    let lab = core
        .config
        .labs
        .first()
        .ok_or_else(|| DemoError::problem("the demo has no lab"))?;
    let mut story = Story::of(lab);
    let filled = fill(core, lab, &mut story).await;
    let again = |fault: &dyn std::fmt::Display| DemoError::Problem(format!("{fault}; remove the folder to begin anew"));
    filled.map_err(|fault| again(&fault))?;
    leak(core, lab, &story).await.map_err(|error| again(&error))?;
    let client = application::register(core, lab).await;
    story.client = Some(client.map_err(|error| again(&error))?);
    Ok(story)
}

/// A list as it circulates, imported as a lab would.
async fn leak(core: &Core, lab: &Lab, story: &Story) -> Result<(), LeakError> {
    let leaked = story.accounts.iter().filter(|account| account.state == State::Leaked);
    let lines = leaked.map(|account| format!("{};{}\n", account.identifier, account.password.as_deref().unwrap_or("")));
    let list = lines.collect::<String>().into_bytes();
    let list = List::Stream {
        name: "demo".to_owned(),
        length: list.len() as u64,
        read: Box::new(Cursor::new(list)),
    };
    let about = ListDescription {
        source: "demo".to_owned(),
        aware_at: None,
        mapping: Some("identifier=1,password=2".to_owned()),
    };
    let id = campaign::draft(core, &lab.id, list, about, &Actor::Vestibule, &mut |_| {}).await?;
    campaign::apply(core, &lab.id, id, &Actor::Vestibule).await?;
    campaign::settle(core, &lab.id, id, &mut |_| {}).await
}

async fn fill(core: &Core, lab: &Lab, story: &mut Story) -> Result<(), Fault> {
    let mut means = Vec::new();
    for who in CAST {
        means.push(match who.state {
            State::Waiting => None,
            _ => Some(Means::new(core).await?),
        });
    }
    let operators = Means::new(core).await?;
    let mut tx = core.db.begin().await?;
    for (who, means) in CAST.iter().zip(means) {
        add(core, &mut tx, lab, who, means, story).await?;
    }
    story.operator = Some(hire(core, &mut tx, lab, operators).await?);
    Ok(tx.commit().await?)
}

/// What those have who are enrolled already.
struct Means {
    password: String,
    hash: HashedPassword,
    seed: Seed,
}

impl Means {
    async fn new(core: &Core) -> Result<Self, Fault> {
        let password = phrase(core);
        let typed = Password::typed(&password).ok_or(Fault::Broken("a demo password is too long"))?;
        let hash = core.hashing.make(typed).await.map_err(fault)?;
        Ok(Self {
            password,
            hash,
            seed: Seed::generate(&*core.entropy),
        })
    }

    async fn give(&self, core: &Core, tx: &mut Tx, lab: &LabId, account: AccountId) -> Result<(), Fault> {
        let now = core.now();
        let holder = locked::lock(tx, lab, account).await?;
        let mut holder = holder.ok_or(Fault::Broken("a demo account was not made"))?;
        passwords::set(&mut holder, &self.hash, now).await?;
        authenticators::bind(&mut holder, &core.sealer, &self.seed, Step::from_number(0), now).await?;
        holder.set_state(AccountState::Active, now).await?;
        recovery::issue(Act::of(core, lab, &Actor::Vestibule), &mut holder).await?;
        Ok(())
    }
}

/// The lab's security officer.
async fn hire(core: &Core, tx: &mut Tx, lab: &Lab, means: Means) -> Result<Operator, Fault> {
    let (realm, account) = (LabId::operators(), AccountId::generate(&*core.entropy));
    let person = Person {
        identifier: OPERATOR.name.to_owned(),
        email: None,
        birth_date: String::new(),
        given_name: OPERATOR.given_name.to_owned(),
        family_name: OPERATOR.family_name.to_owned(),
        other_names: Vec::new(),
    };
    insert(core, tx, &realm, account, &person).await?;
    means.give(core, tx, &realm, account).await?;
    operators::set_role(tx, account, &lab.id, Role::Security, core.now()).await?;
    Ok(Operator {
        name: person.identifier,
        password: means.password,
        totp_secret: means.seed.base32().to_string(),
    })
}

async fn add(
    core: &Core,
    tx: &mut Tx,
    lab: &Lab,
    who: &Character,
    means: Option<Means>,
    story: &mut Story,
) -> Result<(), Fault> {
    let account = AccountId::generate(&*core.entropy);
    insert(core, tx, &lab.id, account, &who.person()).await?;
    attach(core, tx, &lab.id, account, who.record, &Relation::Own).await?;
    let mut told = Account::of(who);
    match means {
        Some(means) => {
            means.give(core, tx, &lab.id, account).await?;
            told.totp_secret = Some(means.seed.base32().to_string());
            told.password = Some(means.password);
        }
        None => story.lab_codes.push(issue_code(core, tx, lab, account, who).await?),
    }
    if who.identifier == GUARDIAN {
        let relation = Relation::Granted {
            scope: "results".to_owned(),
            ends_at: core.now().plus(YEAR),
        };
        attach(core, tx, &lab.id, account, CHILD_RECORD, &relation).await?;
        told.records.push(CHILD_RECORD.to_owned());
    }
    story.accounts.push(told);
    Ok(())
}

async fn insert(core: &Core, tx: &mut Tx, lab: &LabId, account: AccountId, person: &Person) -> Result<(), Fault> {
    let identifier = Identifier::parse(&person.identifier).ok_or(Fault::Broken("a demo identifier is empty"))?;
    let index = core.identifier_index(lab, &identifier);
    Ok(accounts::insert(
        tx,
        &core.sealer,
        lab,
        account,
        &accounts::NewHolder {
            identifier: &index,
            person,
            at: core.now(),
        },
    )
    .await?)
}

async fn attach(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    record: &str,
    relation: &Relation,
) -> Result<(), StoreFault> {
    let index = core.record_index(lab, record);
    records::attach(
        tx,
        &core.sealer,
        lab,
        account,
        &records::NewRecord {
            index: &index,
            record,
            relation,
            at: core.now(),
        },
    )
    .await
}

async fn issue_code(
    core: &Core,
    tx: &mut Tx,
    lab: &Lab,
    account: AccountId,
    who: &Character,
) -> Result<LabCode, StoreFault> {
    let code = HumanCode::generate(&*core.entropy);
    let expires_at = core.now().plus(YEAR);
    let mac = code.mac(&core.keyring, &lab.id, CodeKind::Lab);
    lab_codes::issue(
        tx,
        &lab.id,
        account,
        &lab_codes::NewLabCode {
            mac: &mac,
            issued_by: "demo",
            issued_at: core.now(),
            expires_at,
        },
    )
    .await?;
    let event = Event::LabCodeIssued {
        expires_at: expires_at.to_string(),
    };
    audit::record(core, tx, &lab.id, &Actor::Vestibule, Some(account), event).await?;
    Ok(LabCode {
        code: code.grouped().to_string(),
        record: who.record.to_owned(),
        birth_date: who.birth_date.to_owned(),
    })
}

fn fault(no_hash: NoHash) -> Fault {
    match no_hash {
        NoHash::Busy { .. } => Fault::Broken("the hash pool has no room"),
        NoHash::Fault(fault) => fault.into(),
    }
}

/// Sixty-four words; four of them and a number are easy to type from a terminal.
const WORDS: [&str; 64] = [
    "abricot",
    "amarre",
    "ardoise",
    "balise",
    "barque",
    "bouleau",
    "brise",
    "cabane",
    "caillou",
    "cerise",
    "chardon",
    "cigogne",
    "colline",
    "corail",
    "coquille",
    "crevette",
    "digue",
    "dune",
    "encrier",
    "falaise",
    "fanal",
    "fougere",
    "galet",
    "genet",
    "girafe",
    "goeland",
    "grange",
    "hamac",
    "herisson",
    "hublot",
    "jardin",
    "jonquille",
    "kayak",
    "lanterne",
    "lichen",
    "loutre",
    "marelle",
    "mouette",
    "moulin",
    "navette",
    "noisette",
    "olivier",
    "orage",
    "panier",
    "pelican",
    "phare",
    "pivoine",
    "prairie",
    "quai",
    "radeau",
    "ricochet",
    "rivage",
    "sablier",
    "saule",
    "sentier",
    "sillage",
    "tamaris",
    "tilleul",
    "tortue",
    "tremplin",
    "verger",
    "violette",
    "voilier",
    "zephyr",
];

fn phrase(core: &Core) -> String {
    let [a, b, c, d, number] = random::<5>(&*core.entropy);
    let word = |byte: u8| WORDS.get(usize::from(byte % 64)).copied().unwrap_or_default();
    format!("{} {} {} {} {}", word(a), word(b), word(c), word(d), 10 + number % 90)
}
