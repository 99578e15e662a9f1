//! Lines that would come with every request are written once a minute.

use std::sync::atomic::{AtomicI64, Ordering};

use kernel::clock::Timestamp;

const MINUTE: i64 = 60;

#[derive(Debug)]
pub struct OncePerMinute {
    /// Seconds since 1970.
    next: AtomicI64,
}

impl Default for OncePerMinute {
    fn default() -> Self {
        Self {
            next: AtomicI64::new(i64::MIN),
        }
    }
}

impl OncePerMinute {
    /// True for one caller in a minute.
    pub fn is_due(&self, now: Timestamp) -> bool {
        let now = now.unix_seconds();
        self.next
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| {
                (now >= next).then(|| now.saturating_add(MINUTE))
            })
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_minute() {
        let (line, at) = (OncePerMinute::default(), |second| Timestamp::from_seconds(second));
        let due: Vec<i64> = (1_000..1_121).filter(|second| line.is_due(at(*second))).collect();
        assert_eq!(due, [1_000, 1_060, 1_120]);
    }
}
