//! Who does it: a named person, in every entry of the trail.

use std::io::{BufRead, IsTerminal, Read};

use secrecy::SecretString;

use crate::values::operator;
use crate::{Invocation, output, problem, unwell};
use admin::operators::{OperatorError, identify};
use config::Problems;
use domain::audit::Actor;
use domain::operator::Role;
use kernel::ids::{LabId, OperatorName};
use service::Core;
use service::attempts::Outcome;

/// More than any code has.
const LONGEST_LINE: u64 = 200;

impl Invocation {
    /// Whom the audit trail names for a change: with `--as` the operator, whose code is asked and who must have the
    /// role in every one of these labs (with none named, in any); else the operating-system user.
    ///
    /// # Errors
    /// The operator did not prove to be one, or may not do it.
    pub(super) async fn actor(&self, core: &Core, role: Role, labs: &[&LabId]) -> Result<Actor, Problems> {
        let machine = machine_user();
        let Some(name) = &self.operator else {
            return Ok(machine);
        };
        let place = format!("--as {name}");
        let name = &operator(name).map_err(|error| problem(&place, error, "vestibule operator list"))?;
        let code = ask_code(name).map_err(|error| problem(&place, error.to_string(), "give the code on one line"))?;
        let outcome = match identify(core, name, &SecretString::from(code.trim()), &machine).await {
            Ok(ended) => ended.outcome(),
            Err(OperatorError::Store(fault)) => return Err(unwell(&fault)),
            Err(error) => return Err(problem(place, error.to_string(), "vestibule operator list")),
        };
        let operator = match outcome {
            Outcome::Passed(operator) => operator,
            Outcome::Refused | Outcome::TurnedAway | Outcome::Over => {
                let remedy = "a code works once: wait for the next one; only an enrolled operator has one";
                return Err(problem(place, "no such operator, or not their code", remedy));
            }
            Outcome::Wait(wait) | Outcome::Busy(wait) => {
                let what = format!("too many failures: wait {} seconds", wait.as_secs() + 1);
                return Err(problem(place, what, "until then even a right code is refused"));
            }
        };
        let refused = match labs {
            [] => (!operator.may_somewhere(role)).then(|| "any lab".to_owned()),
            labs => labs
                .iter()
                .find(|lab| !operator.may(lab, role))
                .map(|lab| format!("lab {lab}")),
        };
        match refused {
            None => Ok(operator.actor()),
            Some(lab) => Err(problem(
                place,
                format!("this requires the role {role}, which they do not have in {lab}"),
                "ask someone who has it; vestibule operator list shows roles",
            )),
        }
    }

    /// For a command that does not record who ran it.
    ///
    /// # Errors
    /// `--as` was given.
    pub(super) fn refuse_operator(&self) -> Result<(), Problems> {
        match &self.operator {
            None => Ok(()),
            Some(name) => Err(problem(
                format!("--as {name}"),
                "this command does not record who ran it",
                "leave --as out",
            )),
        }
    }
}

/// Asks for it at a terminal, else reads one line of standard input.
fn ask_code(name: &OperatorName) -> std::io::Result<String> {
    let input = std::io::stdin().lock();
    if input.is_terminal() {
        output::ask(&format!("code of {name}: "));
    }
    let mut line = String::new();
    input.take(LONGEST_LINE).read_line(&mut line)?;
    Ok(line)
}

pub(super) fn machine_user() -> Actor {
    Actor::Machine { user: user() }
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
