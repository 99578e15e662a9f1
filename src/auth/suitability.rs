//! Is this new password fit for this person?

use crate::domain::password::{Password, Personal, Unsuitable};
use crate::kernel::ids::LabId;
use crate::service::screening::{Context, screen};
use crate::service::{Core, Fault};
use crate::store::accounts::Person;

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
    // However rare: that somebody else's was stolen is reason enough not to begin with it.
    Ok(match core.known_passwords.lookup(typed).await? {
        Some(_) => Err(Unsuitable::Common),
        None => Ok(password),
    })
}
