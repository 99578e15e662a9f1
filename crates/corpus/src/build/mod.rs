//! Builds a corpus file in one pass over ordered input, in memory that does not grow with it. Plain lists are sorted
//! first, on disk. What is kept until the end is in `FILE.part/`.

mod encode;
mod foreign;
mod hex;
mod input;
mod journal;
mod lines;
mod merge;
mod ordered;
mod parts;
mod problem;
mod ranges;
mod run;
mod source;
mod words;

use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::digest::Algorithm;
use super::header::{Header, LONGEST_SOURCE, MOST_SHARD_BITS};
use super::shard::Shard;
use super::version::VERSION;
use encode::{EncodedShard, MOST_KEYS};
use input::Input;
use journal::Record;
use merge::Merge;
use parts::Parts;
use words::Sorter;

pub use problem::BuildProblem;

/// Keys of a shard, as binary logarithm, while there are fewer shards than there may be.
const SHARD_KEYS_LOG: u32 = 16;

#[derive(Clone, Debug)]
pub struct Order {
    /// Ordered hash lists, folders of range files, plain lists, in any mixture.
    pub inputs: Vec<PathBuf>,
    pub out: PathBuf,
    pub algorithm: Algorithm,
    /// Hashes seen less often are left out.
    pub min_count: u64,
    /// What a line without a count is worth.
    pub count: u32,
    /// Plain lists are meant: otherwise a file that is no list of hashes is refused.
    pub words: bool,
    /// Ordered lists may be a lab's own, shorter than the published ones.
    pub partial: bool,
    pub source: String,
    pub date: Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Sorting,
    Building,
}

/// Bytes of input.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    pub step: Step,
    pub done: u64,
    pub of: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildReport {
    pub header: Header,
    /// Lines of plain lists that were too long for a password.
    pub lines_skipped: u64,
    /// Shards that an earlier run had finished.
    pub resumed: u64,
}

/// Replaces `out` with the corpus when it is whole; after a kill, the same command continues where it stopped.
///
/// # Errors
/// An input is missing, damaged or out of order; the disk is full; another build of the same file runs. Nothing is left
/// then, and `out` is as it was.
pub fn build(order: &Order, notify: &mut dyn FnMut(Progress)) -> Result<BuildReport, BuildProblem> {
    let mut print = blake3::Hasher::new();
    let inputs: Result<Vec<Input>, _> = order
        .inputs
        .iter()
        .map(|path| Input::recognize(path, order, &mut print))
        .collect();
    let inputs = inputs?;
    let keys: u64 = inputs.iter().map(|input| input.keys).sum();
    let bits = (keys | 1).ilog2().saturating_sub(SHARD_KEYS_LOG);
    let shard_bits = u8::try_from(bits).unwrap_or(u8::MAX).min(MOST_SHARD_BITS);
    let settings = format!(
        "{VERSION} {:?} {} {} {shard_bits}",
        order.algorithm, order.min_count, order.count
    );
    let fingerprint = print.update(settings.as_bytes()).finalize().to_hex();
    let parts = Parts::open(&order.out, &fingerprint)?;
    let building = Building {
        order,
        inputs,
        shard_bits,
    };
    let built = building.run(parts, notify);
    if built.is_err() {
        remove_parts(&order.out)?;
    }
    built
}

fn remove_parts(target: &Path) -> Result<(), BuildProblem> {
    Parts::remove(target).map_err(|error: io::Error| BuildProblem::unwritable(&parts::beside(target), &error))
}

struct Building<'a> {
    order: &'a Order,
    inputs: Vec<Input>,
    shard_bits: u8,
}

