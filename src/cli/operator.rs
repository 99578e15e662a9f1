//! Who does it: a named person, in every entry of the trail.

use crate::cli::{Invocation, problem};
use crate::config::Problems;
use crate::domain::audit::Actor;

impl Invocation {
    /// Whom the audit trail names for a change.
    ///
    /// # Errors
    /// `--as` was given.
    pub(super) fn actor(&self) -> Result<Actor, Problems> {
        self.refuse_operator()?;
        Ok(Actor::Machine { user: user() })
    }

    /// # Errors
    /// `--as` was given.
    pub(super) fn refuse_operator(&self) -> Result<(), Problems> {
        match &self.operator {
            None => Ok(()),
            Some(name) => Err(problem(
                format!("--as {name}"),
                "this version knows no operators yet",
                "leave --as out: the operating-system user is recorded",
            )),
        }
    }
}

/// The person at the machine; behind `sudo` the one who called it. Only root can set what is read for that.
fn user() -> String {
    let uid = rustix::process::getuid();
    let name = name_of(uid.as_raw());
    let behind = std::env::var_os("SUDO_USER").and_then(|name| name.into_string().ok());
    match behind.filter(|behind| uid.is_root() && *behind != name) {
        Some(behind) => format!("{behind} (as {name})"),
        None => name,
    }
}

fn name_of(uid: u32) -> String {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let names = users.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let found: u32 = fields.nth(1)?.parse().ok()?;
        (found == uid).then(|| name.to_owned())
    });
    let mut names = names.filter(|name| !name.is_empty());
    names.next().unwrap_or_else(|| format!("uid {uid}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r05_a_user_has_a_name_or_at_least_a_number() {
        assert_eq!(name_of(0), "root");
        assert_eq!(name_of(4_000_000_000), "uid 4000000000");
    }
}
