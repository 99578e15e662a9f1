//! When people are told about an alert: at once, then hourly at most while it continues and no one takes it; once more
//! when no one has taken it for long, and once more when the person who took it has not closed it after a day.

use std::time::Duration;

use super::{About, Alert, Kind};
use kernel::clock::Timestamp;

/// Of one cause, at most one message leaves in so long.
pub const AT_MOST_EVERY: Duration = Duration::from_secs(3600);
const OWNED_FOR: Duration = Duration::from_secs(24 * 3600);

/// What to send about an alert now, if anything. Even one that was closed at once is sent: the person who caused it may
/// have closed it.
pub fn due(alert: &Alert, remind_after: Duration, now: Timestamp) -> Option<About> {
    if alert.cause_told_at.is_some_and(|at| at.plus(AT_MOST_EVERY) > now) {
        return None;
    }
    let Some(told_at) = alert.told_at else {
        return Some(About::Raised);
    };
    if alert.closed_at.is_some() {
        return None;
    }
    if needs_reminder(alert, remind_after, now) {
        return Some(About::Reminder);
    }
    (alert.last_at > told_at && alert.owner.is_none()).then_some(About::Again)
}

fn needs_reminder(alert: &Alert, remind_after: Duration, now: Timestamp) -> bool {
    if alert.kind == Kind::SiegeEnded {
        return false;
    }
    match alert.owned_at {
        None => alert.reminded_at.is_none() && alert.first_at.plus(remind_after) <= now,
        Some(owned_at) => alert.reminded_at.is_none_or(|at| at < owned_at) && owned_at.plus(OWNED_FOR) <= now,
    }
}

const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
/// 5 s, doubled up to an hour: a day and a half.
const MOST_ATTEMPTS: u32 = 44;

/// How long to wait after this many failed attempts. `None`: it is given up.
pub fn retry_after(attempts: u32) -> Option<Duration> {
    let doubled = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    (attempts < MOST_ATTEMPTS).then(|| FIRST_WAIT.saturating_mul(doubled).min(LONGEST_WAIT))
}

/// Of the time within which the authority must be told.
const TO_NOTIFY: Duration = Duration::from_secs(72 * 3600);
/// Hours before its end.
pub const WARNED_AT: [u32; 2] = [6, 24];

/// Which warning of the end of the 72 hours a leak has reached: so many hours are left, or fewer.
pub fn hours_left(aware_at: Timestamp, now: Timestamp) -> Option<u32> {
    let left = aware_at.plus(TO_NOTIFY).since(now);
    let reached = |hours: &u32| left <= Duration::from_secs(u64::from(*hours) * 3600);
    WARNED_AT.into_iter().find(reached).filter(|_| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::ids::AlertId;

    const START: Timestamp = Timestamp::from_seconds(1_000_000);
    const HOUR: Duration = AT_MOST_EVERY;
    const REMIND_AFTER: Duration = Duration::from_secs(4 * 3600);

    fn alert() -> Alert {
        Alert {
            id: AlertId::from_bytes([1; 16]),
            lab: "port".parse().unwrap(),
            kind: Kind::Stuffing,
            subject: String::new(),
            figure: 0,
            times: 1,
            first_at: START,
            last_at: START,
            told_at: None,
            cause_told_at: None,
            reminded_at: None,
            owner: None,
            owned_at: None,
            closed_at: None,
            note: None,
        }
    }

    /// What is sent about an alert hour by hour, each at its moment.
    fn said(mut alert: Alert, hours: u32, at_hour: impl Fn(u32, &mut Alert)) -> Vec<(u32, About)> {
        let mut said = Vec::new();
        for minute in 0..hours * 60 {
            let now = START.plus(Duration::from_secs(u64::from(minute) * 60));
            if minute % 60 == 0 {
                at_hour(minute / 60, &mut alert);
            }
            if let Some(about) = due(&alert, REMIND_AFTER, now) {
                said.push((minute / 60, about));
                (alert.told_at, alert.cause_told_at) = (Some(now), Some(now));
                if about == About::Reminder {
                    alert.reminded_at = Some(now);
                }
            }
        }
        said
    }

    #[test]
    fn r07_what_nobody_takes_is_said_once_more_and_no_oftener() {
        assert_eq!(
            said(alert(), 100, |_, _| {}),
            [(0, About::Raised), (4, About::Reminder)]
        );
    }

    #[test]
    fn r06_what_goes_on_is_said_once_an_hour_until_somebody_takes_it() {
        let goes_on = |hour: u32, alert: &mut Alert| {
            alert.last_at = START.plus(HOUR * hour).plus(Duration::from_secs(1));
            if hour == 3 {
                alert.owner = Some("operator:claire".to_owned());
                alert.owned_at = Some(START.plus(HOUR * 3));
            }
        };
        let expected = [
            (0, About::Raised),
            (1, About::Again),
            (2, About::Again),
            (27, About::Reminder),
        ];
        assert_eq!(said(alert(), 100, goes_on), expected);
    }

    #[test]
    fn r07_whoever_took_it_late_is_reminded_after_a_day_too() {
        let taken = |hour: u32, alert: &mut Alert| {
            if hour == 10 {
                alert.owner = Some("operator:claire".to_owned());
                alert.owned_at = Some(START.plus(HOUR * 10));
            }
        };
        let expected = [(0, About::Raised), (4, About::Reminder), (34, About::Reminder)];
        assert_eq!(said(alert(), 100, taken), expected);
    }

    #[test]
    fn what_is_closed_is_quiet_and_what_comes_back_within_the_hour_waits() {
        let closed = |hour: u32, alert: &mut Alert| {
            if hour == 1 {
                alert.closed_at = Some(START);
            }
        };
        assert_eq!(said(alert(), 100, closed), [(0, About::Raised)]);
        // Another one of the same cause, closed at once; the one before was sent 30 minutes ago.
        let again = Alert {
            cause_told_at: Some(START.minus(HOUR / 2)),
            closed_at: Some(START),
            ..alert()
        };
        assert_eq!(due(&again, REMIND_AFTER, START), None);
        assert_eq!(due(&again, REMIND_AFTER, START.plus(HOUR / 2)), Some(About::Raised));
    }

    #[test]
    fn attempts_double_their_distance_up_to_an_hour_and_end_after_a_day_or_two() {
        let waits: Vec<_> = (1..).map_while(retry_after).collect();
        assert_eq!(waits[..3], [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]);
        assert!(waits.is_sorted() && waits.iter().all(|wait| *wait <= LONGEST_WAIT));
        let total: Duration = waits.iter().sum();
        assert!(total > HOUR * 24 && total < HOUR * 48, "{total:?}");
        assert_eq!(retry_after(u32::MAX), None);
    }

    #[test]
    fn the_72_hours_warn_twice() {
        let at = |hours: u32| hours_left(START, START.plus(HOUR * hours));
        assert_eq!((at(0), at(47)), (None, None));
        assert_eq!((at(48), at(65)), (Some(24), Some(24)));
        assert_eq!((at(66), at(71)), (Some(6), Some(6)));
        assert_eq!((at(72), at(90)), (None, None), "it is too late to be in time");
    }
}
