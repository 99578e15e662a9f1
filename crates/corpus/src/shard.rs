//! The table that says where each shard is.

use super::header::take;

pub(super) const ENTRY_BYTES: u64 = 40;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shard {
    pub data_at: u64,
    pub directory_at: u64,
    pub blocks: u32,
    pub keys: u32,
    /// The first half of BLAKE3 over the directory, then the blocks.
    pub hash: [u8; 16],
}

impl Shard {
    /// One offset a block and where the last ends; an empty shard has none.
    pub fn directory_bytes(&self) -> u64 {
        match self.blocks {
            0 => 0,
            blocks => (u64::from(blocks) + 1) * 4,
        }
    }

    pub fn encode(&self) -> [u8; ENTRY_BYTES as usize] {
        let mut bytes = [0; ENTRY_BYTES as usize];
        let fields = self
            .data_at
            .to_le_bytes()
            .into_iter()
            .chain(self.directory_at.to_le_bytes())
            .chain(self.blocks.to_le_bytes())
            .chain(self.keys.to_le_bytes())
            .chain(self.hash);
        bytes.iter_mut().zip(fields).for_each(|(to, from)| *to = from);
        bytes
    }

    /// None at the end of the bytes.
    pub fn decode(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self {
            data_at: u64::from_le_bytes(take(bytes)?),
            directory_at: u64::from_le_bytes(take(bytes)?),
            blocks: u32::from_le_bytes(take(bytes)?),
            keys: u32::from_le_bytes(take(bytes)?),
            hash: take(bytes)?,
        })
    }
}

pub(super) fn half_hash(hasher: &blake3::Hasher) -> [u8; 16] {
    let mut half = [0; 16];
    let whole = hasher.finalize();
    half.iter_mut().zip(whole.as_bytes()).for_each(|(to, from)| *to = *from);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let shard = Shard {
            data_at: 1 << 40,
            directory_at: 77,
            blocks: 3,
            keys: 190,
            hash: [9; 16],
        };
        let bytes = shard.encode();
        let mut rest = bytes.as_slice();
        assert_eq!(Shard::decode(&mut rest), Some(shard));
        assert_eq!(Shard::decode(&mut rest), None);
        assert_eq!(shard.directory_bytes(), 16);
    }
}
