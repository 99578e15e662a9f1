//! How much an account is shown by a LIS. On the way of every request: no lock and nothing that waits.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

const WORDS: usize = 4;
const BITS: u64 = 64 * WORDS as u64;

/// What one account was shown since its count began.
#[derive(Debug, Default)]
pub struct Reading {
    requests: AtomicU64,
    /// A bit for each record that was read, by its digest: two records may share one.
    records: [AtomicU64; WORDS],
}

impl Reading {
    /// A request was let pass; `record`: the one it was about.
    pub fn note(&self, record: Option<&str>) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let Some(record) = record else { return };
        let mut hasher = DefaultHasher::new();
        record.hash(&mut hasher);
        let bit = hasher.finish() % BITS;
        let word = usize::try_from(bit / 64).ok().and_then(|word| self.records.get(word));
        let mask = 1 << (bit % 64);
        if let Some(word) = word.filter(|word| word.load(Ordering::Relaxed) & mask == 0) {
            word.fetch_or(mask, Ordering::Relaxed);
        }
    }

    fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// About how many different records: exact for few, within a tenth for a hundred (linear counting).
    fn records(&self) -> u64 {
        let set: u32 = self
            .records
            .iter()
            .map(|word| word.load(Ordering::Relaxed).count_ones())
            .sum();
        let (all, free) = (256.0_f64, f64::from(256 - set.min(255)));
        let estimate = all * (all / free).ln();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 1420"
        )]
        let rounded = estimate.round() as u64;
        rounded
    }

    fn begin_again(&self) {
        self.requests.store(0, Ordering::Relaxed);
        for word in &self.records {
            word.store(0, Ordering::Relaxed);
        }
    }
}

#[derive(Debug)]
struct Entry {
    reading: Arc<Reading>,
    began: Timestamp,
}

/// The accounts that read at the moment.
#[derive(Debug, Default)]
pub struct Readings(HashMap<(LabId, AccountId), Entry>);

/// Beyond, accounts are not counted.
const MOST: usize = 100_000;

impl Readings {
    pub fn of(&mut self, lab: &LabId, account: AccountId, now: Timestamp) -> Arc<Reading> {
        let key = (lab.clone(), account);
        if let Some(entry) = self.0.get(&key) {
            return Arc::clone(&entry.reading);
        }
        let reading = Arc::<Reading>::default();
        if self.0.len() < MOST {
            let entry = Entry {
                reading: Arc::clone(&reading),
                began: now,
            };
            self.0.insert(key, entry);
        }
        reading
    }

    /// Requests and records of each. Counts that are older than `window` start over.
    pub fn counts(&mut self, window: Duration, now: Timestamp) -> Vec<((LabId, AccountId), u64, u64)> {
        let mut counts = Vec::new();
        self.0.retain(|key, entry| {
            let (requests, records) = (entry.reading.requests(), entry.reading.records());
            if requests > 0 {
                counts.push((key.clone(), requests, records));
            }
            if entry.began.plus(window) > now {
                return true;
            }
            entry.reading.begin_again();
            entry.began = now;
            requests > 0 || Arc::strong_count(&entry.reading) > 1
        });
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(600);
    const START: Timestamp = Timestamp::from_seconds(1_000_000);

    fn lab() -> LabId {
        "port".parse().unwrap()
    }

    #[test]
    fn requests_are_counted_and_different_records_about() {
        let reading = Reading::default();
        for number in 0..100 {
            for _ in 0..7 {
                reading.note(Some(&format!("10{number}")));
            }
            reading.note(None);
        }
        assert_eq!(reading.requests(), 800);
        assert!((90..=110).contains(&reading.records()), "{}", reading.records());
        let one = Reading::default();
        one.note(Some("102477"));
        one.note(Some("102477"));
        assert_eq!(one.records(), 1);
        let all = Reading::default();
        (0..100_000).for_each(|number| all.note(Some(&number.to_string())));
        assert!(all.records() > 1_000);
    }

    #[test]
    fn a_count_begins_again_and_whoever_left_is_forgotten() {
        let mut readings = Readings::default();
        let account = AccountId::from_bytes([1; 16]);
        let reading = readings.of(&lab(), account, START);
        reading.note(Some("1"));
        let key = (lab(), account);
        assert_eq!(readings.counts(WINDOW, START), [(key.clone(), 1, 1)]);
        readings.of(&lab(), account, START).note(Some("2"));
        assert_eq!(readings.counts(WINDOW, START.plus(WINDOW)), [(key, 2, 2)]);
        assert_eq!(reading.requests(), 0);
        drop(reading);
        assert_eq!(readings.counts(WINDOW, START.plus(WINDOW * 2)), []);
        assert!(readings.0.is_empty());
    }
}
