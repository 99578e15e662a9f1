//! How many different things were seen within a while, in bounded memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use kernel::clock::Timestamp;

/// What was seen, and when last.
#[derive(Debug, Default)]
pub(super) struct Tally(HashMap<u64, Timestamp>);

impl Tally {
    /// Beyond `most` nothing more is remembered until something is forgotten: the count is far above any limit then.
    fn note(&mut self, what: u64, most: usize, now: Timestamp) {
        if self.0.len() < most || self.0.contains_key(&what) {
            self.0.insert(what, now);
        }
    }

    fn forget(&mut self, before: Timestamp) {
        self.0.retain(|_, at| *at > before);
    }

    fn count(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }
}

/// A tally for each of many.
#[derive(Debug)]
pub(super) struct Tallies<K>(HashMap<K, Tally>);

impl<K> Default for Tallies<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

/// Beyond this many, new ones wait until some are forgotten: an attack of that breadth is noticed in other ways.
const MOST: usize = 10_000;

impl<K: Eq + Hash> Tallies<K> {
    /// `limit`: the count from which on an alert is raised.
    pub(super) fn note(&mut self, whose: K, what: u64, limit: u32, now: Timestamp) {
        let most = usize::try_from(limit).unwrap_or(usize::MAX).saturating_mul(2);
        if let Some(tally) = self.0.get_mut(&whose) {
            tally.note(what, most, now);
        } else if self.0.len() < MOST {
            self.0.entry(whose).or_default().note(what, most, now);
        }
    }

    /// What is left after forgetting what is older than `window`.
    pub(super) fn counts(&mut self, window: Duration, now: Timestamp) -> impl Iterator<Item = (&K, u64)> {
        let before = now.minus(window);
        self.0.retain(|_, tally| {
            tally.forget(before);
            !tally.0.is_empty()
        });
        self.0.iter().map(|(whose, tally)| (whose, tally.count()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const START: Timestamp = Timestamp::from_seconds(1_000_000);

    #[test]
    fn different_things_count_once_each_and_for_a_while() {
        let mut tallies = Tallies::default();
        for minute in 0..20 {
            let now = START.plus(MINUTE * minute);
            tallies.note("a", u64::from(minute), 100, now);
            tallies.note("a", 999, 100, now);
        }
        let now = START.plus(MINUTE * 19);
        let counts: Vec<_> = tallies.counts(MINUTE * 10, now).collect();
        assert_eq!(counts, [(&"a", 11)]);
        assert_eq!(tallies.counts(MINUTE * 10, now.plus(MINUTE * 10)).count(), 0);
        assert!(tallies.0.is_empty(), "nothing stays behind");
    }

    #[test]
    fn a_flood_does_not_fill_the_memory() {
        let mut tallies = Tallies::default();
        for what in 0..1_000 {
            tallies.note(0_u64, what, 20, START);
        }
        for whose in 0..50_000 {
            tallies.note(whose, 1, 20, START);
        }
        assert_eq!((tallies.0.len(), tallies.0[&0].count()), (MOST, 40));
        assert_eq!(tallies.counts(MINUTE, START.plus(MINUTE)).count(), 0);
        tallies.note(77_777, 1, 20, START.plus(MINUTE));
        assert_eq!(tallies.0.len(), 1, "room again");
    }
}
