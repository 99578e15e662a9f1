//! Sorts the digests of a list of any length in constant memory: sorted runs in unlinked temporary files, then merged.
//! Loaded in their order they are appended to the table; unsorted, millions of them take six times as long.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use store::leak::leak_entries::Entry;

/// Entries sorted in memory at once: 3 MiB.
const RUN: usize = 1 << 16;
/// Shared by all runs that are merged.
const MERGE_BUFFERS: usize = 4 << 20;

#[derive(Debug)]
pub(super) struct Spool {
    run: Vec<Entry>,
    runs: Vec<File>,
    pushed: u64,
}

impl Spool {
    pub fn new() -> Self {
        Self {
            // Growing to it would need half as much again.
            run: Vec::with_capacity(RUN),
            runs: Vec::new(),
            pushed: 0,
        }
    }

    /// # Errors
    /// The temporary file cannot be written.
    pub fn push(&mut self, new: Entry) -> io::Result<()> {
        self.run.push(new);
        self.pushed += 1;
        if self.run.len() == RUN {
            self.sort_run();
            let mut file = BufWriter::new(tempfile::tempfile()?);
            for entry in self.run.drain(..) {
                file.write_all(entry.as_bytes())?;
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
    pub fn sorted(mut self) -> io::Result<SortedEntries> {
        self.sort_run();
        let buffer = (MERGE_BUFFERS / self.runs.len().max(1)).clamp(Entry::LENGTH, 1 << 16);
        let mut sorted = SortedEntries {
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
    Memory(std::vec::IntoIter<Entry>),
}

impl Source {
    fn next(&mut self) -> io::Result<Option<Entry>> {
        match self {
            Self::Memory(entries) => Ok(entries.next()),
            Self::File(file) => {
                let mut bytes = [0; Entry::LENGTH];
                match file.read_exact(&mut bytes) {
                    Ok(()) => Ok(Some(Entry::from_bytes(bytes))),
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
                    Err(error) => Err(error),
                }
            }
        }
    }
}

/// Every digest once, in order.
pub(super) struct SortedEntries {
    at_most: u64,
    sources: Vec<Source>,
    next: BinaryHeap<Reverse<(Entry, usize)>>,
    last: Option<Entry>,
}

impl SortedEntries {
    pub fn at_most(&self) -> u64 {
        self.at_most
    }

    fn refill(&mut self, source: usize) -> io::Result<()> {
        if let Some(from) = self.sources.get_mut(source)
            && let Some(entry) = from.next()?
        {
            self.next.push(Reverse((entry, source)));
        }
        Ok(())
    }

    /// The next entries, this many or fewer at the end.
    ///
    /// # Errors
    /// A temporary file cannot be read.
    pub fn take(&mut self, most: usize) -> io::Result<Vec<Entry>> {
        let mut taken = Vec::new();
        while taken.len() < most
            && let Some(Reverse((entry, source))) = self.next.pop()
        {
            self.refill(source)?;
            if self.last.replace(entry) != Some(entry) {
                taken.push(entry);
            }
        }
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crypto::blind_index::BlindIndex;
    use crypto::leak_digest::PairDigest;

    #[test]
    fn any_number_comes_out_in_order_and_once() {
        for count in [0_u32, 1, 7, RUN as u32, 3 * RUN as u32 + 11] {
            let mut spool = Spool::new();
            for number in 0..count {
                let mixed = number.wrapping_mul(2_654_435_761) % (count / 2 + 1);
                let mut identifier = [0; 32];
                identifier[..4].copy_from_slice(&mixed.to_be_bytes());
                let pair = (mixed % 3 != 0).then(|| PairDigest::from_bytes([mixed as u8; 16]));
                let entry = Entry::new(&BlindIndex::from_bytes(identifier), pair, [0; 5]);
                spool.push(entry).unwrap();
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
            assert!(all.windows(2).all(|two| two[0] < two[1]), "{count}");
            let expected: std::collections::BTreeSet<u32> = (0..count)
                .map(|number| number.wrapping_mul(2_654_435_761) % (count / 2 + 1))
                .collect();
            assert_eq!(all.len(), expected.len(), "{count}");
            for entry in &all {
                let number = u32::from_be_bytes(entry.as_bytes()[..4].try_into().unwrap());
                assert_eq!(entry.as_bytes()[32] == 0, number % 3 == 0);
            }
        }
    }
}
