//! Is this new password fit for this person?

use std::collections::HashSet;

use crypto::leak_digest::PairDigester;
use domain::password::{Password, Personal, Unsuitable};
use domain::tweaks;
use kernel::ids::LabId;
use service::attempts::identifier_of;
use service::screening::{Context, screen};
use service::{Core, Fault};
use store::account::accounts::Person;
use store::leak::leak_entries;

/// The password as typed, once it passed; the reason if it did not.
///
/// # Errors
/// The corpus did not answer.
pub async fn judge(
    core: &Core,
    lab: &LabId,
    person: &Person,
    typed: &str,
) -> Result<Result<Password, Unsuitable>, Fault> {
    let Some(password) = Password::typed(typed) else {
        return Ok(Err(Unsuitable::TooLong));
    };
    let mut context = Context::default()
        .with(Personal::Identifier, &person.identifier)
        .with(Personal::Name, &person.given_name)
        .with(Personal::Name, &person.family_name)
        .with_birth_date(&person.birth_date);
    // Operators may work for any of them.
    for lab in core
        .config
        .labs
        .iter()
        .filter(|known| lab.is_operators() || known.id == *lab)
    {
        context = context.with(Personal::LabName, &lab.name);
    }
    if let Some(email) = &person.email {
        context = context.with(Personal::Identifier, email);
    }
    if let Err(unsuitable) = screen(&password, &context) {
        return Ok(Err(unsuitable));
    }
    // However rare: that another person's was stolen is reason enough not to start with it.
    if core.known_passwords.lookup(typed).await?.is_some() {
        return Ok(Err(Unsuitable::Common));
    }
    Ok(if is_near_a_leaked_one(core, lab, person, &password).await? {
        Err(Unsuitable::Leaked)
    } else {
        Ok(password)
    })
}

async fn is_near_a_leaked_one(core: &Core, lab: &LabId, person: &Person, password: &Password) -> Result<bool, Fault> {
    let identifier = identifier_of(core, lab, person)?;
    let mut tx = core.db.begin_read().await?;
    let pairs = leak_entries::find_pairs(&mut tx, lab, &identifier).await?;
    tx.commit().await?;
    let digester = PairDigester::new(&core.keyring, lab);
    let pairs = pairs.into_iter().collect::<HashSet<_>>();
    Ok(!pairs.is_empty() && tweaks::is_near(&digester, &identifier, password.expose(), &pairs))
}
