//! Whether this machine's clock can be right, judged by every other clock that left a trace. Codes are good for half a
//! minute, so with a clock an hour off no one gets in.

use std::time::Duration;

use super::Check;
use kernel::clock::Timestamp;

/// Answers take time, and file systems round.
const TOLERATED: Duration = Duration::from_secs(5);
/// From here on, right codes are refused.
const TOO_MUCH: Duration = Duration::from_secs(30);

const REMEDY: &str = "synchronize the clocks (timedatectl set-ntp true, or chrony); codes depend on them";

#[derive(Clone, Debug)]
enum Reference {
    Now(String, Timestamp),
    /// Something that has happened already.
    Past(String, Timestamp),
}

/// Other clocks, and the newest thing each of them has dated.
#[derive(Clone, Debug, Default)]
pub(super) struct References(Vec<Reference>);

impl References {
    pub fn now(&mut self, whose: impl Into<String>, at: Timestamp) {
        self.0.push(Reference::Now(whose.into(), at));
    }

    pub fn not_before(&mut self, what: impl Into<String>, at: Option<Timestamp>) {
        self.0.extend(at.map(|at| Reference::Past(what.into(), at)));
    }

    pub fn judge(&self, now: Timestamp) -> Check {
        let worst = self.0.iter().map(|reference| (off(reference, now), reference));
        let Some((off, reference)) = worst.max_by_key(|(off, _)| *off) else {
            return Check::ok("clock", format!("{now}; there is no other clock to compare with"));
        };
        if off <= TOLERATED {
            let others: Vec<&str> = self.0.iter().map(name).collect();
            return Check::ok("clock", format!("{now}, in agreement with {}", others.join(", ")));
        }
        let what = match reference {
            Reference::Now(whose, at) => {
                let side = if *at > now { "behind" } else { "ahead of" };
                format!("this machine's clock is {} {side} that of {whose}", said(off))
            }
            Reference::Past(what, at) => format!("{what} is dated {at}, {} in the future", said(off)),
        };
        match off > TOO_MUCH {
            true => Check::problem("clock", what, REMEDY),
            false => Check::warning("clock", what, REMEDY),
        }
    }
}

fn off(reference: &Reference, now: Timestamp) -> Duration {
    match reference {
        Reference::Now(_, at) => at.since(now).max(now.since(*at)),
        Reference::Past(_, at) => at.since(now),
    }
}

fn name(reference: &Reference) -> &str {
    match reference {
        Reference::Now(name, _) | Reference::Past(name, _) => name,
    }
}

fn said(span: Duration) -> String {
    match span.as_secs() {
        seconds @ 0..120 => format!("{seconds} seconds"),
        seconds @ 120..7_200 => format!("{} minutes", seconds / 60),
        seconds => format!("{} hours", seconds / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

    #[test]
    fn a_clock_an_hour_off_is_named() {
        let hour = Duration::from_secs(3_600);
        let mut ahead = References::default();
        ahead.now("the database server", NOW.minus(hour));
        let check = ahead.judge(NOW);
        assert_eq!(check.status, Status::Problem);
        assert_eq!(
            check.what,
            "this machine's clock is 60 minutes ahead of that of the database server"
        );
        let mut behind = References::default();
        behind.not_before("the newest audit event", Some(NOW.plus(hour)));
        assert!(behind.judge(NOW).what.contains("60 minutes in the future"));
        let mut right = References::default();
        right.now("the database server", NOW.minus(Duration::from_secs(1)));
        right.not_before("the newest audit event", Some(NOW.minus(hour * 24)));
        assert_eq!(right.judge(NOW).status, Status::Ok);
    }
}
