//! `[alerts]`: whom an alert reaches, and the counts from which on one is raised.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::Address;
use serde::Deserialize;
use url::Url;

use super::{Lab, Problems, is_this_machine};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Alerts {
    /// The address that is mailed, instead of each lab's `security_contact`.
    pub email: Option<Address>,
    pub webhook: Option<Url>,
    /// `whsec_…`, as of the Standard Webhooks specification.
    pub webhook_secret_file: Option<PathBuf>,
    /// PEM: the authorities that may sign the webhook's certificate.
    pub webhook_ca_file: Option<PathBuf>,
    /// Hours after which a reminder is sent for an alert that no one has taken.
    pub remind_after_hours: u32,
    /// Over which time is counted.
    pub window_minutes: u32,
    /// Identifiers of a lab with refused attempts.
    pub stuffing_identifiers: u32,
    /// Identifiers with refused attempts from one client network.
    pub network_identifiers: u32,
    /// Client networks with refused attempts on one identifier.
    pub identifier_networks: u32,
    /// Requests of one account that the gate let pass.
    pub reading_requests: u32,
    /// Records that one account was shown.
    pub reading_records: u32,
    /// Refusals of one account for a record that is not theirs.
    pub other_records: u32,
}

impl Default for Alerts {
    fn default() -> Self {
        Self {
            email: None,
            webhook: None,
            webhook_secret_file: None,
            webhook_ca_file: None,
            remind_after_hours: 4,
            window_minutes: 10,
            stuffing_identifiers: 100,
            network_identifiers: 20,
            identifier_networks: 10,
            reading_requests: 3_000,
            reading_records: 30,
            other_records: 5,
        }
    }
}

impl Alerts {
    pub fn remind_after(&self) -> Duration {
        Duration::from_secs(u64::from(self.remind_after_hours) * 3600)
    }

    pub fn window(&self) -> Duration {
        Duration::from_secs(u64::from(self.window_minutes) * 60)
    }

    /// The address that a lab's alerts are mailed to, if any.
    pub fn recipient(&self, lab: &Lab) -> Option<Address> {
        let contact = || {
            let contact = lab.security_contact.as_ref().filter(|url| url.scheme() == "mailto")?;
            contact.path().parse().ok()
        };
        self.email.clone().or_else(contact)
    }

    pub(super) fn resolve_paths(&mut self, base: &Path) {
        let paths = [&mut self.webhook_secret_file, &mut self.webhook_ca_file];
        for path in paths.into_iter().flatten() {
            *path = base.join(&*path);
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if let Some(url) = &self.webhook {
            self.check_webhook(url, problems);
        }
        if !(1..=72).contains(&self.remind_after_hours) {
            problems.add("[alerts] remind_after_hours", "outside 1 to 72", "4 is the default");
        }
        if !(1..=60).contains(&self.window_minutes) {
            problems.add("[alerts] window_minutes", "outside 1 to 60", "10 is the default");
        }
        let limits = [
            ("stuffing_identifiers", self.stuffing_identifiers),
            ("network_identifiers", self.network_identifiers),
            ("identifier_networks", self.identifier_networks),
            ("reading_requests", self.reading_requests),
            ("reading_records", self.reading_records),
            ("other_records", self.other_records),
        ];
        for (key, limit) in limits {
            if limit < 2 {
                let remedy = "2 is the minimum: one happens to everyone";
                problems.add(format!("[alerts] {key}"), "less than 2", remedy);
            }
        }
    }

    fn check_webhook(&self, url: &Url, problems: &mut Problems) {
        let place = "[alerts] webhook";
        match url.scheme() {
            "https" if self.webhook_ca_file.is_none() => {
                let remedy = "name a file of certificate authorities to trust, such as /etc/ssl/certs/ca-certificates.crt for the public ones";
                problems.add("[alerts] webhook_ca_file", "it is missing", remedy);
            }
            "https" => {}
            "http" if is_this_machine(url) => {}
            _ => problems.add(
                place,
                "not https",
                "write https://HOST/PATH; http:// to this machine only",
            ),
        }
        if !url.username().is_empty() || url.password().is_some() {
            problems.add(
                place,
                "it contains a password",
                "leave it out: messages are signed instead",
            );
        }
        if self.webhook_secret_file.is_none() {
            let remedy = "name a file that holds whsec_ and 24 to 64 random bytes in base64";
            problems.add("[alerts] webhook_secret_file", "it is missing", remedy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> String {
        let alerts: Alerts = toml::from_str(text).unwrap();
        let mut problems = Problems::default();
        alerts.check(&mut problems);
        problems
            .iter()
            .map(|problem| problem.place.clone())
            .collect::<Vec<_>>()
            .join(",")
    }

    #[test]
    fn a_webhook_is_encrypted_signed_and_holds_no_password() {
        assert_eq!(problems(""), "");
        let files = "webhook_secret_file = 's'\nwebhook_ca_file = 'c'\n";
        assert_eq!(problems(&format!("webhook = 'https://ops.example/x'\n{files}")), "");
        assert_eq!(problems(&format!("webhook = 'http://127.0.0.1:9/x'\n{files}")), "");
        for (url, place) in [
            ("http://ops.example/x", "[alerts] webhook"),
            ("ftp://ops.example/x", "[alerts] webhook"),
            ("https://u:p@ops.example/x", "[alerts] webhook"),
        ] {
            assert_eq!(problems(&format!("webhook = '{url}'\n{files}")), place, "{url}");
        }
        let missing = "[alerts] webhook_ca_file,[alerts] webhook_secret_file";
        assert_eq!(problems("webhook = 'https://ops.example/x'"), missing);
    }

    #[test]
    fn a_limit_that_everybody_reaches_is_none() {
        assert_eq!(problems("other_records = 1"), "[alerts] other_records");
        assert_eq!(problems("window_minutes = 0"), "[alerts] window_minutes");
        assert_eq!(problems("remind_after_hours = 100"), "[alerts] remind_after_hours");
    }
}
