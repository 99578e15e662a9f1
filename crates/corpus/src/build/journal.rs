//! One record a finished shard: where it is, and the position of each source after it.

use super::lines::Place;
use crate::header::take;
use crate::shard::{ENTRY_BYTES, Shard};

const PLACE_BYTES: u64 = 24;
const SUM_BYTES: u64 = 8;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub shard: Shard,
    pub places: Vec<Place>,
}

pub(super) fn record_bytes(sources: usize) -> u64 {
    ENTRY_BYTES + sources as u64 * PLACE_BYTES + SUM_BYTES
}

impl Record {
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.shard.encode().to_vec();
        for Place { file, byte, line } in &self.places {
            for number in [file, byte, line] {
                bytes.extend(number.to_le_bytes());
            }
        }
        bytes.extend(sum(&bytes));
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (fields, expected) = bytes.split_at_checked(bytes.len().checked_sub(SUM_BYTES as usize)?)?;
        if sum(fields) != expected {
            return None;
        }
        let mut rest = fields;
        let shard = Shard::decode(&mut rest)?;
        let mut number = || take(&mut rest).map(u64::from_le_bytes);
        let mut places = Vec::new();
        while let (Some(file), Some(byte), Some(line)) = (number(), number(), number()) {
            places.push(Place { file, byte, line });
        }
        Some(Self { shard, places })
    }
}

/// The whole records; one that was being written when the build was killed ends them.
pub(super) fn read(journal: &[u8], sources: usize) -> Vec<Record> {
    let length = usize::try_from(record_bytes(sources)).unwrap_or(usize::MAX);
    journal.chunks_exact(length).map_while(Record::decode).collect()
}

fn sum(bytes: &[u8]) -> [u8; SUM_BYTES as usize] {
    let mut sum = [0; SUM_BYTES as usize];
    let whole = blake3::hash(bytes);
    sum.iter_mut().zip(whole.as_bytes()).for_each(|(to, from)| *to = *from);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_up_to_the_first_that_is_not_whole() {
        let record = |byte| Record {
            shard: Shard {
                data_at: byte,
                ..Shard::default()
            },
            places: vec![Place { file: 1, byte, line: 3 }; 2],
        };
        let records = [record(4096), record(5000), record(6000)];
        let text: Vec<u8> = records.iter().flat_map(Record::encode).collect();
        let length = record_bytes(2) as usize;
        for cut in 0..=text.len() {
            assert_eq!(read(&text[..cut], 2), records[..cut / length]);
        }
        let mut damaged = text;
        damaged[length + 3] ^= 1;
        assert_eq!(read(&damaged, 2), records[..1]);
    }
}
