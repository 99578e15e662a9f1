//! `[[lab]]`: a laboratory and the portal its patients know.

use std::collections::BTreeSet;

use lettre::Address;
use serde::{Deserialize, Deserializer};
use url::Url;

use super::{AcceptedUntil, Problems, Provider, provider};
use kernel::ids::{LabId, ProviderId};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lab {
    pub id: LabId,
    /// As patients know it.
    pub name: String,
    /// Origin of the sign-in pages, `https://HOST[:PORT]`.
    pub portal: Url,
    /// The number for patients to call, printed on the code sheet.
    #[serde(default)]
    pub phone: Option<String>,
    /// Where people report a weakness: `mailto:` or `https:`, for `/.well-known/security.txt`.
    #[serde(default)]
    pub security_contact: Option<Url>,
    /// The sender of this lab's mails, instead of `[mail] from`.
    #[serde(default)]
    pub mail_from: Option<Address>,
    /// Who answers for the patients' data: the legal person, for the notification of a breach.
    #[serde(default)]
    pub controller: Option<String>,
    /// The contact for patients and the authority about data protection, in one line.
    #[serde(default)]
    pub data_protection_contact: Option<String>,
    /// The time zone in which patients read times.
    #[serde(default = "paris")]
    pub time_zone: String,
    /// With which means a sign-in is `eidas2` towards clients; with all others it is `eidas1`.
    #[serde(default, deserialize_with = "means")]
    pub eidas2_means: Vec<String>,
    /// How long a lab code can be used after it was issued.
    #[serde(default = "default_code_days")]
    pub lab_code_days: u32,
    /// How the LIS writes dates that have the year last; without it, a file that leaves it open is not imported.
    #[serde(default)]
    pub date_order: Option<DateOrder>,
    #[serde(default)]
    pub accepted_until: AcceptedUntil,
    /// Providers whose identities patients may link with their account.
    #[serde(rename = "provider", alias = "upstream", default)]
    pub providers: Vec<Provider>,
}

/// Which of two numbers before a year is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    DayFirst,
    MonthFirst,
}

impl std::str::FromStr for DateOrder {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "day-first" => Ok(Self::DayFirst),
            "month-first" => Ok(Self::MonthFirst),
            _ => Err("day-first or month-first expected"),
        }
    }
}

/// What [`Lab::eidas2_means`] may name.
pub const MEANS: [&str; 5] = [
    "password-and-code",
    "password-and-recovery-code",
    "passkey",
    "provider",
    "provider-and-code",
];

/// Files written before providers had their name call them upstreams.
fn means<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(from)?;
    let renamed = |name: String| match name.as_str() {
        "upstream" => "provider".to_owned(),
        "upstream-and-code" => "provider-and-code".to_owned(),
        _ => name,
    };
    Ok(names.into_iter().map(renamed).collect())
}

fn paris() -> String {
    "Europe/Paris".to_owned()
}

fn default_code_days() -> u32 {
    14
}

impl Lab {
    pub fn provider(&self, id: &ProviderId) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id == *id)
    }

    /// `https://host[:port]`, without a trailing slash.
    pub fn portal_origin(&self) -> String {
        self.portal.origin().ascii_serialization()
    }

    /// The same host at another port.
    pub fn origin_at(&self, port: u16) -> String {
        let mut url = self.portal.clone();
        // Refused only for addresses without a host, which the configuration's check leaves none of.
        match url.set_port(Some(port)) {
            Ok(()) => url.origin().ascii_serialization(),
            Err(()) => self.portal_origin(),
        }
    }
}

pub(super) fn check(labs: &[Lab], problems: &mut Problems) {
    if labs.is_empty() {
        problems.add("[[lab]]", "there is none", "describe at least one laboratory");
    }
    let mut seen = BTreeSet::new();
    for lab in labs {
        let place = |key: &str| format!("[[lab]] {}: {key}", lab.id);
        if !seen.insert(&lab.id) {
            problems.add(place("id"), "two labs have it", "give each lab an id of its own");
        }
        if lab.id.is_operators() {
            problems.add(
                place("id"),
                "operators' own accounts are stored under this id",
                "choose another id",
            );
        }
        if lab.portal.scheme() != "https" || lab.portal.path() != "/" || lab.portal.query().is_some() {
            problems.add(
                place("portal"),
                "not an https origin",
                "write https://HOST or https://HOST:PORT",
            );
        }
        if lab.portal.domain().is_none() {
            problems.add(
                place("portal"),
                "an address instead of a host name",
                "write a host name: passkeys are made for one",
            );
        }
        if lab.name.trim().is_empty() {
            problems.add(place("name"), "it is empty", "write the name patients know");
        }
        if jiff::tz::TimeZone::get(&lab.time_zone).is_err() {
            problems.add(
                place("time_zone"),
                "no such time zone",
                "write an IANA name such as Europe/Paris",
            );
        }
        if lab.eidas2_means.iter().any(|name| !MEANS.contains(&name.as_str())) {
            problems.add(
                place("eidas2_means"),
                "no such means of signing in",
                format!("choose from {}", MEANS.join(", ")),
            );
        }
        if !(1..=60).contains(&lab.lab_code_days) {
            problems.add(
                place("lab_code_days"),
                "outside 1 to 60",
                "initial codes are short-lived: 14 is the default",
            );
        }
        lab.accepted_until.check(&place("[lab.accepted_until]"), problems);
        provider::check(&lab.id, &lab.providers, problems);
    }
}
