//! What an input is, found out by looking, and a fingerprint that tells whether it is still the same after a kill.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::Order;
use super::foreign;
use super::hex;
use super::lines::{Line, Lines, Place};
use super::ordered::OrderedInput;
use super::problem::BuildProblem;
use super::ranges::{Naming, Ranges};
use super::source::Source;
use crate::digest::Algorithm;

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Ordered,
    Ranges(Naming),
    Words,
}

#[derive(Debug)]
pub(super) struct Input {
    pub path: PathBuf,
    pub kind: Kind,
    pub bytes: u64,
    /// At most, guessed from the size.
    pub keys: u64,
}

impl Input {
    /// Looks at the input and adds it to the fingerprint.
    ///
    /// # Errors
    /// It is not there, holds hashes of the other algorithm, lacks range files, or is not what it would be built as.
    pub fn recognize(path: &Path, order: &Order, print: &mut blake3::Hasher) -> Result<Self, BuildProblem> {
        let metadata = fs::metadata(path).map_err(|error| BuildProblem::unreadable(path, &error))?;
        let whole = fs::canonicalize(path).map_err(|error| BuildProblem::unreadable(path, &error))?;
        print.update(whole.as_os_str().as_encoded_bytes()).update(&[0]);
        let mut bytes = 0;
        let mut add = |metadata: &Metadata| {
            bytes += metadata.len();
            for number in [metadata.len() as i64, metadata.mtime(), metadata.mtime_nsec()] {
                print.update(&number.to_le_bytes());
            }
        };
        let kind = if metadata.is_dir() {
            let naming = Naming::of(path).ok_or_else(|| {
                let remedy = "name the folder of the range files 00000 to FFFFF, or a file";
                BuildProblem::new(path.display().to_string(), "there is no range file 00000 in it", remedy)
            })?;
            naming.survey(path, &mut add)?;
            Kind::Ranges(naming)
        } else {
            add(&metadata);
            recognize_file(path, order)?
        };
        let shortest_line = match kind {
            Kind::Ordered => order.algorithm.hex_digits() as u64 + 3,
            Kind::Ranges(_) => order.algorithm.hex_digits() as u64 - 2,
            Kind::Words => 8,
        };
        Ok(Self {
            path: path.to_owned(),
            kind,
            bytes,
            keys: bytes / shortest_line,
        })
    }

    /// None: it has to be sorted first.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn open(
        &self,
        algorithm: Algorithm,
        default: u32,
        place: Place,
    ) -> Result<Option<Box<dyn Source>>, BuildProblem> {
        Ok(match self.kind {
            Kind::Ordered => Some(Box::new(OrderedInput::open(&self.path, algorithm, default, place)?)),
            Kind::Ranges(naming) => Some(Box::new(Ranges::open(&self.path, naming, algorithm, place)?)),
            Kind::Words => None,
        })
    }

    pub fn is_words(&self) -> bool {
        matches!(self.kind, Kind::Words)
    }
}

/// By its first line: a list of hashes begins with one.
fn recognize_file(path: &Path, order: &Order) -> Result<Kind, BuildProblem> {
    foreign::refuse_by_bytes(path)?;
    let unreadable = |error| BuildProblem::unreadable(path, &error);
    let mut lines = Lines::open(path, Place::default()).map_err(unreadable)?;
    let first = match lines.next().map_err(unreadable)? {
        Some(Line::Whole(text)) => text,
        Some(Line::TooLong) | None => &[],
    };
    let algorithm = order.algorithm;
    let as_list_of = |algorithm: Algorithm| hex::parse(first, algorithm.hex_digits(), 1);
    if let Some((key, _)) = as_list_of(algorithm) {
        if !order.partial {
            foreign::refuse_incomplete(path, key, algorithm)?;
        }
        return Ok(Kind::Ordered);
    }
    let others = [Algorithm::Sha1, Algorithm::Ntlm];
    let other = others
        .into_iter()
        .find(|other| first.contains(&b':') && as_list_of(*other).is_some());
    if let Some(other) = other {
        return Err(BuildProblem::at_line(
            path,
            1,
            &format!("these are {} hashes, not {}", other.as_str(), algorithm.as_str()),
            &format!("say --algorithm {}", other.as_str()),
        ));
    }
    foreign::refuse_digests(path)?;
    if !order.words {
        return Err(BuildProblem::at_line(
            path,
            1,
            "it does not begin with a hash",
            "say --words if it holds one password a line; otherwise name the published list",
        ));
    }
    Ok(Kind::Words)
}
