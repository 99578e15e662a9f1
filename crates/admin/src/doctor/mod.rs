//! Examines an installation and says what is wrong with it, each problem with its remedy. Changes nothing.

mod alerts;
mod certificate;
mod clients;
mod clock;
mod conflicts;
mod corpus;
mod database;
mod mail;
mod means;
mod network;
mod operators;
mod provider;
mod siege;
mod sites;
mod tls;
mod validity;

use std::path::Path;

use serde::Serialize;

use crate::{Problem, keyring_file};
use config::{Config, Problems};
use kernel::clock::Clock;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Ok,
    Warning,
    Problem,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    pub name: String,
    pub status: Status,
    pub what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Check {
    pub fn ok(name: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            status: Status::Ok,
            what: what.into(),
            remedy: None,
        }
    }

    pub fn warning(name: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            remedy: Some(remedy.into()),
            status: Status::Warning,
            ..Self::ok(name, what)
        }
    }

    pub fn problem(name: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            status: Status::Problem,
            ..Self::warning(name, what, remedy)
        }
    }

    pub fn of(name: impl Into<String>, problem: Problem) -> Self {
        Self::problem(name, format!("{}: {}", problem.place, problem.what), problem.remedy)
    }
}

/// `file` and what was read from it; with an unreadable configuration there is nothing else to look at.
pub async fn examine(file: &Path, loaded: Result<Config, Problems>, clock: &dyn Clock) -> Vec<Check> {
    let config = match loaded {
        Ok(config) => config,
        Err(problems) => {
            let checks = problems
                .iter()
                .cloned()
                .map(|problem| Check::of("configuration", problem));
            return checks.collect();
        }
    };
    let what = format!(
        "{}: {} labs, {} sites",
        file.display(),
        config.labs.len(),
        config.sites.len()
    );
    let mut checks = vec![Check::ok("configuration", what)];
    let mut references = clock::References::default();
    let keyring = keyring_file::read(&config.keyring.file);
    checks.push(match &keyring {
        Ok(keyring) => {
            references.not_before(
                "the newest key of the keyring",
                keyring.ids().map(|(_, made)| made).max(),
            );
            let what = format!(
                "{} keys; new values use key {}",
                keyring.ids().count(),
                keyring.current()
            );
            Check::ok("keyring", what)
        }
        Err(problem) => Check::of("keyring", problem.clone()),
    });
    checks.extend(tls::examine(&config, clock.now()));
    checks.extend(database::examine(&config, keyring.as_ref().ok(), &mut references, clock.now()).await);
    checks.push(corpus::examine(&config, clock.now()));
    checks.extend(network::examine(&config).await);
    checks.extend(mail::examine(&config).await);
    checks.extend(alerts::examine(&config));
    for lab in &config.labs {
        checks.push(means::examine(lab, clock.now()));
        for provider in &lab.providers {
            checks.extend(provider::examine(lab, provider).await);
        }
    }
    for site in &config.sites {
        checks.extend(sites::examine(site, &mut references).await);
    }
    checks.push(references.judge(clock.now()));
    checks
}
