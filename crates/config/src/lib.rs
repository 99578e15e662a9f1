//! The configuration: one file per section, read from TOML and the environment, validated whole before anything starts.

mod alerts;
mod corpus;
mod database;
mod lab;
mod leak;
mod mail;
mod oidc;
mod operator;
mod password;
mod policy;
mod problem;
mod provider;
mod server;
mod session;
mod siege;
mod sign_in;
pub mod site;
mod this_machine;
mod throttle;
mod unreadable;

use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use alerts::Alerts;
pub use corpus::Corpus;
pub use database::Database;
pub use lab::{DateOrder, Lab, MEANS};
pub use leak::{Approval, Leak};
pub use mail::{Mail, MailTls};
pub use oidc::Oidc;
pub use operator::{Operator, SecurityPasskey};
pub use password::Password;
pub use policy::{AcceptedUntil, OWN_MEANS, is_over, today};
pub use problem::{Problem, Problems};
pub use provider::{ClientAuth, Provider};
pub use server::{ClientHeader, Keyring, Server, Tls};
pub use session::Session;
pub use siege::Siege;
pub use sign_in::SignIn;
pub use site::SiteSection;
pub use this_machine::is_this_machine;
pub use throttle::{Rate, Throttle};

/// Where commands look when neither `--config` nor `VESTIBULE_CONFIG` says otherwise.
pub const DEFAULT_FILE: &str = "config/vestibule.toml";

const ENVIRONMENT_PREFIX: &str = "VESTIBULE";

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub tls: Tls,
    pub database: Database,
    pub keyring: Keyring,
    #[serde(default)]
    pub password: Password,
    #[serde(default)]
    pub sign_in: SignIn,
    #[serde(default)]
    pub session: Session,
    #[serde(default)]
    pub operator: Operator,
    #[serde(default)]
    pub throttle: Throttle,
    #[serde(default)]
    pub siege: Siege,
    #[serde(default)]
    pub corpus: Corpus,
    #[serde(default)]
    pub leak: Leak,
    #[serde(default)]
    pub mail: Mail,
    #[serde(default)]
    pub alerts: Alerts,
    #[serde(default)]
    pub oidc: Oidc,
    #[serde(rename = "lab")]
    pub labs: Vec<Lab>,
    #[serde(rename = "site", default)]
    pub sites: Vec<SiteSection>,
}

impl Config {
    /// Reads `file`, lays `VESTIBULE__SECTION__KEY` variables over it and checks every section.
    ///
    /// # Errors
    /// Every problem found, each with the place and the remedy.
    pub fn load(file: &Path) -> Result<Self, Problems> {
        if !file.is_file() {
            return Err(Problems::one(
                file.display().to_string(),
                "the configuration file does not exist",
                "give its path with --config or VESTIBULE_CONFIG; config/vestibule.toml shows every key",
            ));
        }
        let environment = config_rs::Environment::with_prefix(ENVIRONMENT_PREFIX)
            .prefix_separator("__")
            .separator("__")
            .try_parsing(true);
        let mut config: Self = config_rs::Config::builder()
            .add_source(config_rs::File::from(file).format(config_rs::FileFormat::Toml))
            .add_source(environment)
            .build()
            .and_then(config_rs::Config::try_deserialize)
            .map_err(|error| unreadable::explain(file, &error))?;
        config.resolve_paths(file.parent().unwrap_or(Path::new(".")));
        config.check().map_err(|problems| problems.within(file))?;
        Ok(config)
    }

    pub fn lab(&self, id: &kernel::ids::LabId) -> Option<&Lab> {
        self.labs.iter().find(|lab| lab.id == *id)
    }

    /// Paths in the file are meant from where the file is, not from where the command was typed.
    fn resolve_paths(&mut self, base: &Path) {
        let resolve = |path: &mut PathBuf| *path = base.join(&*path);
        resolve(&mut self.tls.certificate_file);
        resolve(&mut self.tls.key_file);
        resolve(&mut self.keyring.file);
        if let Some(path) = &mut self.server.mtls_client_ca_file {
            resolve(path);
        }
        if let Some(path) = &mut self.corpus.file {
            resolve(path);
        }
        if let Some(path) = &mut self.leak.folder {
            resolve(path);
        }
        self.mail.resolve_paths(base);
        self.alerts.resolve_paths(base);
        for provider in self.labs.iter_mut().flat_map(|lab| lab.providers.iter_mut()) {
            provider.resolve_paths(base);
        }
        if let Some(path) = &mut self.database.url_file {
            resolve(path);
        }
        if let Some(url) = &mut self.database.url {
            database::resolve_sqlite_path(url, base);
        }
        for path in self.sites.iter_mut().filter_map(|site| site.upstream_ca_file.as_mut()) {
            resolve(path);
        }
    }

    fn check(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        self.server.check(&mut problems);
        self.database.check(&mut problems);
        self.password.check(&mut problems);
        self.sign_in.check(&mut problems);
        self.session.check(&mut problems);
        self.operator.check(&mut problems);
        self.throttle.check(&mut problems);
        self.siege.check(&mut problems);
        self.leak.check(&mut problems);
        self.mail.check(&mut problems);
        self.alerts.check(&mut problems);
        self.oidc.check(&mut problems);
        lab::check(&self.labs, &mut problems);
        for site in &self.sites {
            for problem in site.validate() {
                problems.add(problem.place(), "this cannot work", problem.remedy);
            }
            if self.lab(&site.lab).is_none() {
                problems.add(
                    format!("[[site]] {}: lab", site.id),
                    format!("no [[lab]] has the id '{}'", site.lab),
                    "name one of the labs in this file",
                );
            }
        }
        self.check_hosts(&mut problems);
        self.check_mutual_port(&mut problems);
        problems.into_result()
    }

    /// An address leads to one listener.
    fn check_mutual_port(&self, problems: &mut Problems) {
        let port = self.server.mtls_port();
        for lab in &self.labs {
            if port.is_some() && lab.portal.port_or_known_default() == port {
                problems.add(
                    "[server] mtls_listen, mtls_public_port",
                    format!("the portal of {} has the same port", lab.id),
                    "give the listener that asks for certificates a port of its own",
                );
            }
        }
    }

    /// By host name alone: cookies do not tell ports apart.
    fn check_hosts(&self, problems: &mut Problems) {
        let mut seen = std::collections::BTreeSet::new();
        let portals = self.labs.iter().map(|lab| lab.portal.clone());
        let sites = self.sites.iter().filter_map(|site| url::Url::parse(&site.origin).ok());
        for host in portals
            .chain(sites)
            .filter_map(|origin| origin.host_str().map(str::to_owned))
        {
            if !seen.insert(host.clone()) {
                problems.add(
                    "[[lab]] portal, [[site]] origin",
                    format!("the host name '{host}' is used twice"),
                    "give every portal and every site a host name of its own",
                );
            }
        }
    }
}
