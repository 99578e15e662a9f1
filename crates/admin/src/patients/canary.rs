//! Canaries for a lab: accounts that no patient has, to be planted in its exports. They look like the others and open
//! nothing; an attempt on one comes from a list.

use secrecy::SecretString;
use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use crypto::blind_index::BlindIndex;
use domain::audit::{Actor, Event};
use domain::identifier::Identifier;
use domain::invented::{Dice, InventedPerson};
use kernel::entropy::random;
use kernel::ids::{AccountId, LabId};
use service::act::Act;
use service::{Core, audit};
use store::account::accounts::{self, Person};
use store::account::canaries;
use store::{StoreFault, Tx};

/// Identifiers of the lab that are imitated.
const MODELS: i64 = 50;
/// Tries to find an identifier that is free.
const TRIES: usize = 200;

/// As it should appear in an export.
#[derive(Debug)]
pub struct Canary {
    pub person: Person,
    /// Plausible; it is stored nowhere and opens nothing.
    pub password: SecretString,
}

#[derive(Debug, thiserror::Error)]
pub enum CanaryError {
    #[error("the configuration has no such laboratory")]
    UnknownLab,
    #[error("the laboratory has no accounts whose identifiers could be imitated")]
    NoPatients,
    #[error("no identifier of the laboratory's shape is free")]
    NoRoom,
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// # Errors
/// No canary was made.
pub async fn make_canaries(core: &Core, lab: &LabId, number: usize, actor: &Actor) -> Result<Vec<Canary>, CanaryError> {
    core.config.lab(lab).ok_or(CanaryError::UnknownLab)?;
    let mut tx = core.db.begin().await?;
    let models = models(core, &mut tx, lab).await?;
    let models: Vec<&str> = models.iter().map(String::as_str).collect();
    let mut dice = Dice::new(u64::from_le_bytes(random(&*core.entropy)), 0);
    let mut made = Vec::with_capacity(number);
    let mut taken = HashSet::new();
    for _ in 0..number {
        let who = InventedPerson::new(&mut dice);
        let (identifier, index) =
            free_identifier(Act::of(core, lab, actor), &mut tx, &models, &who, &mut dice, &taken).await?;
        taken.insert(index);
        let (year, month, day) = who.born;
        let person = Person {
            identifier,
            email: None,
            birth_date: format!("{year:04}-{month:02}-{day:02}"),
            given_name: who.given.to_owned(),
            family_name: who.family.to_owned(),
            other_names: Vec::new(),
        };
        let (id, now) = (AccountId::generate(&*core.entropy), core.now());
        accounts::insert(
            &mut tx,
            &core.sealer,
            lab,
            id,
            &accounts::NewHolder {
                identifier: &index,
                person: &person,
                at: now,
            },
        )
        .await?;
        canaries::insert(&mut tx, lab, id, now).await?;
        let password = who.password(&mut dice).into();
        made.push(Canary { person, password });
    }
    audit::record(core, &mut tx, lab, actor, None, Event::CanariesMade { number }).await?;
    tx.commit().await?;
    Ok(made)
}

/// Identifiers of accounts taken by chance.
async fn models(core: &Core, tx: &mut Tx, lab: &LabId) -> Result<Vec<String>, CanaryError> {
    for after in [AccountId::generate(&*core.entropy), AccountId::from_bytes([0; 16])] {
        let found = accounts::find_some_identifiers(tx, &core.sealer, lab, after, MODELS).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Err(CanaryError::NoPatients)
}

async fn free_identifier(
    act: Act<'_>,
    tx: &mut Tx,
    models: &[&str],
    who: &InventedPerson,
    dice: &mut Dice,
    taken: &HashSet<BlindIndex>,
) -> Result<(String, BlindIndex), CanaryError> {
    for _ in 0..TRIES {
        let typed = imitated(dice.pick(models), who, dice);
        let Some(identifier) = Identifier::parse(&typed) else {
            continue;
        };
        let index = act.core.identifier_index(act.lab, &identifier);
        if !taken.contains(&index) && accounts::lookup_imported(tx, act.lab, &index).await?.is_none() {
            return Ok((typed, index));
        }
    }
    Err(CanaryError::NoRoom)
}

/// Another address of the same host, or a number that differs in the second half of its digits: numbers are given out
/// in order, so one between two that are known will not be a patient's tomorrow.
fn imitated(model: &str, who: &InventedPerson, dice: &mut Dice) -> String {
    if let Some((_, host)) = model.rsplit_once('@') {
        let name = |text: &str| {
            let letters = text.nfd().filter(char::is_ascii_alphabetic);
            letters.map(|c| c.to_ascii_lowercase()).collect::<String>()
        };
        return format!("{}.{}{}@{host}", name(who.given), name(who.family), dice.below(100));
    }
    let digits = model.chars().filter(char::is_ascii_digit).count();
    let mut kept = digits / 2;
    let replaced = model.chars().map(|c| {
        if !c.is_ascii_digit() {
            return c;
        }
        match kept.checked_sub(1) {
            Some(fewer) => {
                kept = fewer;
                c
            }
            None => char::from(b'0' + u8::try_from(dice.below(10)).unwrap_or_default()),
        }
    });
    replaced.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_has_the_shape_of_its_lab() {
        let mut dice = Dice::new(7, 7);
        let who = InventedPerson::new(&mut dice);
        for _ in 0..100 {
            let number = imitated("P-102477", &who, &mut dice);
            assert!(number.starts_with("P-102") && number.len() == 8, "{number}");
            assert!(number[5..].bytes().all(|byte| byte.is_ascii_digit()), "{number}");
            let address = imitated("odette@labo.example", &who, &mut dice);
            assert!(address.is_ascii() && address.ends_with("@labo.example"), "{address}");
        }
    }
}
