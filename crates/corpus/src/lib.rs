//! The breached-password file: built once from published lists, mapped into memory, consulted for every password.
//!
//! ```text
//! header          512 bytes in a page of 4,096: magic, version, what it was made of, BLAKE3 of the shard table and of itself
//! blocks          shard after shard
//! directories     shard after shard, contiguous: where each block begins, as 32-bit offsets, and where the last one ends
//! shard table     40 bytes a shard: its blocks and directory, how many keys, BLAKE3-128 of both
//! ```
//! A key is the first 64 bits of a hash. Its first bits choose the shard; the rest, scaled to as many buckets as the
//! shard has keys, gives the bucket, and the next 16 bits are kept as the remainder, with two bits that say how often
//! the password was seen. 64 buckets are a block: how full each is, in unary, then the remainders. About 20.5 bits a
//! key, and one absent password in 65,000 is taken for a present one.

mod block;
pub mod build;
mod digest;
mod find;
mod header;
mod map;
mod prevalence;
mod problem;
mod shard;
mod version;

pub use digest::{Algorithm, Digest};
pub use find::Corpus;
pub use header::Header;
pub use prevalence::Prevalence;
pub use problem::{CorpusProblem, Wrong};
pub use version::VERSION as FORMAT;

#[cfg(test)]
mod tests;
