//! Sorts the digests of a list of any length in constant memory: sorted runs in unlinked temporary files, then merged.
//! Loaded in their order they are appended to the table; unsorted, millions of them take six times as long.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use crate::crypto::leak_digest::PairDigest;
use crate::store::leak_entries::Entry;

const IDENTIFIER: usize = 32;
/// An identifier index, whether there is a pair, the pair.
const RECORD: usize = IDENTIFIER + 1 + PairDigest::LENGTH;
/// Records sorted in memory at once: 3 MiB.
const RUN: usize = 1 << 16;
/// Shared by all runs that are merged.
const MERGE_BUFFERS: usize = 4 << 20;

type Record = [u8; RECORD];

fn record(entry: &Entry) -> Record {
    let mut record = [0; RECORD];
    let (identifier, rest) = record.split_at_mut(IDENTIFIER);
    identifier.copy_from_slice(&entry.identifier);
    if let (Some(pair), Some((has_pair, slot))) = (entry.pair, rest.split_first_mut()) {
        *has_pair = 1;
        slot.copy_from_slice(pair.as_bytes());
    }
    record
}

fn entry(record: &Record) -> Entry {
    let (identifier, rest) = record.split_first_chunk().unwrap_or((&[0; IDENTIFIER], &[]));
    let pair = match rest.split_first() {
        Some((1, pair)) => pair.try_into().ok().map(PairDigest::from_bytes),
        _ => None,
    };
    Entry {
        identifier: *identifier,
        pair,
    }
}

#[derive(Debug, Default)]
pub(super) struct Spool {
    run: Vec<Record>,
    runs: Vec<File>,
    pushed: u64,
}

impl Spool {
    /// # Errors
    /// The temporary file cannot be written.
    pub fn push(&mut self, new: &Entry) -> io::Result<()> {
        self.run.push(record(new));
        self.pushed += 1;
        if self.run.len() == RUN {
            self.sort_run();
            let mut file = BufWriter::new(tempfile::tempfile()?);
            for record in self.run.drain(..) {
                file.write_all(&record)?;
            }
            self.runs
                .push(file.into_inner().map_err(io::IntoInnerError::into_error)?);
        }
        Ok(())
    }

    fn sort_run(&mut self) {
        self.run.sort_unstable();
        self.run.dedup();
    }

    /// # Errors
    /// A temporary file cannot be read.
    pub fn sorted(mut self) -> io::Result<Sorted> {
        self.sort_run();
        let buffer = (MERGE_BUFFERS / self.runs.len().max(1)).clamp(RECORD, 1 << 16);
        let mut sorted = Sorted {
            at_most: self.pushed,
            sources: Vec::new(),
            next: BinaryHeap::new(),
            last: None,
        };
        for mut file in self.runs {
            file.rewind()?;
            sorted
                .sources
                .push(Source::File(BufReader::with_capacity(buffer, file)));
        }
        sorted.sources.push(Source::Memory(self.run.into_iter()));
        for source in 0..sorted.sources.len() {
            sorted.refill(source)?;
        }
        Ok(sorted)
    }
}

enum Source {
    File(BufReader<File>),
    Memory(std::vec::IntoIter<Record>),
}

impl Source {
    fn next(&mut self) -> io::Result<Option<Record>> {
        match self {
            Self::Memory(records) => Ok(records.next()),
            Self::File(file) => {
                let mut record = [0; RECORD];
                match file.read_exact(&mut record) {
                    Ok(()) => Ok(Some(record)),
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
                    Err(error) => Err(error),
                }
            }
        }
    }
}

/// Every digest once, in order.
pub(super) struct Sorted {
    at_most: u64,
    sources: Vec<Source>,
    next: BinaryHeap<Reverse<(Record, usize)>>,
    last: Option<Record>,
}

impl Sorted {
    pub fn at_most(&self) -> u64 {
        self.at_most
    }

    fn refill(&mut self, source: usize) -> io::Result<()> {
        if let Some(from) = self.sources.get_mut(source)
            && let Some(record) = from.next()?
        {
            self.next.push(Reverse((record, source)));
        }
        Ok(())
    }

    /// The next so many entries; fewer at the end.
    ///
    /// # Errors
    /// A temporary file cannot be read.
    pub fn take(&mut self, most: usize) -> io::Result<Vec<Entry>> {
        let mut taken = Vec::new();
        while taken.len() < most
            && let Some(Reverse((record, source))) = self.next.pop()
        {
            self.refill(source)?;
            if self.last.replace(record) != Some(record) {
                taken.push(entry(&record));
            }
        }
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_comes_out_in_order_and_once() {
        for count in [0_u32, 1, 7, RUN as u32, 3 * RUN as u32 + 11] {
            let mut spool = Spool::default();
            for number in 0..count {
                let mixed = number.wrapping_mul(2_654_435_761) % (count / 2 + 1);
                let mut identifier = [0; IDENTIFIER];
                identifier[..4].copy_from_slice(&mixed.to_be_bytes());
                let pair = (mixed % 3 != 0).then(|| PairDigest::from_bytes([mixed as u8; 16]));
                spool.push(&Entry { identifier, pair }).unwrap();
            }
            let mut sorted = spool.sorted().unwrap();
            assert_eq!(sorted.at_most(), u64::from(count));
            let mut all = Vec::new();
            loop {
                let some = sorted.take(1000).unwrap();
                if some.is_empty() {
                    break;
                }
                all.extend(some);
            }
            assert!(all.windows(2).all(|two| two[0].key() < two[1].key()), "{count}");
            let expected: std::collections::BTreeSet<u32> = (0..count)
                .map(|number| number.wrapping_mul(2_654_435_761) % (count / 2 + 1))
                .collect();
            assert_eq!(all.len(), expected.len(), "{count}");
            for entry in &all {
                let number = u32::from_be_bytes(entry.identifier[..4].try_into().unwrap());
                assert_eq!(entry.pair.is_none(), number % 3 == 0);
            }
        }
    }
}
