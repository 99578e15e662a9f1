//! What the layers under the reader noticed: how far the file is read, and what is wrong with it as a file.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Something wrong with the file itself. Everything before it is read; the census says that the rest is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Damage {
    /// The archive ends before its own end.
    Truncated,
    /// The archive contradicts itself: a wrong checksum, impossible codes.
    Corrupt,
    /// Bytes after the archive's end that belong to no archive.
    TrailingGarbage,
    /// UTF-16 with an odd number of bytes.
    OddLength,
    /// UTF-16 with half a character.
    BrokenCharacter,
    /// A single endless line inside an archive.
    Bomb,
}

impl Damage {
    pub const ALL: [Self; 6] = [
        Self::Truncated,
        Self::Corrupt,
        Self::TrailingGarbage,
        Self::OddLength,
        Self::BrokenCharacter,
        Self::Bomb,
    ];

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

#[derive(Debug, Default)]
pub(super) struct Status {
    consumed: AtomicU64,
    damage: AtomicU32,
}

impl Status {
    /// Bytes of the file itself that were read.
    pub fn consumed(&self) -> u64 {
        self.consumed.load(Ordering::Relaxed)
    }

    pub fn note(&self, damage: Damage) {
        self.damage.fetch_or(damage.bit(), Ordering::Relaxed);
    }

    pub fn damage(&self) -> Vec<Damage> {
        let noted = self.damage.load(Ordering::Relaxed);
        Damage::ALL
            .into_iter()
            .filter(|damage| noted & damage.bit() != 0)
            .collect()
    }
}

/// The file. Its own errors are told apart from those that an unpacker makes up.
pub(super) struct CountingReader<R> {
    pub input: R,
    pub status: std::sync::Arc<Status>,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.input.read(buffer) {
            Ok(read) => {
                self.status.consumed.fetch_add(read as u64, Ordering::Relaxed);
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => Err(io::Error::other(FileFault(error))),
        }
    }
}

/// The disk failed, or the network under it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct FileFault(io::Error);

pub(super) fn is_of_the_file(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Interrupted
        || error.get_ref().is_some_and(|inner| {
            let mut source: Option<&(dyn std::error::Error + 'static)> = Some(inner);
            while let Some(error) = source {
                if error.is::<FileFault>() {
                    return true;
                }
                source = error.source();
            }
            false
        })
}
