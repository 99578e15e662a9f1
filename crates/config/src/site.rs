//! `[[site]]`: one host name in front of one LIS, and the rules of its gate.
//!
//! Reading is in two steps: serde refuses unknown keys and wrong types, [`SiteSection::validate`] refuses values that
//! cannot work. URL patterns are compiled by the gate, which reports in the same form ([`SiteProblem`]).

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use serde::Deserialize;
use url::Url;

use kernel::ids::{LabId, SiteId};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteSection {
    pub id: SiteId,
    pub lab: LabId,
    /// Where patients go: `https://results.lab.example`, with a port if it is not 443.
    pub origin: String,
    /// Where the LIS listens: `http://127.0.0.1:9000`, or `https://…` with `upstream_ca_file`.
    pub upstream: String,
    #[serde(default)]
    pub mode: GateMode,
    #[serde(default = "five")]
    pub connect_timeout_seconds: u64,
    /// How long the LIS may stay silent: before it answers, and between two pieces of an answer.
    #[serde(default = "thirty")]
    pub response_timeout_seconds: u64,
    /// PEM file of the authorities that may sign the LIS's certificate.
    #[serde(default)]
    pub upstream_ca_file: Option<PathBuf>,
    /// Who the LIS is told it is.
    #[serde(default)]
    pub host: ToldHost,
    /// Request headers that this LIS gets beyond those that every LIS gets.
    #[serde(default)]
    pub pass_headers: Vec<String>,
    /// Request headers that this LIS does not get, though others do.
    #[serde(default)]
    pub strip_headers: Vec<String>,
    /// Cookies of the LIS that the scripts of its pages may read.
    #[serde(default)]
    pub script_cookies: Vec<String>,
    /// Proxies that may ask whether a request may pass (forward-auth): the addresses from which they ask.
    #[serde(default)]
    pub forward_auth_from: Vec<IpNet>,
    #[serde(default, rename = "rule")]
    pub rules: Vec<RuleSection>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSection {
    /// A pattern: `/records/{record}/**`, `/print?nr={record}`.
    pub url: String,
    #[serde(default = "get_and_head")]
    pub methods: Vec<String>,
    pub requires: Requirement,
    /// Whether the bodies of a `{record}` rule are compared with its record.
    #[serde(default)]
    pub body: BodyCheck,
    /// Why they are not.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Which host name the LIS is told is its own, in `Host` and in all that agrees with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum ToldHost {
    /// The one that patients see.
    Site,
    /// The one at which it is called.
    #[default]
    Upstream,
    Name(String),
}

impl From<String> for ToldHost {
    fn from(text: String) -> Self {
        match text.as_str() {
            "site" => Self::Site,
            "upstream" => Self::Upstream,
            _ => Self::Name(text),
        }
    }
}

/// Whether what a body names has to be the record of the URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyCheck {
    #[default]
    Compared,
    /// The LIS has to compare, or takes no record from bodies. Wants a reason.
    Unchecked,
}

/// What an unmapped URL meets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateMode {
    /// It is denied.
    #[default]
    Enforce,
    /// It is let through to signed-in visitors, and a rule for it is drafted. For the weeks of integration only.
    Learn,
}

/// What a URL asks of the visitor, from nothing to the right to one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Requirement {
    Public,
    Session,
    Record,
}

/// A value that cannot work, worded so that the reader can fix it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteProblem {
    pub site: SiteId,
    /// Counted from 1 in the order of the file.
    pub rule: Option<usize>,
    pub field: &'static str,
    pub remedy: String,
}

impl SiteProblem {
    /// Site, rule and key, as a reader of the file counts them.
    pub fn place(&self) -> String {
        match self.rule {
            Some(number) => format!("[[site]] {}, rule {number}: {}", self.site, self.field),
            None => format!("[[site]] {}: {}", self.site, self.field),
        }
    }
}

impl fmt::Display for SiteProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place(), self.remedy)
    }
}

impl std::error::Error for SiteProblem {}

impl SiteSection {
    /// Every problem of the section, so that they can be fixed in one go; empty if there are none.
    pub fn validate(&self) -> Vec<SiteProblem> {
        let mut problems = Vec::new();
        let mut note = |field, remedy: Option<String>| {
            problems.extend(remedy.map(|remedy| self.problem(None, field, remedy)));
        };
        note("origin", origin_remedy(&self.origin, &["https"]));
        note("upstream", origin_remedy(&self.upstream, &["http", "https"]));
        note("upstream_ca_file", self.ca_remedy());
        note("connect_timeout_seconds", timeout_remedy(self.connect_timeout_seconds));
        note(
            "response_timeout_seconds",
            timeout_remedy(self.response_timeout_seconds),
        );
        for name in self.pass_headers.iter().filter(|name| is_ours(name)) {
            let remedy = format!("\"{name}\" belongs to the gate or to one connection: leave it out");
            note("pass_headers", Some(remedy));
        }
        for name in self
            .pass_headers
            .iter()
            .filter(|name| !is_token(name) || name.contains('_'))
        {
            note("pass_headers", Some(format!("\"{name}\" is not a header name")));
        }
        for name in self
            .script_cookies
            .iter()
            .filter(|name| name.is_empty() || !name.bytes().all(is_in_cookie_name))
        {
            note("script_cookies", Some(format!("\"{name}\" is not a cookie's name")));
        }
        note("host", self.host_remedy());
        for name in self.strip_headers.iter().filter(|name| !is_token(name)) {
            note("strip_headers", Some(format!("\"{name}\" is not a header name")));
        }
        for net in self.forward_auth_from.iter().filter(|net| net.prefix_len() == 0) {
            let remedy = format!("{net} would answer anyone: list the addresses of your own proxies");
            note("forward_auth_from", Some(remedy));
        }
        if self.rules.is_empty() && self.mode == GateMode::Enforce {
            let remedy = "no rule, so every page is denied: write [[site.rule]] entries, or set mode = \"learn\"";
            note("rule", Some(remedy.to_owned()));
        }
        for (index, rule) in self.rules.iter().enumerate() {
            problems.extend(
                rule.remedies()
                    .map(|(field, remedy)| self.problem(Some(index + 1), field, remedy)),
            );
        }
        problems
    }

