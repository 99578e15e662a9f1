//! `[[lab.provider]]`: an OpenID provider whose identities patients may link with their account, such as FranceConnect.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Date;
use serde::Deserialize;
use url::Url;

use super::{Problems, is_this_machine, policy};
use kernel::ids::{LabId, ProviderId};

/// Signature algorithms of ID tokens that can be accepted at all; symmetric ones and `none` never.
const ALGORITHMS: [&str; 4] = ["ES256", "EdDSA", "PS256", "RS256"];

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Links carry it: it cannot change later.
    pub id: ProviderId,
    /// On the button.
    pub name: String,
    /// As the provider's own documents and tokens say it, to the letter.
    pub issuer: String,
    pub client_id: String,
    pub client_secret_file: PathBuf,
    #[serde(default)]
    pub client_auth: ClientAuth,
    /// PEM: the authorities that may sign the provider's certificates.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    #[serde(default = "openid")]
    pub scopes: Vec<String>,
    /// Requested from the provider, and nothing else is accepted. Empty: the provider's `acr` is ignored.
    #[serde(default)]
    pub acr_values: Vec<String>,
    /// Any of these in the provider's `amr` counts as a second factor.
    #[serde(default)]
    pub mfa_amr: Vec<String>,
    #[serde(default = "algorithms")]
    pub id_token_alg: Vec<String>,
    /// Proof Key for Code Exchange; off only for a provider that refuses what it does not know.
    #[serde(default = "yes")]
    pub pkce: bool,
    /// How long ago the person may have signed in there.
    #[serde(default)]
    pub max_age_seconds: Option<u32>,
    /// PEM (PKCS#8, P-256): opens ID tokens that the provider encrypts.
    #[serde(default)]
    pub decryption_key_file: Option<PathBuf>,
    /// The last day on which this means is accepted.
    #[serde(default, deserialize_with = "policy::date")]
    pub until: Option<Date>,
}

/// How the lab proves to the provider that it is the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    #[default]
    ClientSecretBasic,
    ClientSecretPost,
}

impl ClientAuth {
    /// As metadata name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
        }
    }
}

fn openid() -> Vec<String> {
    vec!["openid".to_owned()]
}

fn yes() -> bool {
    true
}

fn algorithms() -> Vec<String> {
    vec!["ES256".to_owned(), "RS256".to_owned()]
}

impl Provider {
    pub fn max_age(&self) -> Option<Duration> {
        self.max_age_seconds
            .map(|seconds| Duration::from_secs(u64::from(seconds)))
    }

    pub(super) fn resolve_paths(&mut self, base: &Path) {
        self.client_secret_file = base.join(&self.client_secret_file);
        for path in [&mut self.ca_file, &mut self.decryption_key_file].into_iter().flatten() {
            *path = base.join(&*path);
        }
    }

    fn check(&self, place: &dyn Fn(&str) -> String, problems: &mut Problems) {
        self.check_issuer(place, problems);
        for (key, text) in [("name", &self.name), ("client_id", &self.client_id)] {
            if text.trim().is_empty() {
                problems.add(place(key), "it is empty", "write a name that patients recognise");
            }
        }
        let is_token = |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let lists = [
            ("scopes", &self.scopes),
            ("acr_values", &self.acr_values),
            ("mfa_amr", &self.mfa_amr),
        ];
        for (key, list) in lists {
            if !list.iter().all(is_token) {
                problems.add(
                    place(key),
                    "it is empty or contains spaces",
                    "write one value per element",
                );
            }
        }
        if !self.scopes.iter().any(|scope| scope == "openid") {
            let remedy = "add it: without it, the provider sends no ID token";
            problems.add(place("scopes"), "\"openid\" is missing", remedy);
        }
        let known = |name: &String| ALGORITHMS.contains(&name.as_str());
        if self.id_token_alg.is_empty() || !self.id_token_alg.iter().all(known) {
            let remedy = format!("choose among {}", ALGORITHMS.join(", "));
            problems.add(
                place("id_token_alg"),
                "it is empty, or contains an algorithm that is not accepted here",
                remedy,
            );
        }
    }

