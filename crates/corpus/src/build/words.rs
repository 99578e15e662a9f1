//! Plain lists, one password a line, in any order: hashed, sorted in pieces that fit into memory, kept on disk until
//! merged.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use memchr::memchr;

use super::lines::{Line, Lines, Place};
use super::merge::Merge;
use super::problem::BuildProblem;
use super::run::{self, Run};
use super::source::{Item, Source};
use super::{Progress, Step};
use crate::digest::Algorithm;

/// Of 16 bytes each, sorted at once.
const IN_MEMORY: usize = 4 << 20;
/// Open at once; beyond that they are merged into one.
const MOST_RUNS: usize = 128;
/// Lines between two notices.
const NOTICE_EVERY: u64 = 1 << 14;
/// Written when all is sorted.
const MARK: &str = "sorted";
const END: &str = "end\n";
/// In bytes; longer lines are not passwords.
const LONGEST: usize = 4096;

pub(super) struct Sorter<'a> {
    pub folder: &'a Path,
    pub algorithm: Algorithm,
    /// What a line is worth.
    pub count: u32,
    /// Of all lists, for the notices.
    pub of: u64,
    items: Vec<Item>,
    runs: Vec<PathBuf>,
    written: usize,
    done: u64,
    pub skipped: u64,
}

impl<'a> Sorter<'a> {
    pub fn new(folder: &'a Path, algorithm: Algorithm, count: u32, of: u64) -> Self {
        Self {
            folder,
            algorithm,
            count,
            of,
            // At once: a list that grows is held twice while it moves.
            items: Vec::with_capacity(IN_MEMORY),
            runs: Vec::new(),
            written: 0,
            done: 0,
            skipped: 0,
        }
    }

    /// # Errors
    /// The list cannot be read, or a piece cannot be written.
    pub fn add(&mut self, list: &Path, notify: &mut dyn FnMut(Progress)) -> Result<(), BuildProblem> {
        let unreadable = |error| BuildProblem::unreadable(list, &error);
        let mut lines = Lines::open(list, Place::default()).map_err(unreadable)?;
        loop {
            match lines.next().map_err(unreadable)? {
                None => break,
                Some(Line::Whole([])) => {}
                Some(Line::Whole(word)) if memchr(0, word).is_some() => {
                    let line = lines.place().line;
                    let what = "there is a NUL byte in it: from here on it is no text";
                    return Err(BuildProblem::at_line(
                        list,
                        line,
                        what,
                        "name a text file of one password a line",
                    ));
                }
                Some(Line::Whole(word)) if word.len() <= LONGEST => {
                    let key = self.algorithm.digest(word).0;
                    let count = self.count;
                    self.items.push(Item { key, count });
                }
                Some(_) => self.skipped += 1,
            }
            if self.items.len() >= IN_MEMORY {
                self.write_run()?;
            }
            let Place { byte, line, .. } = lines.place();
            if line.is_multiple_of(NOTICE_EVERY) {
                notify(self.progress(byte));
            }
        }
        self.done += lines.place().byte;
        notify(self.progress(0));
        Ok(())
    }

    fn progress(&self, of_this: u64) -> Progress {
        Progress {
            step: Step::Sorting,
            done: self.done + of_this,
            of: self.of,
        }
    }

    /// The sorted pieces.
    ///
    /// # Errors
    /// The last one cannot be written.
    pub fn finish(mut self) -> Result<(Vec<PathBuf>, u64), BuildProblem> {
        self.write_run()?;
        let mut text = format!("{}\n", self.skipped);
        for run in &self.runs {
            let name = run.file_name().unwrap_or_default().to_string_lossy();
            text.push_str(&format!("{name}\n"));
        }
        text.push_str(END);
        let mark = self.folder.join(MARK);
        let written = File::create(&mark).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|error| BuildProblem::unwritable(&mark, &error))?;
        Ok((self.runs, self.skipped))
    }

    fn write_run(&mut self) -> Result<(), BuildProblem> {
        if self.items.is_empty() {
            return Ok(());
        }
        let mut items = std::mem::take(&mut self.items);
        items.sort_unstable();
        items.dedup_by(|later, kept| {
            let same = later.key == kept.key;
            if same {
                kept.count = kept.count.saturating_add(later.count);
            }
            same
        });
        let path = self.next_path();
        run::write(&path, items.iter().copied().map(Ok))?;
        items.clear();
        self.items = items;
        self.runs.push(path);
        if self.runs.len() >= MOST_RUNS {
            self.merge_runs()?;
        }
        Ok(())
    }

    fn next_path(&mut self) -> PathBuf {
        self.written += 1;
        self.folder.join(format!("run-{:05}", self.written))
    }

    fn merge_runs(&mut self) -> Result<(), BuildProblem> {
        let mut merge = Merge::of(open(&self.runs, &mut std::iter::empty())?);
        let path = self.next_path();
        run::write(&path, std::iter::from_fn(|| merge.next_until(u64::MAX).transpose()))?;
        for old in std::mem::replace(&mut self.runs, vec![path]) {
            std::fs::remove_file(&old).map_err(|error| BuildProblem::unwritable(&old, &error))?;
        }
        Ok(())
    }
}

/// What a run that was killed while building had sorted; None if it was killed earlier.
pub(super) fn sorted_before(folder: &Path) -> Option<(Vec<PathBuf>, u64)> {
    let text = std::fs::read_to_string(folder.join(MARK)).ok()?;
    let mut lines = text.strip_suffix(END)?.lines();
    let skipped = lines.next()?.parse().ok()?;
    let runs: Vec<_> = lines.map(|name| folder.join(name)).collect();
    runs.iter().all(|run| run.is_file()).then_some((runs, skipped))
}

/// Each from its place, or from the start.
///
/// # Errors
/// One cannot be read.
pub(super) fn open(
    runs: &[PathBuf],
    places: &mut dyn Iterator<Item = Place>,
) -> Result<Vec<Box<dyn Source>>, BuildProblem> {
    let opened = runs.iter().map(|path| {
        let place = places.next().unwrap_or_default();
        Run::open(path, place).map(|run| Box::new(run) as Box<dyn Source>)
    });
    opened.collect()
}
