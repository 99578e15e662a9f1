//! The keys of one shard as blocks and directory.

use crate::block::{self, BUCKETS, Entry, Slot};
use crate::prevalence::Prevalence;
use crate::shard::{Shard, half_hash};

use super::source::Item;

/// Beyond this the keys are not hashes, which spread evenly.
pub(super) const MOST_KEYS: usize = 4 << 20;

/// A shard as it is written; the buffers are used again.
#[derive(Debug, Default)]
pub(super) struct EncodedShard {
    pub directory: Vec<u8>,
    pub data: Vec<u8>,
    entries: Vec<Entry>,
}

impl EncodedShard {
    /// `items` in order, at most [`MOST_KEYS`], all of one shard. Returns all of its entry but its position.
    pub fn encode(&mut self, items: &[Item], shard_bits: u8) -> Shard {
        self.directory.clear();
        self.data.clear();
        self.entries.clear();
        if items.is_empty() {
            return Shard {
                hash: half_hash(&blake3::Hasher::new()),
                ..Shard::default()
            };
        }
        let blocks = u32::try_from(items.len().div_ceil(BUCKETS as usize)).unwrap_or(u32::MAX);
        let (mut keys, mut at) = (0, 0);
        for item in items {
            let slot = Slot::of(item.key << shard_bits, blocks);
            while at < slot.block {
                keys += self.end_block();
                at += 1;
            }
            let class = Prevalence::of_count(u64::from(item.count)).bits();
            match self.entries.last_mut() {
                Some(last) if (last.bucket, last.remainder) == (slot.bucket, slot.remainder) => {
                    last.class = last.class.max(class);
                }
                _ => self.entries.push(Entry {
                    bucket: slot.bucket,
                    remainder: slot.remainder,
                    class,
                }),
            }
        }
        while at < u64::from(blocks) {
            keys += self.end_block();
            at += 1;
        }
        self.mark_end();
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.directory).update(&self.data);
        Shard {
            blocks,
            keys,
            hash: half_hash(&hasher),
            ..Shard::default()
        }
    }

    fn end_block(&mut self) -> u32 {
        self.mark_end();
        block::encode(&self.entries, &mut self.data);
        let keys = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.clear();
        keys
    }

    /// Of what is written so far; [`MOST_KEYS`] keys are far below 4 GiB.
    fn mark_end(&mut self) {
        let at = u32::try_from(self.data.len()).unwrap_or(u32::MAX);
        self.directory.extend(at.to_le_bytes());
    }
}
