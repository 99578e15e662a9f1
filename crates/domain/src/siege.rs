//! When a whole lab is being guessed at: a million codes are few where half a million accounts are tried, each within
//! its own limits. A pure function of counts; what a siege asks for is in `service/attempts/codes.rs`.

use std::time::Duration;

use kernel::clock::Timestamp;

/// What is counted together.
pub const SLOT: Duration = Duration::from_secs(60);
/// What is compared with the usual.
pub const WINDOW: Duration = Duration::from_secs(10 * 60);
/// For so long it must have been quiet before a siege ends.
pub const QUIET: Duration = Duration::from_secs(30 * 60);
/// What a state follows from, as far back as it goes.
pub const RECENT: Duration = Duration::from_secs(40 * 60);
/// From what the usual follows.
pub const REMEMBERED: Duration = Duration::from_secs(14 * 86_400);
/// Standard deviations beyond the usual.
const MARGIN: f64 = 3.0;

/// How attempts from browsers that are not a trusted device ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub failures: u64,
    /// During a siege: shown to the form again before anything was looked at.
    pub turned_away: u64,
    pub successes: u64,
}

impl Counts {
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            failures: self.failures + other.failures,
            turned_away: self.turned_away + other.turned_away,
            successes: self.successes + other.successes,
        }
    }

    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self {
            failures: self.failures.saturating_sub(other.failures),
            turned_away: self.turned_away.saturating_sub(other.turned_away),
            successes: self.successes.saturating_sub(other.successes),
        }
    }

    /// Those who were turned away may go on guessing as soon as a siege ends, so it does not end while they keep
    /// coming.
    fn pressure(self) -> u64 {
        self.failures + self.turned_away
    }
}

/// What was counted from `at` on, for as long as the table it is in says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub at: Timestamp,
    pub counts: Counts,
}

/// Adds to the slot of this moment; `slots` are in order.
pub fn add(slots: &mut Vec<Slot>, counts: Counts, now: Timestamp) {
    let at = now.micros()
        - now
            .micros()
            .rem_euclid(i64::try_from(SLOT.as_micros()).unwrap_or(i64::MAX));
    let at = Timestamp::from_micros(at);
    match slots.last_mut() {
        Some(slot) if slot.at == at => slot.counts = slot.counts.and(counts),
        _ => slots.push(Slot { at, counts }),
    }
}

/// The slots of the last `span`, together.
pub fn within(slots: &[Slot], span: Duration, now: Timestamp) -> Counts {
    let recent = slots.iter().filter(|slot| now.since(slot.at) < span);
    recent.fold(Counts::default(), |sum, slot| sum.and(slot.counts))
}

#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub enabled: bool,
    pub at_least: u32,
    pub factor: u32,
}

/// Failures that are usual within [`WINDOW`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Baseline {
    mean: f64,
    deviation: f64,
}

impl Baseline {
    /// `spans` are of [`WINDOW`] each, beginning at whole multiples of it, those without attempts left out; both are
    /// given oldest first. The times of earlier sieges are nothing usual. Nor is it that more fail than succeed: a span
    /// counts no more failures than successes, so that an attacker who adds a little every week never counts as usual.
    #[expect(clippy::cast_precision_loss, reason = "counts of ten minutes")]
    pub fn of(spans: &[Slot], earlier: &[Span], now: Timestamp) -> Self {
        // One siege at a time: of those that had begun by then, the last is the one that may not have ended.
        let is_usual = |at: Timestamp| {
            let begun = earlier.partition_point(|siege| siege.may_touch(at));
            let last = begun.checked_sub(1).and_then(|index| earlier.get(index));
            last.is_none_or(|siege| siege.ended.is_some_and(|ended| ended <= at))
        };
        let Some(first) = spans.iter().map(|span| span.at).find(|at| now.since(*at) >= WINDOW) else {
            return Self::default();
        };
        let length = i64::try_from(WINDOW.as_micros()).unwrap_or(i64::MAX);
        let last = now.minus(WINDOW).micros().div_euclid(length) * length;
        let number = (first.micros()..last)
            .step_by(usize::try_from(length).unwrap_or(usize::MAX))
            .filter(|at| is_usual(Timestamp::from_micros(*at)))
            .count();
        if number == 0 {
            return Self::default();
        }
        let usual = spans.iter().filter(|span| span.at.micros() < last && is_usual(span.at));
        let failures = usual.map(|span| span.counts.failures.min(span.counts.successes) as f64);
        let (sum, squares) = failures.fold((0.0, 0.0), |(sum, squares), n| (sum + n, squares + n * n));
        let mean = sum / number as f64;
        Self {
            mean,
            deviation: (squares / number as f64 - mean * mean).max(0.0).sqrt(),
        }
    }
}

/// An earlier siege, or the current one.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub began: Timestamp,
    pub ended: Option<Timestamp>,
}

impl Span {
    /// What led to it came before it.
    fn may_touch(&self, at: Timestamp) -> bool {
        at.plus(WINDOW * 2) > self.began
    }
}

impl Rules {
    /// Failures within [`WINDOW`] beyond which a siege may begin.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between zero and what was counted"
    )]
    pub fn limit(&self, baseline: Baseline) -> u64 {
        let usual = f64::from(self.factor) * baseline.mean + MARGIN * baseline.deviation;
        u64::from(self.at_least).max(usual.ceil() as u64)
    }

    /// After a mail to everyone many fail, and more succeed: that is not a siege. It cannot be feigned: a success takes
    /// an account, and one account succeeds once in 30 seconds.
    pub fn is_exceeded(&self, limit: u64, window: Counts) -> bool {
        self.enabled && window.pressure() > limit && window.pressure() > window.successes
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Siege {
    pub began: Timestamp,
    /// Failures within ten minutes that were too many then.
    pub limit: u64,
    /// What was counted within them.
    pub seen: Counts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Calm,
    Siege(Siege),
}

impl State {
    /// `recent`: slots of the last [`RECENT`]; more do no harm.
    #[must_use]
    pub fn next(self, recent: &[Slot], baseline: Baseline, rules: &Rules, now: Timestamp) -> Self {
        match self {
            Self::Calm => {
                let (seen, limit) = (within(recent, WINDOW, now), rules.limit(baseline));
                if rules.is_exceeded(limit, seen) {
                    let began = now;
                    Self::Siege(Siege { began, limit, seen })
                } else {
                    Self::Calm
                }
            }
            Self::Siege(siege) if rules.enabled && !siege.is_over(recent, now) => self,
            Self::Siege(_) => Self::Calm,
        }
    }
}

impl Siege {
    /// Every ten minutes that ended within the last thirty saw less than half of what was too many.
    fn is_over(&self, recent: &[Slot], now: Timestamp) -> bool {
        let slots = u32::try_from(QUIET.as_secs() / SLOT.as_secs()).unwrap_or(u32::MAX);
        let mut ends = (0..=slots).map(|slot| now.minus(SLOT * slot));
        let was_quiet = |end: Timestamp| {
            let before = recent
                .iter()
                .filter(|slot| slot.at <= end && end.since(slot.at) < WINDOW);
            before.map(|slot| slot.counts.pressure()).sum::<u64>() * 2 < self.limit
        };
        now.since(self.began) >= QUIET && ends.all(was_quiet)
    }
}
