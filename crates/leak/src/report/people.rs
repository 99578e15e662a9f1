//! The people of a leak, for the laboratory alone: a list, and the file numbers by which it finds who prescribed for
//! them. Vestibule knows no prescribers.

use std::collections::HashMap;
use std::io::Write;

use askama::Template;

use super::unwritten;
use crate::campaign::{self, LeakError};
use crate::letters::{LettersError, Wish, name};
use crate::table::Table;
use domain::audit::{Actor, Event};
use domain::leak::LeakId;
use i18n::{Language, Texts, Zone};
use kernel::ids::{AccountId, LabId};
use service::{Core, Fault, audit};
use store::account::{accounts, records};
use store::leak::{leaks, letters};

const STRETCH: i64 = 500;
const EVERYONE: Wish = Wish {
    everyone: true,
    again: true,
};

/// Writes everyone on the list, and their file numbers alone; returns how many people that are. The trail names who
/// asked for it.
///
/// # Errors
/// A file cannot be written, or the database does not answer.
pub async fn write<P: Write + Send, N: Write + Send>(
    core: &Core,
    lab: &LabId,
    id: LeakId,
    actor: &Actor,
    people: P,
    numbers: N,
) -> Result<u64, LettersError> {
    let mut people = Table::begin(people, ["record", "identifier", "name", "state"])?;
    let mut numbers = Table::begin(numbers, ["record"])?;
    let (mut at, mut written) = (Vec::new(), 0);
    loop {
        let mut tx = core.db.begin_read().await?;
        let found = letters::find_next(&mut tx, lab, id, EVERYONE, &at, STRETCH).await?;
        let Some(last) = found.last() else { break };
        at.clone_from(&last.index);
        let ids: Vec<AccountId> = found.iter().map(|one| one.account).collect();
        let persons = accounts::find_people(&mut tx, &core.sealer, lab, &ids).await?;
        let persons: HashMap<AccountId, _> = persons.into_iter().collect();
        let mut own: HashMap<AccountId, Vec<String>> = HashMap::new();
        for (account, record) in records::find_own(&mut tx, &core.sealer, lab, &ids).await? {
            numbers.row([&record])?;
            own.entry(account).or_default().push(record);
        }
        tx.commit().await?;
        for one in &found {
            let Some(person) = persons.get(&one.account) else {
                continue;
            };
            let records = own.get(&one.account).map(|own| own.join(" ")).unwrap_or_default();
            people.row([&records, &person.identifier, &name(person), one.progress.as_str()])?;
            written += 1;
        }
    }
    people.end()?;
    numbers.end()?;
    let event = Event::LeakPeopleExported {
        leak: id,
        people: written,
    };
    audit::record_alone(core, lab, actor, None, event).await?;
    Ok(written)
}

macro_rules! letter {
    ($($name:ident $path:literal)+) => {$(
        #[derive(Template)]
        #[template(path = $path, escape = "none", whitespace = "preserve")]
        struct $name<'a> {
            lab: &'a str,
            phone: Option<&'a str>,
            aware: &'a str,
            with_password: bool,
            in_effect: bool,
        }
    )+};
}

letter!(French "prescribers_fr.txt" English "prescribers_en.txt");

/// What to do with the file numbers, and a letter to those who prescribed.
///
/// # Errors
/// This lab has no such leak, or the database does not answer.
pub async fn prescribers_letter(core: &Core, lab: &LabId, id: LeakId, language: Language) -> Result<String, LeakError> {
    let overview = campaign::overview(core, lab, id).await?.ok_or(LeakError::UnknownLeak)?;
    let lab = core.config.lab(lab).ok_or(LeakError::UnknownLab)?;
    let mut tx = core.db.begin_read().await?;
    let leak = leaks::lookup(&mut tx, &lab.id, id)
        .await?
        .ok_or(LeakError::UnknownLeak)?;
    tx.commit().await?;
    let texts = Texts::load().map_err(|_| Fault::Broken("the texts cannot be read"))?;
    let zone = Zone::named(&lab.time_zone).map_err(|_| Fault::Broken("[[lab]] time_zone is not known"))?;
    let aware = texts.date(language, &zone, leak.aware_at);
    macro_rules! filled {
        ($name:ident) => {
            $name {
                lab: &lab.name,
                phone: lab.phone.as_deref(),
                aware: &aware,
                with_password: overview.accounts.to_tell < overview.accounts.found,
                in_effect: leak.state.is_in_effect(),
            }
            .render()
        };
    }
    let letter = match language {
        Language::Fr => filled!(French),
        Language::En => filled!(English),
    };
    Ok(letter.map_err(unwritten)?)
}
