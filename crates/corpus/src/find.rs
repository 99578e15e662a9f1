//! An open corpus: look-ups, and the check of every byte.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::block::{self, Slot};
use super::digest::Digest;
use super::header::{DATA_AT, HEADER_BYTES, Header, MAGIC};
use super::map::Map;
use super::prevalence::Prevalence;
use super::problem::{CorpusProblem, Wrong};
use super::shard::{ENTRY_BYTES, Shard, half_hash};

/// Of the file, at once, while it is checked.
const CHUNK: usize = 1 << 20;

#[derive(Debug)]
pub struct Corpus {
    path: PathBuf,
    file: File,
    map: Map,
    header: Header,
    shards: Vec<Shard>,
}

impl Corpus {
    /// Checks header, length and shard table; [`Corpus::check`] checks the rest.
    ///
    /// # Errors
    /// Unreadable, not a corpus, of a newer format, cut short or damaged.
    pub fn open(path: &Path) -> Result<Self, CorpusProblem> {
        Self::read(path).map_err(|wrong| wrong.at(path))
    }

    fn read(path: &Path) -> Result<Self, Wrong> {
        let file = File::open(path)?;
        let found = file.metadata()?.len();
        let mut first = vec![0; HEADER_BYTES.min(usize::try_from(found).unwrap_or(HEADER_BYTES))];
        file.read_exact_at(&mut first, 0)?;
        if first.len() < HEADER_BYTES && !first.is_empty() && first.starts_with(&MAGIC) {
            let expected = DATA_AT;
            return Err(Wrong::Truncated { found, expected });
        }
        let header = Header::decode(&first)?;
        let expected = header.file_bytes;
        match found.cmp(&expected) {
            std::cmp::Ordering::Less => return Err(Wrong::Truncated { found, expected }),
            std::cmp::Ordering::Greater => return Err(Wrong::damaged("something follows its end")),
            std::cmp::Ordering::Equal => {}
        }
        let table_bytes = header.shards() * ENTRY_BYTES;
        if header.table_at.checked_add(table_bytes) != Some(expected) {
            return Err(Wrong::damaged("the shard table is not where it should be"));
        }
        let mut table = vec![0; usize::try_from(table_bytes).unwrap_or_default()];
        file.read_exact_at(&mut table, header.table_at)?;
        if *blake3::hash(&table).as_bytes() != header.table_hash {
            return Err(Wrong::damaged("the shard table"));
        }
        let mut rest = table.as_slice();
        let shards: Vec<Shard> = std::iter::from_fn(|| Shard::decode(&mut rest)).collect();
        let map = Map::of(&file)?;
        map.preload(header.directory_at..header.table_at);
        Ok(Self {
            path: path.to_owned(),
            file,
            map,
            header,
            shards,
        })
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How often the password with this hash was seen. One absent password in 65,000 is answered wrongly; a present one
    /// never is. Reads one block of the file: microseconds, or a disk access for a block not read before.
    pub fn lookup(&self, digest: Digest) -> Option<Prevalence> {
        let key = digest.0;
        let bits = u32::from(self.header.shard_bits);
        let shard = key.checked_shr(64 - bits).unwrap_or(0);
        let shard = self.shards.get(usize::try_from(shard).ok()?)?;
        if shard.blocks == 0 {
            return None;
        }
        let slot = Slot::of(key << bits, shard.blocks);
        let mut ends = self.map.get(shard.directory_at + slot.block * 4, 8)?;
        let from = super::header::take(&mut ends).map(u32::from_le_bytes)?;
        let to = super::header::take(&mut ends).map(u32::from_le_bytes)?;
        let length = to.checked_sub(from)?;
        let block = self.map.get(shard.data_at + u64::from(from), u64::from(length))?;
        block::find(block, slot.bucket, slot.remainder).map(Prevalence::from_bits)
    }

    /// Of a password as typed, in any form that it may have been stored in; the highest counts.
    pub fn lookup_password(&self, typed: &str) -> Option<Prevalence> {
        let keys = self.header.algorithm.keys(typed);
        keys.into_iter().filter_map(|key| self.lookup(key)).max()
    }

    /// Reads every byte of the file and compares it with its checksum. `notify` is told bytes done and bytes in all.
    ///
    /// # Errors
    /// Something is damaged, or cannot be read.
    pub fn check(&self, notify: &mut dyn FnMut(u64, u64)) -> Result<(), CorpusProblem> {
        self.check_all(notify).map_err(|wrong| wrong.at(&self.path))
    }

    fn check_all(&self, notify: &mut dyn FnMut(u64, u64)) -> Result<(), Wrong> {
        let mut gap = vec![0; DATA_AT as usize - HEADER_BYTES];
        self.file.read_exact_at(&mut gap, HEADER_BYTES as u64)?;
        if gap.iter().any(|byte| *byte != 0) {
            return Err(Wrong::damaged("there is unexpected data after the header"));
        }
        let (mut data_at, mut directory_at, mut keys) = (DATA_AT, self.header.directory_at, 0);
        for (number, shard) in self.shards.iter().enumerate() {
            let damaged = || Wrong::damaged(format!("shard {number} of {}", self.shards.len()));
            if (shard.data_at, shard.directory_at) != (data_at, directory_at) {
                return Err(damaged());
            }
            let (hash, bytes) = self.hash_of(shard)?;
            if hash != shard.hash {
                return Err(damaged());
            }
            data_at += bytes;
            directory_at += shard.directory_bytes();
            keys += u64::from(shard.keys);
            notify(data_at, self.header.file_bytes);
        }
        if (data_at, directory_at, keys) != (self.header.directory_at, self.header.table_at, self.header.keys) {
            return Err(Wrong::damaged("its parts do not fill it"));
        }
        notify(self.header.file_bytes, self.header.file_bytes);
        Ok(())
    }

    /// The checksum of a shard, and how long its blocks are. Read, not mapped: pages read once need not stay.
    fn hash_of(&self, shard: &Shard) -> Result<([u8; 16], u64), Wrong> {
        let mut hasher = blake3::Hasher::new();
        let mut last = [0; 4];
        let directory = shard.directory_bytes();
        self.hash_range(&mut hasher, shard.directory_at, directory)?;
        if directory > 0 {
            self.file.read_exact_at(&mut last, shard.directory_at + directory - 4)?;
        }
        let bytes = u64::from(u32::from_le_bytes(last));
        self.hash_range(&mut hasher, shard.data_at, bytes)?;
        Ok((half_hash(&hasher), bytes))
    }

    fn hash_range(&self, hasher: &mut blake3::Hasher, from: u64, length: u64) -> Result<(), Wrong> {
        let mut buffer = vec![0; CHUNK.min(usize::try_from(length).unwrap_or(CHUNK))];
        let mut done = 0;
        while done < length {
            let wanted = usize::try_from(length - done).unwrap_or(CHUNK).min(CHUNK);
            let part = buffer.get_mut(..wanted).unwrap_or_default();
            self.file
                .read_exact_at(part, from + done)
                .map_err(|error| match error.kind() {
                    std::io::ErrorKind::UnexpectedEof => Wrong::damaged("a shard reaches beyond the end"),
                    _ => error.into(),
                })?;
            hasher.update(part);
            done += wanted as u64;
        }
        Ok(())
    }
}
