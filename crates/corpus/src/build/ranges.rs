//! A folder of 16^5 range files, each named by the first five digits of the hashes in it, with the rest of each and its
//! count: `SUFFIX:COUNT`.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::hex;
use super::lines::{Line, Lines, Place};
use super::ordered::{DAMAGED, SORT, UNSORTED};
use super::problem::BuildProblem;
use super::source::{Item, Source};
use crate::digest::Algorithm;

const FILES: u64 = 1 << 20;
const MISSING: &str = "download the missing ranges again; a list with holes would call leaked passwords safe";

/// How the downloader named them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Naming {
    lower: bool,
    suffix: &'static str,
    files: u64,
}

impl Naming {
    /// None: the folder has no first range file.
    pub fn of(folder: &Path) -> Option<Self> {
        let suffixes = ["", ".txt", ".TXT"].into_iter();
        suffixes
            .map(|suffix| Self {
                lower: false,
                suffix,
                files: FILES,
            })
            .find(|naming| naming.path(folder, 0).is_file())
            .map(|upper| {
                let lower = Self { lower: true, ..upper };
                let is_lower = !upper.path(folder, 0xA).is_file() && lower.path(folder, 0xA).is_file();
                if is_lower { lower } else { upper }
            })
    }

    pub fn path(self, folder: &Path, number: u64) -> PathBuf {
        let suffix = self.suffix;
        folder.join(match self.lower {
            true => format!("{number:05x}{suffix}"),
            false => format!("{number:05X}{suffix}"),
        })
    }

    /// Of every range file, in order.
    ///
    /// # Errors
    /// One is missing.
    pub fn survey(self, folder: &Path, mut each: impl FnMut(&Metadata)) -> Result<(), BuildProblem> {
        for number in 0..self.files {
            let path = self.path(folder, number);
            let metadata = fs::metadata(&path).map_err(|error| missing(&path, &error))?;
            each(&metadata);
        }
        Ok(())
    }
}

fn missing(path: &Path, error: &io::Error) -> BuildProblem {
    match error.kind() {
        io::ErrorKind::NotFound => BuildProblem::new(path.display().to_string(), "this range file is missing", MISSING),
        _ => BuildProblem::unreadable(path, error),
    }
}

#[derive(Debug)]
pub(super) struct Ranges {
    folder: PathBuf,
    naming: Naming,
    digits: usize,
    lines: Lines,
    number: u64,
    /// Of the files before this one.
    bytes: u64,
    next: Option<Item>,
    next_at: Place,
}

impl Ranges {
    /// # Errors
    /// A file is missing or cannot be read.
    pub fn open(folder: &Path, naming: Naming, algorithm: Algorithm, place: Place) -> Result<Self, BuildProblem> {
        let path = naming.path(folder, place.file.min(naming.files - 1));
        let mut ranges = Self {
            folder: folder.to_owned(),
            naming,
            digits: algorithm.hex_digits(),
            lines: Lines::open(&path, place).map_err(|error| missing(&path, &error))?,
            number: place.file,
            bytes: 0,
            next: None,
            next_at: place,
        };
        if place.file < naming.files {
            ranges.advance()?;
        }
        Ok(ranges)
    }

    /// False after the last.
    fn next_file(&mut self) -> Result<bool, BuildProblem> {
        self.bytes += self.lines.place().byte;
        self.number += 1;
        if self.number >= self.naming.files {
            return Ok(false);
        }
        let path = self.naming.path(&self.folder, self.number);
        self.lines
            .reopen(path.clone())
            .map_err(|error| missing(&path, &error))?;
        Ok(true)
    }
}

impl Source for Ranges {
    fn peek(&self) -> Option<Item> {
        self.next
    }

