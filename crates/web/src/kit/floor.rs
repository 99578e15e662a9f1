//! The one moment at which refusals leave: waiting costs no CPU and tells nothing.
//!
//! A refusal leaves at a multiple of the floor after its arrival. Which multiple is the same for everyone: the one that
//! the slowest attempt of the last minute needed. Else, on a busy machine, what took a hash would leave a floor later
//! than what took none, and that would reveal that its code was right.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kernel::clock::Stopwatch;

/// For how long a slow attempt makes all refusals later; up to twice that.
const REMEMBERED: Duration = Duration::from_secs(60);
/// No one waits for more floors than this because of others.
const MOST_FLOORS: u32 = 5;

#[derive(Debug)]
pub struct Floor {
    span: Duration,
    started: Stopwatch,
    lately: Mutex<Lately>,
}

impl Floor {
    pub fn new(span: Duration) -> Self {
        Self {
            span,
            started: Stopwatch::start(),
            lately: Mutex::default(),
        }
    }

    /// An attempt that was no refusal took as long as refusals can.
    pub fn note(&self, arrived: Stopwatch) {
        self.floors(arrived.elapsed());
    }

    /// Waits until the moment at which refusals leave.
    pub async fn wait(&self, arrived: Stopwatch) {
        let leaves = self.span.saturating_mul(self.floors(arrived.elapsed()));
        tokio::time::sleep(leaves.saturating_sub(arrived.elapsed())).await;
    }

    /// After how many floors it leaves.
    fn floors(&self, elapsed: Duration) -> u32 {
        if self.span.is_zero() {
            return 0;
        }
        let own = elapsed.as_micros().div_ceil(self.span.as_micros()).max(1);
        let own = u32::try_from(own).unwrap_or(u32::MAX);
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        lately.most(own, self.started.elapsed())
    }
}

/// The most floors needed in this span of time and in the one before it.
#[derive(Debug, Default)]
struct Lately {
    since: Duration,
    needed: u32,
    needed_before: u32,
}

impl Lately {
    fn most(&mut self, own: u32, now: Duration) -> u32 {
        let age = now.saturating_sub(self.since);
        if age >= REMEMBERED {
            self.needed_before = if age < REMEMBERED * 2 { self.needed } else { 0 };
            (self.since, self.needed) = (now, 0);
        }
        self.needed = self.needed.max(own.min(MOST_FLOORS));
        own.max(self.needed).max(self.needed_before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r21_every_refusal_leaves_at_a_multiple_of_the_floor() {
        for (elapsed, floors) in [(0, 1), (3, 1), (399, 1), (400, 1), (401, 2), (1_000, 3)] {
            let floor = Floor::new(Duration::from_millis(400));
            assert_eq!(floor.floors(Duration::from_millis(elapsed)), floors, "{elapsed}");
        }
        assert_eq!(Floor::new(Duration::ZERO).floors(Duration::from_secs(9)), 0);
    }

    #[test]
    fn r21_after_a_slow_attempt_all_refusals_leave_when_it_would() {
        let (mut lately, second) = (Lately::default(), Duration::from_secs(1));
        assert_eq!(lately.most(1, second), 1);
        assert_eq!(lately.most(2, second * 2), 2);
        assert_eq!(
            lately.most(1, second * 3),
            2,
            "what took no hash leaves with what took one"
        );
        assert_eq!(lately.most(1, second * 59), 2);
        assert_eq!(lately.most(1, second * 70), 2, "remembered for a minute at least");
        assert_eq!(lately.most(1, second * 140), 1, "and for two at most");
        assert_eq!(lately.most(1_000, second * 141), 1_000);
        assert_eq!(
            lately.most(1, second * 142),
            MOST_FLOORS,
            "nobody waits for ever with it"
        );
        assert_eq!(lately.most(1, second * 500), 1, "nothing of long ago is remembered");
    }
}