    fn check_issuer(&self, place: &dyn Fn(&str) -> String, problems: &mut Problems) {
        let url = Url::parse(&self.issuer).ok();
        let url = url.filter(|url| url.host().is_some() && url.query().is_none() && url.fragment().is_none());
        match url {
            Some(url) if url.scheme() == "https" => {
                if self.ca_file.is_none() {
                    let remedy = "name a file of certificate authorities to trust, such as /etc/ssl/certs/ca-certificates.crt for the public ones";
                    problems.add(place("ca_file"), "it is missing", remedy);
                }
            }
            Some(url) if url.scheme() == "http" && is_this_machine(&url) => {}
            _ => problems.add(
                place("issuer"),
                "not an https address without query",
                "write it as the provider's openid-configuration does",
            ),
        }
    }
}

pub(super) fn check(lab: &LabId, providers: &[Provider], problems: &mut Problems) {
    let mut seen = BTreeSet::new();
    for provider in providers {
        let place = |key: &str| format!("[[lab]] {}: [[lab.provider]] {}: {key}", lab, provider.id);
        if !seen.insert(&provider.id) {
            problems.add(
                place("id"),
                "two providers of this lab have it",
                "give each an id of its own",
            );
        }
        provider.check(&place, problems);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "id = 'fc'\nname = 'FranceConnect'\nissuer = 'https://fc.example/api/v2'\nclient_id = 'a'\n\
         client_secret_file = 's'\nca_file = 'c'\n";

    fn problems(change: &[(&str, &str)]) -> String {
        let mut table: toml::Table = toml::from_str(GOOD).unwrap();
        for (key, value) in change {
            let value: toml::Table = toml::from_str(&format!("it = {value}")).unwrap();
            table.insert((*key).to_owned(), value["it"].clone());
        }
        if change.contains(&("issuer", "'http://127.0.0.1:9'")) {
            table.remove("ca_file");
        }
        let provider: Provider = table.try_into().unwrap();
        let mut problems = Problems::default();
        provider.check(&|key| key.to_owned(), &mut problems);
        let places: Vec<_> = problems.iter().map(|problem| problem.place.clone()).collect();
        places.join(",")
    }

    #[test]
    fn the_former_name_is_read_as_well() {
        let lab: crate::Lab = toml::from_str(
            "id = \"lab-1\"\nname = \"L\"\nportal = \"https://p.example\"\neidas2_means = [\"upstream\", \"upstream-and-code\", \"passkey\"]\n\
             [[upstream]]\nid = \"compte\"\nname = \"Compte\"\nissuer = \"https://id.example\"\nclient_id = \"c\"\nclient_secret_file = \"s\"\n\
             ca_file = \"a\"\n",
        )
        .unwrap();
        assert_eq!(lab.providers.len(), 1);
        assert_eq!(lab.eidas2_means, ["provider", "provider-and-code", "passkey"]);
    }

    #[test]
    fn a_provider_is_reached_over_tls_and_signs_with_a_key_of_its_own() {
        assert_eq!(problems(&[]), "");
        assert_eq!(problems(&[("issuer", "'http://127.0.0.1:9'")]), "");
        for (key, value) in [
            ("issuer", "'http://fc.example'"),
            ("issuer", "'https://fc.example?x=y'"),
            ("issuer", "'fc.example'"),
            ("scopes", "['profile']"),
            ("scopes", "['openid profile']"),
            ("acr_values", "['']"),
            ("id_token_alg", "['HS256']"),
            ("id_token_alg", "[]"),
            ("name", "' '"),
        ] {
            let found = problems(&[(key, value)]);
            assert!(found.split(',').any(|place| place == key), "{key} {value}: {found}");
        }
        let without = GOOD.replace("ca_file = 'c'\n", "");
        let provider: Provider = toml::from_str(&without).unwrap();
        let mut found = Problems::default();
        provider.check(&|key| key.to_owned(), &mut found);
        assert_eq!(found.iter().next().unwrap().place, "ca_file");
    }
}
