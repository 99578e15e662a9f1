//! How long an account's public bucket makes the next attempt wait: a pure function of the failures so far (R-19,
//!

use std::time::Duration;

use serde::{Deserialize, Serialize};

use kernel::clock::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// A mistyped password and a late code must not make anyone wait.
const FREE_FAILURES: u32 = 2;
const FIRST_DELAY: Duration = Duration::from_secs(20);
const LONGEST_DELAY: Duration = Duration::from_secs(3600);

/// A failure that is later than now by more was counted by a clock that ran ahead: it makes nobody wait for that time.
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub failures_per_day: u32,
    pub failures_in_a_row: u32,
    /// On an identifier whose password circulates.
    pub listed_failures_per_day: u32,
}

impl Limits {
    #[must_use]
    pub fn of_listed(self) -> Self {
        Self {
            failures_per_day: self.failures_per_day.min(self.listed_failures_per_day),
            ..self
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backoff {
    /// Failures since the holder was last let in, by whatever way.
    in_a_row: u32,
    /// Failures since the last success by this way; the delays depend on them.
    #[serde(default)]
    delaying: u32,
    /// Failures of the last 24 hours, oldest first, epoch microseconds.
    recent: Vec<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackoffDecision {
    Evaluate,
    Wait(Duration),
    /// Too many failures in a row: nothing is right any more until the means are bound again.
    Exhausted,
}

impl Backoff {
    /// What a stranger can see of the answer follows from the last 24 hours alone: older failures are kept for
    /// accounts that exist and forgotten for identifiers that do not, and the two must be indistinguishable.
    pub fn admit(&self, limits: Limits, now: Timestamp) -> BackoffDecision {
        let wait = self.until_delay_over(now).max(self.until_day_has_room(limits, now));
        if !wait.is_zero() {
            return BackoffDecision::Wait(wait);
        }
        if self.in_a_row >= limits.failures_in_a_row {
            BackoffDecision::Exhausted
        } else {
            BackoffDecision::Evaluate
        }
    }

    /// Counts an attempt before it is evaluated, so that a thousand attempts at once are not one.
    #[must_use]
    pub fn with_attempt(mut self, now: Timestamp) -> Self {
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.delaying = self.delaying.saturating_add(1);
        self.recent.retain(|at| now.since(Timestamp::from_micros(*at)) < DAY);
        self.recent.push(now.micros());
        self
    }

    /// The attempt counted at `attempted_at` was a success: it was no failure, and the row of failures ends.
    #[must_use]
    pub fn with_success(mut self, attempted_at: Timestamp) -> Self {
        self = self.without_attempt(attempted_at);
        self.delaying = 0;
        self.reopened()
    }

    /// The holder was let in by another way: an attempt by this one is told what it would have been told anyway.
    #[must_use]
    pub fn reopened(mut self) -> Self {
        self.in_a_row = 0;
        self
    }

    /// The attempt counted at `attempted_at` was never evaluated to its end, for reasons that are ours.
    #[must_use]
    pub fn without_attempt(mut self, attempted_at: Timestamp) -> Self {
        // One that is missing was never committed: no one else's failures are taken back for it.
        if let Some(index) = self.recent.iter().rposition(|at| *at == attempted_at.micros()) {
            self.recent.remove(index);
            self.in_a_row = self.in_a_row.saturating_sub(1);
            self.delaying = self.delaying.saturating_sub(1);
        }
        self
    }

    fn until_delay_over(&self, now: Timestamp) -> Duration {
        let today = self.today(now);
        let Some(last) = today.last() else {
            return Duration::ZERO;
        };
        let counted = u32::try_from(today.len()).unwrap_or(u32::MAX).min(self.delaying);
        delay(counted).saturating_sub(now.since(*last))
    }

    fn until_day_has_room(&self, limits: Limits, now: Timestamp) -> Duration {
        let today = self.today(now);
        let oldest_that_counts = today.len().checked_sub(limits.failures_per_day as usize);
        match oldest_that_counts.and_then(|index| today.get(index)) {
            Some(oldest) => DAY.saturating_sub(now.since(*oldest)),
            None => Duration::ZERO,
        }
    }

    /// Failures of the last 24 hours, oldest first.
    fn today(&self, now: Timestamp) -> Vec<Timestamp> {
        let recent = self.recent.iter().map(|at| Timestamp::from_micros(*at));
        let latest = now.plus(CLOCKS_DIFFER);
        recent.filter(|at| now.since(*at) < DAY && *at <= latest).collect()
    }
}

/// Doubles with every failure: 20 s after the third, 80 s after the fifth, an hour at most.
fn delay(failures_in_a_row: u32) -> Duration {
    match failures_in_a_row.checked_sub(FREE_FAILURES + 1) {
        None => Duration::ZERO,
        Some(doublings) => FIRST_DELAY
            .saturating_mul(2_u32.saturating_pow(doublings))
            .min(LONGEST_DELAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        failures_per_day: 25,
        failures_in_a_row: 100,
        listed_failures_per_day: 5,
    };

    fn after(failures: u32, every: Duration) -> (Backoff, Timestamp) {
        let mut now = Timestamp::from_seconds(1_790_000_000);
        let mut backoff = Backoff::default();
        for _ in 0..failures {
            backoff = backoff.with_attempt(now);
            now = now.plus(every);
        }
        (backoff, now)
    }

    #[test]
    fn r20_delays_double_and_pass_a_minute_after_five_failures() {
        for (failures, seconds) in [(1, 0), (2, 0), (3, 20), (4, 40), (5, 80), (6, 160), (60, 3600)] {
            assert_eq!(delay(failures), Duration::from_secs(seconds), "{failures}");
        }
        let (backoff, now) = after(5, Duration::ZERO);
        assert_eq!(
            backoff.admit(LIMITS, now),
            BackoffDecision::Wait(Duration::from_secs(80))
        );
        assert_eq!(
            backoff.admit(LIMITS, now.plus(Duration::from_secs(80))),
            BackoffDecision::Evaluate
        );
    }

    #[test]
    fn r20_no_simulated_day_of_a_month_sees_more_than_25_failures() {
        let start = Timestamp::from_seconds(1_790_000_000);
        let (mut now, mut backoff, mut failures) = (start, Backoff::default(), Vec::new());
        let unlimited_row = Limits {
            failures_in_a_row: u32::MAX,
            ..LIMITS
        };
        while now.since(start) < DAY * 31 {
            now = match backoff.admit(unlimited_row, now) {
                BackoffDecision::Wait(wait) => now.plus(wait),
                BackoffDecision::Exhausted => unreachable!("the row is unlimited here"),
                BackoffDecision::Evaluate => {
                    backoff = backoff.with_attempt(now);
                    failures.push(now);
                    now
                }
            };
        }
        for (index, at) in failures.iter().enumerate() {
            let within = failures[index..].iter().filter(|later| later.since(*at) < DAY).count();
            assert!(within <= 25, "{within} failures in the day from {at}");
        }
        assert!(
            failures.len() > 600,
            "the simulation did not simulate anything: {}",
            failures.len()
        );
    }

    #[test]
    fn what_circulates_is_tried_five_times_a_day_and_never_more_than_anything_else() {
        let (backoff, now) = after(5, Duration::from_secs(3600));
        assert_eq!(backoff.admit(LIMITS, now), BackoffDecision::Evaluate);
        assert!(matches!(backoff.admit(LIMITS.of_listed(), now), BackoffDecision::Wait(wait) if wait > DAY / 2));
        let (four, now) = after(4, Duration::from_secs(3600));
        assert_eq!(four.admit(LIMITS.of_listed(), now), BackoffDecision::Evaluate);
        let strict = Limits {
            failures_per_day: 3,
            ..LIMITS
        };
        assert_eq!(strict.of_listed().failures_per_day, 3);
    }

    #[test]
    fn r21_failures_of_another_day_change_nothing_that_a_stranger_sees() {
        let (known, now) = after(99, Duration::from_secs(3600));
        let later = now.plus(DAY);
        let unknown = Backoff::default();
        let (mut known, mut unknown, mut at) = (known, unknown, later);
        for _ in 0..40 {
            let seen = |backoff: &Backoff| match backoff.admit(LIMITS, at) {
                BackoffDecision::Wait(wait) => Some(wait),
                BackoffDecision::Evaluate | BackoffDecision::Exhausted => None,
            };
            assert_eq!(seen(&known), seen(&unknown));
            if let Some(wait) = seen(&known) {
                at = at.plus(wait);
            }
            (known, unknown) = (known.with_attempt(at), unknown.with_attempt(at));
        }
    }

    #[test]
    fn a_clock_that_ran_ahead_keeps_nobody_waiting() {
        let (backoff, ahead) = after(7, Duration::ZERO);
        assert!(matches!(backoff.admit(LIMITS, ahead), BackoffDecision::Wait(_)));
        assert_eq!(backoff.admit(LIMITS, ahead.minus(DAY)), BackoffDecision::Evaluate);
        let almost = backoff.admit(LIMITS, ahead.minus(Duration::from_secs(5)));
        assert!(
            matches!(almost, BackoffDecision::Wait(_)),
            "two servers differ by seconds"
        );
    }

    #[test]
    fn r19_after_100_failures_in_a_row_nothing_is_evaluated_ever_again() {
        let (backoff, now) = after(100, DAY);
        assert_eq!(backoff.admit(LIMITS, now.plus(DAY * 365)), BackoffDecision::Exhausted);
        let (backoff, now) = after(99, DAY);
        assert_eq!(backoff.admit(LIMITS, now), BackoffDecision::Evaluate);
    }

    #[test]
    fn a_success_by_another_way_opens_the_bucket_again_and_tells_a_stranger_nothing() {
        let (backoff, now) = after(7, Duration::ZERO);
        assert_eq!(
            backoff.clone().reopened().admit(LIMITS, now),
            backoff.admit(LIMITS, now)
        );
        let (exhausted, now) = after(100, DAY);
        assert_eq!(exhausted.reopened().admit(LIMITS, now), BackoffDecision::Evaluate);
    }

    #[test]
    fn a_success_ends_the_row_but_keeps_the_day() {
        let (backoff, now) = after(24, Duration::ZERO);
        let backoff = backoff.with_attempt(now).with_success(now);
        assert_eq!(backoff.admit(LIMITS, now), BackoffDecision::Evaluate);
        let backoff = backoff.with_attempt(now);
        assert!(
            matches!(backoff.admit(LIMITS, now), BackoffDecision::Wait(wait) if wait > Duration::from_secs(80_000))
        );
    }
}
