//! The first page of a corpus file: what it is, what it was made of, where things are, and a checksum of all that.

use jiff::civil::Date;

use super::digest::Algorithm;
use super::problem::Wrong;
use super::version::VERSION;

pub(super) const MAGIC: [u8; 8] = *b"vst-corp";
pub(super) const HEADER_BYTES: usize = 512;
/// Where the blocks begin; what lies between is zero.
pub(super) const DATA_AT: u64 = 4096;
pub(super) const MOST_SHARD_BITS: u8 = 14;
/// Of the source's name, in bytes of UTF-8.
pub const LONGEST_SOURCE: usize = 255;

/// Remainder bits, class bits, binary logarithm of the buckets in a block: fixed in version 1.
const PARAMETERS: [u8; 3] = [16, 2, 6];
const SUMMED: usize = HEADER_BYTES - 32;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub algorithm: Algorithm,
    /// Binary logarithm of the number of shards.
    pub shard_bits: u8,
    pub keys: u64,
    /// Hashes seen less often were left out.
    pub min_count: u64,
    /// As of when the lists are, as far as the builder was told.
    pub date: Date,
    pub source: String,
    pub directory_at: u64,
    pub table_at: u64,
    pub file_bytes: u64,
    pub table_hash: [u8; 32],
}

impl Header {
    pub fn shards(&self) -> u64 {
        1 << self.shard_bits
    }

    /// Everything counted: directories, tables and this.
    pub fn bits_per_key(&self) -> f64 {
        self.file_bytes as f64 * 8.0 / self.keys.max(1) as f64
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(code(self.algorithm).to_le_bytes());
        bytes.extend(PARAMETERS);
        bytes.push(self.shard_bits);
        for number in [
            self.keys,
            self.min_count,
            self.directory_at,
            self.table_at,
            self.file_bytes,
        ] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(self.date.year().to_le_bytes());
        bytes.extend(self.date.month().to_le_bytes());
        bytes.extend(self.date.day().to_le_bytes());
        bytes.extend(self.table_hash);
        let source = self.source.as_bytes();
        let source = source.get(..LONGEST_SOURCE).unwrap_or(source);
        bytes.push(u8::try_from(source.len()).unwrap_or(u8::MAX));
        bytes.extend(source);
        bytes.resize(SUMMED, 0);
        let sum = blake3::hash(&bytes);
        bytes.extend(sum.as_bytes());
        bytes
    }

    /// # Errors
    /// Not a corpus, newer, or damaged.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Wrong> {
        let mut rest = bytes;
        if take(&mut rest) != Some(MAGIC) {
            return Err(Wrong::NotACorpus);
        }
        let found = take(&mut rest).map(u32::from_le_bytes);
        if let Some(found) = found.filter(|found| *found > VERSION) {
            return Err(Wrong::Newer { found });
        }
        let damaged = || Wrong::damaged("the header");
        let (summed, sum) = bytes.split_at_checked(SUMMED).ok_or_else(damaged)?;
        if blake3::hash(summed).as_bytes().as_slice() != sum || found != Some(VERSION) {
            return Err(damaged());
        }
        Self::fields(&mut rest).ok_or_else(damaged)
    }

    fn fields(rest: &mut &[u8]) -> Option<Self> {
        let algorithm = algorithm(u32::from_le_bytes(take(rest)?))?;
        if take(rest)? != PARAMETERS {
            return None;
        }
        let [shard_bits] = take(rest)?;
        let mut number = || take(rest).map(u64::from_le_bytes);
        let (keys, min_count, directory_at) = (number()?, number()?, number()?);
        let (table_at, file_bytes) = (number()?, number()?);
        let year = i16::from_le_bytes(take(rest)?);
        let ([month], [day]) = (take(rest)?, take(rest)?);
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        let table_hash = take(rest)?;
        let [length] = take(rest)?;
        let source = std::str::from_utf8(rest.get(..usize::from(length))?).ok()?.to_owned();
        Some(Self {
            algorithm,
            shard_bits: Some(shard_bits).filter(|bits| *bits <= MOST_SHARD_BITS)?,
            keys,
            min_count,
            date,
            source,
            directory_at,
            table_at,
            file_bytes,
            table_hash,
        })
    }
}

const fn code(algorithm: Algorithm) -> u32 {
    match algorithm {
        Algorithm::Sha1 => 1,
        Algorithm::Ntlm => 2,
    }
}

fn algorithm(of: u32) -> Option<Algorithm> {
    [Algorithm::Sha1, Algorithm::Ntlm]
        .into_iter()
        .find(|algorithm| code(*algorithm) == of)
}

pub(super) fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_as_it_was_written_and_no_other_way() {
        let header = Header {
            algorithm: Algorithm::Ntlm,
            shard_bits: 3,
            keys: 2_050_000_000,
            min_count: 2,
            date: Date::constant(2026, 9, 30),
            source: "Pwned Passwords, été".to_owned(),
            directory_at: 4096,
            table_at: 5000,
            file_bytes: 6000,
            table_hash: [7; 32],
        };
        let bytes = header.encode();
        assert_eq!(bytes.len(), HEADER_BYTES);
        assert_eq!(Header::decode(&bytes).unwrap(), header);
        for at in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            assert!(Header::decode(&flipped).is_err(), "bit {at}");
        }
        let mut newer = bytes;
        newer[8] = 2;
        assert!(matches!(Header::decode(&newer), Err(Wrong::Newer { found: 2 })));
    }
}