    pub fn problem(&self, rule: Option<usize>, field: &'static str, remedy: String) -> SiteProblem {
        SiteProblem {
            site: self.id.clone(),
            rule,
            field,
            remedy,
        }
    }

    pub const fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_timeout_seconds)
    }

    /// May a proxy at this address ask whether a request may pass? `peer`: who holds the connection, whatever any header
    /// says.
    pub fn is_asked_from(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.forward_auth_from.iter().any(|net| net.contains(&peer))
    }

    pub const fn response_timeout(&self) -> Duration {
        Duration::from_secs(self.response_timeout_seconds)
    }

    /// The rules whose bodies may name any record, with the reason given for it.
    pub fn unchecked_bodies(&self) -> impl Iterator<Item = (&RuleSection, &str)> {
        let unchecked = self.rules.iter().filter(|rule| rule.body == BodyCheck::Unchecked);
        unchecked.map(|rule| (rule, rule.reason.as_deref().unwrap_or_default()))
    }

    fn host_remedy(&self) -> Option<String> {
        let ToldHost::Name(name) = &self.host else { return None };
        let origin = format!("http://{name}");
        origin_remedy(&origin, &["http"])
            .map(|_| "write \"site\", \"upstream\", or a host name with its port where it has one".to_owned())
    }

    fn ca_remedy(&self) -> Option<String> {
        (self.upstream.starts_with("https:") && self.upstream_ca_file.is_none()).then(|| {
            "an https upstream needs the authorities to trust: the LIS's own, or the system's, which is \
             /etc/ssl/certs/ca-certificates.crt on Debian"
                .to_owned()
        })
    }
}

impl RuleSection {
    fn remedies(&self) -> impl Iterator<Item = (&'static str, String)> {
        let url = (!self.url.starts_with('/')).then(|| ("url", "start the pattern with '/'".to_owned()));
        let none = self
            .methods
            .is_empty()
            .then(|| ("methods", "name one, or leave the key out for GET and HEAD".to_owned()));
        let bad = self.methods.iter().filter(|name| !is_method(name)).map(|name| {
            (
                "methods",
                format!("\"{name}\" cannot be passed on: write upper-case methods such as \"POST\""),
            )
        });
        let reason = self.reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
        let body = match (self.body, self.requires) {
            (BodyCheck::Unchecked, Requirement::Record) if !reason => Some((
                "reason",
                "say why bodies that may name another record are let through, as in reason = \"the LIS reads no record from them\"",
            )),
            (BodyCheck::Unchecked, Requirement::Public | Requirement::Session) => {
                Some(("body", "only a rule with {record} compares bodies: leave the key out"))
            }
            (BodyCheck::Compared, _) if self.reason.is_some() => {
                Some(("reason", "a reason belongs to body = \"unchecked\": leave the key out"))
            }
            _ => None,
        };
        let body = body.map(|(field, remedy)| (field, remedy.to_owned()));
        url.into_iter().chain(none).chain(bad).chain(body)
    }
}

fn origin_remedy(text: &str, schemes: &[&str]) -> Option<String> {
    let wanted = || {
        format!(
            "write scheme, host and port only, as in \"{}://host.example:8443\"",
            schemes.join("|")
        )
    };
    let Ok(url) = Url::parse(text) else {
        return Some(wanted());
    };
    let bare = url.path() == "/"
        && !text.ends_with('/')
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    (!bare || !schemes.contains(&url.scheme()) || url.host_str().is_none()).then(wanted)
}

fn timeout_remedy(seconds: u64) -> Option<String> {
    (!(1..=600).contains(&seconds)).then(|| "choose 1 to 600 seconds".to_owned())
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

/// What the gate says itself, what leads it, and what is about one connection.
fn is_ours(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let beginnings = ["x-vestibule", "x-forwarded", "proxy"];
    beginnings.iter().any(|beginning| name.starts_with(beginning))
        || [
            "connection",
            "content-length",
            "cookie",
            "expect",
            "forwarded",
            "host",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
        ]
        .contains(&name.as_str())
}

fn is_in_cookie_name(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&byte)
}

/// `CONNECT` and `TRACE` reach behind the page that a rule is about, so no rule can allow them.
fn is_method(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase()) && !["CONNECT", "TRACE"].contains(&text)
}

const fn five() -> u64 {
    5
}

const fn thirty() -> u64 {
    30
}

fn get_and_head() -> Vec<String> {
    vec!["GET".to_owned(), "HEAD".to_owned()]
}

#[cfg(test)]
#[path = "site_tests.rs"]
mod tests;
