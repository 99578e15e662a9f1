//! One file of `HASH:COUNT`, ordered by hash.

use std::path::Path;

use super::hex;
use super::lines::{Line, Lines, Place};
use super::problem::BuildProblem;
use super::source::{Item, Source};
use crate::digest::Algorithm;

pub(super) const UNSORTED: &str = "it is not in order: a hash is lower than the one before it";
pub(super) const SORT: &str = "use the list that is ordered by hash, or sort it: LC_ALL=C sort -o FILE FILE";
pub(super) const DAMAGED: &str = "copy or download the list again; this line was not used";

#[derive(Debug)]
pub(super) struct OrderedInput {
    lines: Lines,
    digits: usize,
    default: u32,
    next: Option<Item>,
    next_at: Place,
}

impl OrderedInput {
    /// # Errors
    /// The file cannot be read, or its first line is not a hash.
    pub fn open(path: &Path, algorithm: Algorithm, default: u32, place: Place) -> Result<Self, BuildProblem> {
        let mut ordered = Self {
            lines: Lines::open(path, place).map_err(|error| BuildProblem::unreadable(path, &error))?,
            digits: algorithm.hex_digits(),
            default,
            next: None,
            next_at: place,
        };
        ordered.advance()?;
        Ok(ordered)
    }
}

impl Source for OrderedInput {
    fn peek(&self) -> Option<Item> {
        self.next
    }

    fn advance(&mut self) -> Result<(), BuildProblem> {
        let before = self.next.map_or(0, |item| item.key);
        loop {
            self.next_at = self.lines.place();
            let line = match self.lines.next() {
                Ok(line) => line,
                Err(error) => return Err(BuildProblem::unreadable(&self.lines.path, &error)),
            };
            let parsed = match line {
                None => {
                    self.next = None;
                    return Ok(());
                }
                Some(Line::Whole([])) => continue,
                Some(Line::Whole(text)) => hex::parse(text, self.digits, self.default),
                Some(Line::TooLong) => None,
            };
            let (path, number) = (&self.lines.path, self.next_at.line + 1);
            let Some((key, count)) = parsed else {
                let what = format!("it is not {} hexadecimal digits and a count", self.digits);
                return Err(BuildProblem::at_line(path, number, &what, DAMAGED));
            };
            if key < before {
                return Err(BuildProblem::at_line(path, number, UNSORTED, SORT));
            }
            self.next = Some(Item { key, count });
            return Ok(());
        }
    }

    fn place(&self) -> Place {
        self.next_at
    }

    fn bytes(&self) -> u64 {
        self.next_at.byte
    }
}
