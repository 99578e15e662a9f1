//! 64 buckets of a shard: how many keys each has, in unary (a one for a key, a zero after each bucket), then a remainder of 16
//! bits and a class of two for each key, least bit first. How many keys there are follows from the length.

/// In a block.
pub(super) const BUCKETS: u32 = 64;
const REMAINDER_BITS: usize = 16;
const VALUE_BITS: usize = 18;

/// Where a key belongs in its shard. Ordered like the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    pub block: u64,
    /// Of the block.
    pub bucket: u32,
    pub remainder: u16,
}

impl Slot {
    /// `key`: what follows the bits that chose the shard, moved to the top.
    pub fn of(key: u64, blocks: u32) -> Self {
        let scaled = u128::from(key) * u128::from(blocks) * u128::from(BUCKETS);
        let bucket = (scaled >> 64) as u64;
        Self {
            block: bucket / u64::from(BUCKETS),
            bucket: (bucket % u64::from(BUCKETS)) as u32,
            remainder: (scaled >> (64 - REMAINDER_BITS)) as u16,
        }
    }
}

/// One key of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub bucket: u32,
    pub remainder: u16,
    pub class: u8,
}

/// `entries` in order.
pub(super) fn encode(entries: &[Entry], out: &mut Vec<u8>) {
    let mut bits = Writer { out, word: 0, used: 0 };
    let mut bucket = 0;
    for entry in entries {
        while bucket < entry.bucket {
            bits.push(0, 1);
            bucket += 1;
        }
        bits.push(1, 1);
    }
    for _ in bucket..BUCKETS {
        bits.push(0, 1);
    }
    for entry in entries {
        bits.push(
            u64::from(entry.remainder) | u64::from(entry.class) << REMAINDER_BITS,
            VALUE_BITS,
        );
    }
    bits.end();
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    word: u64,
    used: usize,
}

impl Writer<'_> {
    fn push(&mut self, value: u64, bits: usize) {
        self.word |= value << self.used;
        self.used += bits;
        while self.used >= 32 {
            self.out.extend((self.word as u32).to_le_bytes());
            self.word >>= 32;
            self.used -= 32;
        }
    }

    fn end(self) {
        let bytes = self.word.to_le_bytes();
        self.out.extend(bytes.iter().take(self.used.div_ceil(8)));
    }
}

/// The class of a key, if it is there.
pub(super) fn find(block: &[u8], bucket: u32, remainder: u16) -> Option<u8> {
    let buckets = BUCKETS as usize;
    let bucket = bucket as usize;
    let keys = (block.len() * 8).checked_sub(buckets)? / (VALUE_BITS + 1);
    let mut at = match bucket {
        0 => 0,
        _ => zero(block, bucket as u32 - 1)? + 1,
    };
    loop {
        let is_key = word(block, at / 8) >> (at % 8) & 1 == 1;
        if !is_key || at >= buckets + keys {
            return None;
        }
        let from = buckets + keys + at.checked_sub(bucket)? * VALUE_BITS;
        let value = word(block, from / 8) >> (from % 8);
        match (value as u16).cmp(&remainder) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Equal => return Some((value >> REMAINDER_BITS) as u8 & 3),
            std::cmp::Ordering::Greater => return None,
        }
    }
}

/// Eight bytes, with zeros beyond the end.
fn word(block: &[u8], byte: usize) -> u64 {
    let rest = block.get(byte..).unwrap_or_default();
    if let Some(whole) = rest.first_chunk() {
        return u64::from_le_bytes(*whole);
    }
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    u64::from_le_bytes(last)
}

/// Where the zero is that has `before` zeros before it.
fn zero(block: &[u8], mut before: u32) -> Option<usize> {
    for byte in (0..block.len()).step_by(8) {
        let zeros = !word(block, byte);
        let count = zeros.count_ones();
        if before < count {
            return Some(byte * 8 + one_in(zeros, before));
        }
        before -= count;
    }
    None
}

/// Halves the word until the bit is found.
fn one_in(mut word: u64, mut before: u32) -> usize {
    let mut at = 0;
    for width in [32, 16, 8, 4, 2, 1] {
        let low = word & ((1 << width) - 1);
        let count = low.count_ones();
        if before >= count {
            before -= count;
            word >>= width;
            at += width;
        } else {
            word = low;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn block(keys: &BTreeMap<(u32, u16), u8>) -> Vec<u8> {
        let entries: Vec<_> = keys
            .iter()
            .map(|(&(bucket, remainder), &class)| Entry {
                bucket,
                remainder,
                class,
            })
            .collect();
        let mut out = Vec::new();
        encode(&entries, &mut out);
        out
    }

    proptest! {
        #[test]
        fn a_block_holds_its_keys_and_no_others(
            keys in proptest::collection::btree_map((0_u32..64, 0_u16..40), 0_u8..4, 0..300)
        ) {
            let block = block(&keys);
            for bucket in 0..64 {
                for remainder in 0..41 {
                    prop_assert_eq!(find(&block, bucket, remainder), keys.get(&(bucket, remainder)).copied());
                }
            }
        }

        #[test]
        fn slots_are_ordered_like_keys(a: u64, b: u64, blocks in 1_u32..) {
            let (a, b) = (a.min(b), a.max(b));
            prop_assert!(Slot::of(a, blocks) <= Slot::of(b, blocks));
            prop_assert!(Slot::of(b, blocks).block < u64::from(blocks));
        }

        #[test]
        fn no_bytes_stop_it(bytes in proptest::collection::vec(any::<u8>(), 0..400), bucket in 0_u32..64, remainder: u16) {
            let _ = find(&bytes, bucket, remainder);
        }
    }

    #[test]
    fn a_block_is_found_bit_by_bit() {
        for before in 0..64 {
            assert_eq!(one_in(u64::MAX, before), before as usize);
        }
        assert_eq!(one_in(0b1011_0000, 2), 7);
        assert_eq!(block(&BTreeMap::new()).len(), 8);
    }
}
