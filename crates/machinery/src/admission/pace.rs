//! How many strangers' attempts are worked on at once. A fast disk bears more than a slow one, and a busy machine fewer
//! than an idle one, so the number follows what is seen: an attempt that took too long lowers it, quick ones raise it.

use std::time::Duration;

/// Longer than this, an attempt has waited for others: everything behind the database's one writer waits as long.
const LONG: Duration = Duration::from_millis(25);
/// Of a place, one for each slow attempt; at the balance one attempt in eleven is slow.
const STEP: u32 = 10;
/// Always let in, or we would never find out that things are better.
const FEWEST: u32 = 8;

/// In tenths of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace(pub u32);

impl Pace {
    pub fn beginning(most: u32) -> Self {
        Self(most.saturating_mul(STEP)).within(most)
    }

    pub const fn places(self) -> usize {
        (self.0 / STEP) as usize
    }

    /// One attempt ended, when so many places were taken. While less than half are, nothing is learnt from it: the
    /// disk may be slow, but not because of us.
    pub fn after(self, took: Duration, taken: usize, most: u32) -> Self {
        if taken.saturating_mul(2) < self.places() {
            return self;
        }
        let next = match took > LONG {
            true => self.0.saturating_sub(STEP),
            false => self.0.saturating_add(1),
        };
        Self(next).within(most)
    }

    fn within(self, most: u32) -> Self {
        let fewest = FEWEST.min(most).saturating_mul(STEP);
        Self(self.0.clamp(fewest, most.saturating_mul(STEP)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: u32 = 64;

    /// A database that needs `each` for an attempt and does one at a time, with all places always taken.
    fn settled(each: Duration) -> usize {
        let mut pace = Pace::beginning(MOST);
        for _ in 0..10_000 {
            let places = pace.places();
            pace = pace.after(each * u32::try_from(places).unwrap(), places, MOST);
        }
        pace.places()
    }

    #[test]
    fn a_slow_disk_lets_fewer_in_than_a_fast_one() {
        assert_eq!(settled(Duration::from_micros(100)), 64);
        let middling = settled(Duration::from_millis(1));
        assert!((20..=26).contains(&middling), "{middling}");
        assert_eq!(settled(Duration::from_millis(40)), 8);
    }

    #[test]
    fn it_recovers_when_things_are_better() {
        let mut pace = Pace::beginning(MOST);
        for _ in 0..100 {
            pace = pace.after(Duration::from_secs(1), 64, MOST);
        }
        assert_eq!(pace.places(), 8);
        for _ in 0..600 {
            pace = pace.after(Duration::from_millis(2), 64, MOST);
        }
        assert_eq!(pace.places(), 64);
    }

    #[test]
    fn a_slow_attempt_in_an_empty_house_teaches_nothing() {
        let pace = Pace::beginning(MOST);
        assert_eq!(pace.after(Duration::from_secs(1), 1, MOST), pace);
    }

    #[test]
    fn it_never_leaves_its_bounds() {
        for most in [1, 4, 64] {
            let mut pace = Pace::beginning(most);
            for took in [1, 1_000, 1, 1_000, 1_000] {
                pace = pace.after(Duration::from_millis(took), 1_000, most);
                assert!((1..=most as usize).contains(&pace.places()));
            }
        }
    }
}