    fn advance(&mut self) -> Result<(), BuildProblem> {
        let before = self.next.map_or(0, |item| item.key);
        loop {
            let at = self.lines.place();
            self.next_at = Place {
                file: self.number,
                ..at
            };
            let parsed = match self.lines.next() {
                Err(error) => return Err(BuildProblem::unreadable(&self.lines.path, &error)),
                Ok(Some(Line::Whole([]))) => continue,
                Ok(Some(Line::Whole(text))) => hex::parse_suffix(text, self.number, self.digits, 1),
                Ok(Some(Line::TooLong)) => None,
                Ok(None) => {
                    if self.next_file()? {
                        continue;
                    }
                    self.next = None;
                    self.next_at.file = self.naming.files;
                    return Ok(());
                }
            };
            let (path, number) = (&self.lines.path, at.line + 1);
            let Some((key, count)) = parsed else {
                let what = format!("it is not {} hexadecimal digits and a count", self.digits - 5);
                return Err(BuildProblem::at_line(path, number, &what, DAMAGED));
            };
            if key < before {
                return Err(BuildProblem::at_line(path, number, UNSORTED, SORT));
            }
            if count > 0 {
                self.next = Some(Item { key, count });
                return Ok(());
            }
            // Padding, which hides from onlookers how long an answer was.
        }
    }

    fn place(&self) -> Place {
        self.next_at
    }

    fn bytes(&self) -> u64 {
        self.bytes + self.next_at.byte
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{remove_file, write};

    const FEW: u64 = 300;

    fn folder() -> (tempfile::TempDir, Naming) {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..FEW {
            // 35 digits, padding of count 0, Windows line ends, and none at the end of the file.
            let (padding, last) = ("E".repeat(35), "F".repeat(35));
            let text = format!("{number:011X}{:024X}:12\r\n{padding}:0\r\n{last}:3", 0);
            write(folder.path().join(format!("{number:05X}.txt")), text).unwrap();
        }
        let naming = Naming {
            lower: false,
            suffix: ".txt",
            files: FEW,
        };
        (folder, naming)
    }

    fn all(mut ranges: Ranges) -> Vec<Item> {
        let mut items = Vec::new();
        while let Some(item) = ranges.peek() {
            items.push(item);
            ranges.advance().unwrap();
        }
        items
    }

    #[test]
    fn range_files_are_one_ordered_list() {
        let (folder, naming) = folder();
        let open = |place| Ranges::open(folder.path(), naming, Algorithm::Sha1, place).unwrap();
        let items = all(open(Place::default()));
        assert_eq!(items.len() as u64, FEW * 2);
        assert!(items.is_sorted());
        assert_eq!(
            items[2],
            Item {
                key: 1 << 44 | 1,
                count: 12
            }
        );
        let mut some = open(Place::default());
        (0..101).for_each(|_| some.advance().unwrap());
        assert_eq!(all(open(some.place())), items[101..], "it goes on where it stood");
        assert_eq!(
            all(open(Place {
                file: FEW,
                ..Place::default()
            })),
            []
        );
    }

    #[test]
    fn names_are_upper_or_lower_case() {
        let (folder, _) = folder();
        let name = |number| {
            let naming = Naming::of(folder.path()).unwrap();
            naming.path(folder.path(), number).file_name().unwrap().to_owned()
        };
        assert_eq!(name(0xABCDE), "ABCDE.txt");
        remove_file(folder.path().join("0000A.txt")).unwrap();
        assert_eq!(name(0xA), "0000A.txt", "the missing one is named as the others are");
        write(folder.path().join("0000a.txt"), "").unwrap();
        assert_eq!(name(0xA), "0000a.txt");
    }

    #[test]
    fn a_missing_or_damaged_range_is_named() {
        let (folder, naming) = folder();
        let path = naming.path(folder.path(), 0x2A);
        write(&path, format!("{}:1\n{}:1\n", "F".repeat(35), "5".repeat(35))).unwrap();
        let stopped = |naming| {
            let mut ranges = Ranges::open(folder.path(), naming, Algorithm::Sha1, Place::default()).unwrap();
            loop {
                if let Err(problem) = ranges.advance() {
                    return problem;
                }
            }
        };
        let problem = stopped(naming);
        assert_eq!(problem.place, format!("{}:2", path.display()));
        assert_eq!(problem.what, UNSORTED);
        remove_file(&path).unwrap();
        let problem = naming.survey(folder.path(), |_| {}).unwrap_err();
        assert_eq!(
            (problem.place, problem.remedy.as_str()),
            (path.display().to_string(), MISSING)
        );
    }
}
