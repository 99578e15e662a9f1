//! Moments and waits in words, as people say them where the lab is.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{Arg, Language, Texts};
use kernel::clock::Timestamp;

/// Paris in the notation that needs no time-zone files on the machine.
const PARIS_RULES: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const TWO_HOURS: u64 = 2 * HOUR;
const DAY: u64 = 24 * HOUR;

#[derive(Debug, thiserror::Error)]
#[error("the time zone `{name}` is not known on this machine; write a name like `Europe/Paris` (package tzdata)")]
pub struct UnknownZone {
    name: String,
}

/// The time zone in which moments are told to people.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// Paris, also on a machine without time-zone files.
    ///
    /// # Errors
    /// A name that the machine's time-zone files do not hold.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        if let Ok(zone) = TimeZone::get(name) {
            return Ok(Self(zone));
        }
        let paris = (name == "Europe/Paris")
            .then(|| TimeZone::posix(PARIS_RULES).ok())
            .flatten();
        paris.map(Self).ok_or_else(|| UnknownZone { name: name.to_owned() })
    }
}

impl Zone {
    /// A moment as a form's field for one sends it, `2026-11-23T09:30`, told by the clocks of this zone.
    pub fn read(&self, typed: &str) -> Option<Timestamp> {
        let local: DateTime = typed.trim().parse().ok()?;
        let at = self.0.to_timestamp(local).ok()?;
        Some(Timestamp::from_micros(at.as_microsecond()))
    }
}

impl Texts {
    /// « 23 novembre 2026 à 20 h 15 », "23 November 2026 at 20:15".
    pub fn moment(&self, language: Language, zone: &Zone, at: Timestamp) -> String {
        let local = zone.0.to_datetime(at.civil());
        let date = self.date(language, zone, at);
        let (hour, minute) = (local.hour().to_string(), format!("{:02}", local.minute()));
        let args = [
            ("date", Arg::Text(&date)),
            ("hour", Arg::Text(&hour)),
            ("minute", Arg::Text(&minute)),
        ];
        self.with(language, "moment", &args)
    }

    /// « 23 novembre 2026 », "23 November 2026".
    pub fn date(&self, language: Language, zone: &Zone, at: Timestamp) -> String {
        let local = zone.0.to_datetime(at.civil());
        let day = match local.day() {
            1 => self.get(language, "day-first").into_owned(),
            day => day.to_string(),
        };
        let month = self.get(language, &format!("month-{}", local.month()));
        let year = local.year().to_string();
        let args = [
            ("day", Arg::Text(&day)),
            ("month", Arg::Text(&month)),
            ("year", Arg::Text(&year)),
        ];
        self.with(language, "date", &args)
    }

    /// A wait rounded up to what is worth saying: « 20 secondes », « 3 minutes », "2 hours".
    pub fn wait(&self, language: Language, seconds: u64) -> String {
        let (key, count) = match seconds {
            0..MINUTE => ("wait-seconds", seconds.max(1)),
            MINUTE..TWO_HOURS => ("wait-minutes", seconds.div_ceil(MINUTE)),
            TWO_HOURS..DAY => ("wait-hours", seconds.div_ceil(HOUR)),
            _ => ("wait-days", seconds.div_ceil(DAY)),
        };
        self.with(language, key, &[("count", Arg::Number(count))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paris() -> Zone {
        Zone::named("Europe/Paris").unwrap()
    }

    #[test]
    fn moments_are_told_in_words_and_in_local_time() {
        let texts = Texts::load().unwrap();
        let winter = Timestamp::from_seconds(1_795_461_300);
        assert_eq!(
            texts.moment(Language::Fr, &paris(), winter),
            "23 novembre 2026 à 20\u{a0}h\u{a0}15"
        );
        assert_eq!(
            texts.moment(Language::En, &paris(), winter),
            "23 November 2026 at 20:15"
        );
        let summer = Timestamp::from_seconds(1_782_858_300);
        assert_eq!(
            texts.moment(Language::Fr, &paris(), summer),
            "1er juillet 2026 à 0\u{a0}h\u{a0}25"
        );
        assert_eq!(texts.moment(Language::En, &paris(), summer), "1 July 2026 at 0:25");
    }

    #[test]
    fn every_month_has_its_name() {
        let texts = Texts::load().unwrap();
        for language in Language::ALL {
            for month in 0..12 {
                let at = Timestamp::from_seconds(1_768_500_000 + month * 30 * 86_400);
                assert!(
                    texts
                        .moment(language, &paris(), at)
                        .starts_with(|c: char| c.is_ascii_digit())
                );
            }
        }
    }

    #[test]
    fn waits_are_rounded_up() {
        let texts = Texts::load().unwrap();
        for (seconds, fr, en) in [
            (0, "1\u{a0}seconde", "1 second"),
            (20, "20\u{a0}secondes", "20 seconds"),
            (60, "1\u{a0}minute", "1 minute"),
            (61, "2\u{a0}minutes", "2 minutes"),
            (3_601, "61\u{a0}minutes", "61 minutes"),
            (7_200, "2\u{a0}heures", "2 hours"),
            (86_400, "1\u{a0}jour", "1 day"),
        ] {
            assert_eq!(texts.wait(Language::Fr, seconds), fr);
            assert_eq!(texts.wait(Language::En, seconds), en);
        }
    }

    #[test]
    fn an_unknown_zone_says_which() {
        assert!(
            Zone::named("Mars/Olympus")
                .unwrap_err()
                .to_string()
                .contains("Mars/Olympus")
        );
    }

    #[test]
    fn the_built_in_rules_for_paris_agree_with_the_files() {
        let rules = TimeZone::posix(PARIS_RULES).unwrap();
        let Ok(files) = TimeZone::get("Europe/Paris") else {
            return;
        };
        for day in 0..730 {
            let at = Timestamp::from_seconds(1_767_225_600 + day * 86_400).civil();
            assert_eq!(rules.to_offset(at), files.to_offset(at));
        }
    }
}