impl Building<'_> {
    fn run(&self, mut parts: Parts, notify: &mut dyn FnMut(Progress)) -> Result<BuildReport, BuildProblem> {
        let (runs, lines_skipped) = self.sort_words(&parts, notify)?;
        let given = self.inputs.iter().filter(|input| !input.is_words());
        let records = parts.resume(given.clone().count() + runs.len())?;
        let mut places = records
            .last()
            .map(|record| record.places.clone())
            .unwrap_or_default()
            .into_iter();
        let mut sources = Vec::new();
        for input in given.clone() {
            let place = places.next().unwrap_or_default();
            sources.extend(input.open(self.order.algorithm, self.order.count, place)?);
        }
        sources.extend(words::open(&runs, &mut places)?);
        let sorted: u64 = runs.iter().filter_map(|run| Some(run.metadata().ok()?.len())).sum();
        let of = sorted + given.map(|input| input.bytes).sum::<u64>();
        let resumed = records.len() as u64;
        let mut shards: Vec<Shard> = records.into_iter().map(|record| record.shard).collect();
        self.add_shards(Merge::of(sources), &mut parts, &mut shards, &mut |done| {
            let step = Step::Building;
            notify(Progress { step, done, of });
        })?;
        let header = self.install(parts, shards)?;
        Ok(BuildReport {
            header,
            lines_skipped,
            resumed,
        })
    }

    /// Sorted pieces of the plain lists, of this run or of the one that was killed.
    fn sort_words(&self, parts: &Parts, notify: &mut dyn FnMut(Progress)) -> Result<(Vec<PathBuf>, u64), BuildProblem> {
        let lists: Vec<_> = self.inputs.iter().filter(|input| input.is_words()).collect();
        if lists.is_empty() {
            return Ok((Vec::new(), 0));
        }
        if let Some(sorted) = words::sorted_before(&parts.folder) {
            return Ok(sorted);
        }
        let of = lists.iter().map(|list| list.bytes).sum();
        let mut sorter = Sorter::new(&parts.folder, self.order.algorithm, self.order.count, of);
        for list in lists {
            sorter.add(&list.path, notify)?;
        }
        sorter.finish()
    }

    fn add_shards(
        &self,
        mut merge: Merge,
        parts: &mut Parts,
        shards: &mut Vec<Shard>,
        notify: &mut dyn FnMut(u64),
    ) -> Result<(), BuildProblem> {
        let width = 64 - u32::from(self.shard_bits);
        let (mut items, mut encoded) = (Vec::new(), EncodedShard::default());
        for number in shards.len() as u64..1 << self.shard_bits {
            let last = (number + 1)
                .checked_shl(width)
                .map_or(u64::MAX, |end| end.wrapping_sub(1));
            items.clear();
            while let Some(item) = merge.next_until(last)? {
                if u64::from(item.count) >= self.order.min_count {
                    items.push(item);
                }
                if items.len() > MOST_KEYS {
                    return Err(self.uneven());
                }
            }
            let mut record = Record {
                shard: encoded.encode(&items, self.shard_bits),
                places: merge.places().collect(),
            };
            parts.add(&encoded, &mut record)?;
            shards.push(record.shard);
            notify(merge.bytes());
        }
        Ok(())
    }

    fn uneven(&self) -> BuildProblem {
        let place = self.order.inputs.first().map(|path| path.display().to_string());
        BuildProblem::new(
            place.unwrap_or_default(),
            "its hashes are not spread evenly, so they are no hashes of passwords",
            "use the published list as it is",
        )
    }

    fn install(&self, parts: Parts, mut shards: Vec<Shard>) -> Result<Header, BuildProblem> {
        let keys: u64 = shards.iter().map(|shard| u64::from(shard.keys)).sum();
        if keys == 0 {
            let place = self.order.inputs.first().map(|path| path.display().to_string());
            let remedy = "name lists that hold passwords, or lower --min-count";
            return Err(BuildProblem::new(
                place.unwrap_or_default(),
                "nothing is left to build from",
                remedy,
            ));
        }
        let mut header = Header {
            algorithm: self.order.algorithm,
            shard_bits: self.shard_bits,
            keys,
            min_count: self.order.min_count,
            date: self.order.date,
            source: shortened(&self.order.source),
            directory_at: 0,
            table_at: 0,
            file_bytes: 0,
            table_hash: [0; 32],
        };
        let table = |directory_at| {
            shards.iter_mut().for_each(|shard| shard.directory_at += directory_at);
            shards.iter().flat_map(Shard::encode).collect::<Vec<u8>>()
        };
        parts.install(&self.order.out, table, |directory_at, table_at, table| {
            header.directory_at = directory_at;
            header.table_at = table_at;
            header.file_bytes = table_at + table.len() as u64;
            header.table_hash = *blake3::hash(table).as_bytes();
            header.encode()
        })?;
        Ok(header)
    }
}

fn shortened(source: &str) -> String {
    let mut end = source.len().min(LONGEST_SOURCE);
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    source.get(..end).unwrap_or_default().to_owned()
}
