//! `[lab.accepted_until]`: until when a lab accepts which means of signing in.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::Problems;
use kernel::clock::Timestamp;

/// Those that every lab has. Providers have a last day of their own.
pub const OWN_MEANS: [&str; 2] = ["password-and-code", "passkey"];

/// The last day of each.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct AcceptedUntil(BTreeMap<String, Day>);

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
struct Day(#[serde(deserialize_with = "day")] Date);

impl AcceptedUntil {
    /// None: no last day is set.
    pub fn of(&self, means: &str) -> Option<Date> {
        self.0.get(means).map(|day| day.0)
    }

    pub(super) fn check(&self, place: &str, problems: &mut Problems) {
        for name in self.0.keys().filter(|name| !OWN_MEANS.contains(&name.as_str())) {
            let remedy = format!("choose from {}", OWN_MEANS.join(", "));
            problems.add(place, format!("'{name}' is not a means that every lab has"), remedy);
        }
    }
}

fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    let text = String::deserialize(from)?;
    text.parse()
        .map_err(|_| D::Error::custom("a day as \"2029-12-31\" expected"))
}

/// A day, as `"2029-12-31"`.
pub(super) fn date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    let day: Option<Day> = Option::deserialize(from)?;
    Ok(day.map(|day| day.0))
}

/// Which day it is, where the lab is.
pub fn today(time_zone: &str, now: Timestamp) -> Date {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    zone.to_datetime(now.civil()).date()
}

/// Whether that day is over, where the lab is.
pub fn is_over(until: Option<Date>, time_zone: &str, now: Timestamp) -> bool {
    until.is_some_and(|until| today(time_zone, now) > until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r30_a_means_is_accepted_until_the_end_of_its_last_day() {
        let policy: AcceptedUntil = toml::from_str("passkey = '2026-12-31'").unwrap();
        let at = |text: &str| Timestamp::from_seconds(text.parse::<jiff::Timestamp>().unwrap().as_second());
        let is_over = |text| is_over(policy.of("passkey"), "Europe/Paris", at(text));
        assert!(!is_over("2026-12-31T22:59:59Z"));
        assert!(is_over("2026-12-31T23:00:00Z"));
        let never = policy.of("password-and-code");
        assert!(!super::is_over(never, "Europe/Paris", at("2999-01-01T00:00:00Z")));
    }

    #[test]
    fn a_policy_names_means_that_there_are_and_days() {
        assert!(toml::from_str::<AcceptedUntil>("passkey = 'soon'").is_err());
        let policy: AcceptedUntil = toml::from_str("sms = '2026-12-31'").unwrap();
        let mut problems = Problems::default();
        policy.check("x", &mut problems);
        assert!(problems.iter().next().unwrap().what.contains("sms"));
    }
}
