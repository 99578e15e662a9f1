//! `[mail]`: the server through which people are told. Without a host nothing is sent.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use lettre::Address;
use secrecy::SecretString;
use serde::Deserialize;

use super::Problems;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailTls {
    #[default]
    Starttls,
    Implicit,
    /// To a server on this machine only.
    None,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    pub host: Option<String>,
    /// None: 587, 465 or 25, as `tls` says.
    pub port: Option<u16>,
    pub tls: MailTls,
    /// PEM; None: the public authorities.
    pub ca_file: Option<PathBuf>,
    pub username: Option<String>,
    pub password_file: Option<PathBuf>,
    /// The sender of mails, where a lab has no address of its own.
    pub from: Option<Address>,
    /// Mails that leave within any hour, counted over all servers of the installation.
    pub per_hour: u32,
    /// Maildir in which mails that came back are found.
    pub bounces: Option<PathBuf>,
    /// Where bounces go, with `+` and a name for each mail after the user. `None`: to the sender's address.
    pub bounce_address: Option<Address>,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            host: None,
            port: None,
            tls: MailTls::default(),
            ca_file: None,
            username: None,
            password_file: None,
            from: None,
            per_hour: 1_000,
            bounces: None,
            bounce_address: None,
        }
    }
}

impl Mail {
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            MailTls::Starttls => 587,
            MailTls::Implicit => 465,
            MailTls::None => 25,
        })
    }

    /// User and password. None: the server asks for none.
    ///
    /// # Errors
    /// The password's file cannot be read.
    pub fn credentials(&self) -> Result<Option<(String, SecretString)>, Problems> {
        let (Some(user), Some(file)) = (&self.username, &self.password_file) else {
            return Ok(None);
        };
        let password = std::fs::read_to_string(file).map_err(|error| {
            Problems::one(
                format!("[mail] password_file {}", file.display()),
                error.to_string(),
                "make the file readable by the user that runs vestibule",
            )
        })?;
        Ok(Some((
            user.clone(),
            SecretString::from(password.trim_end_matches(['\r', '\n'])),
        )))
    }

    pub(super) fn resolve_paths(&mut self, base: &Path) {
        let paths = [&mut self.ca_file, &mut self.password_file, &mut self.bounces];
        for path in paths.into_iter().flatten() {
            *path = base.join(&*path);
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if let Some(host) = &self.host {
            if self.tls == MailTls::None && !is_this_machine(host) {
                let remedy = "use starttls or implicit: names of patients are in the mails";
                problems.add("[mail] tls", "none, to another machine", remedy);
            }
            if self.from.is_none() {
                problems.add("[mail] from", "it is missing", "write the address that mails come from");
            }
        }
        if self.username.is_some() != self.password_file.is_some() {
            let remedy = "give both, or neither if the server does not ask for them";
            problems.add("[mail]", "one of username and password_file is missing", remedy);
        }
        if self.per_hour == 0 {
            problems.add("[mail] per_hour", "it is 0", "leave host out if nothing should be sent");
        }
        if self.bounce_address.is_some() && self.bounces.is_none() {
            let remedy = "name the Maildir in which those mails arrive as bounces";
            problems.add("[mail] bounce_address", "no one would read what comes back", remedy);
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
