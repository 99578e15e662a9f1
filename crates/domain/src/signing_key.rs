//! When a lab's keys sign, and how long before and after that they are published.
//!
//! Clients remember the published set of keys: a key has to be in it for a while before its first signature, and until
//! the last token that it signed is over.

use std::time::Duration;

use kernel::clock::Timestamp;

/// A key's place in the succession of keys of one algorithm. It signs until its successor begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub number: u32,
    pub active_from: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How long a key signs.
    pub active: Duration,
    /// How long it is published before; less than `active`.
    pub announced: Duration,
    /// How long it is published after.
    pub kept: Duration,
}

impl Slot {
    /// No client remembers an older set of keys: the first one signs at once.
    pub fn first(now: Timestamp) -> Self {
        Self {
            number: 0,
            active_from: now,
        }
    }
}

/// Which of a row's keys, in their order, signs now. The oldest one if a clock went back behind all of them.
pub fn current<T>(row: &[T], slot: impl Fn(&T) -> Slot, now: Timestamp) -> Option<&T> {
    row.iter().rfind(|key| slot(key).active_from <= now).or(row.first())
}

impl Schedule {
    /// The successor of a row's last key, once it is time to announce it. However late that is, it is announced for the
    /// whole time before it signs; the last key continues meanwhile.
    pub fn next(&self, last: Slot, now: Timestamp) -> Option<Slot> {
        let due = last.active_from.plus(self.active);
        (now >= due.minus(self.announced)).then(|| Slot {
            number: last.number.saturating_add(1),
            active_from: due.max(now.plus(self.announced)),
        })
    }

    /// Whether nothing that a key signed is of use any more.
    pub fn is_over(&self, successor: Slot, now: Timestamp) -> bool {
        now >= successor.active_from.plus(self.kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 3600;
    const SCHEDULE: Schedule = Schedule {
        active: Duration::from_secs(90 * DAY),
        announced: Duration::from_secs(7 * DAY),
        kept: Duration::from_secs(DAY),
    };

    fn day(number: u64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000).plus(Duration::from_secs(number * DAY))
    }

    fn number_at(row: &[Slot], now: Timestamp) -> u32 {
        current(row, |slot| *slot, now).unwrap().number
    }

    #[test]
    fn a_key_is_announced_then_signs_then_is_kept() {
        let first = Slot::first(day(0));
        assert_eq!(SCHEDULE.next(first, day(82)), None);
        let second = SCHEDULE.next(first, day(83)).unwrap();
        assert_eq!((second.number, second.active_from), (1, day(90)));
        assert_eq!(SCHEDULE.next(second, day(90)), None, "one at a time");
        let row = [first, second];
        assert_eq!([day(0), day(89), day(90)].map(|now| number_at(&row, now)), [0, 0, 1]);
        assert!(!SCHEDULE.is_over(second, day(90)));
        assert!(SCHEDULE.is_over(second, day(91)));
    }

    #[test]
    fn a_server_that_slept_announces_before_it_signs_all_the_same() {
        let first = Slot::first(day(0));
        let second = SCHEDULE.next(first, day(400)).unwrap();
        assert_eq!(second.active_from, day(407));
        assert_eq!(number_at(&[first, second], day(406)), 0);
    }

    #[test]
    fn there_is_a_key_whatever_the_clock_says() {
        let row = [Slot::first(day(10))];
        assert_eq!(number_at(&row, day(0)), 0);
        assert!(current::<Slot>(&[], |slot| *slot, day(0)).is_none());
    }
}
