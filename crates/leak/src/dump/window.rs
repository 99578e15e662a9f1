//! A few hundred kilobytes of the stream at a time, with the offset and the fingerprint of everything before.

use std::io::{self, Read};

use zeroize::Zeroizing;

const FIRST: usize = 256 * 1024;
/// A record that needs more is not a record.
pub(super) const LONGEST: usize = 1 << 20;
const LARGEST: usize = LONGEST + FIRST;

pub(super) struct Window {
    source: Box<dyn Read + Send>,
    buffer: Zeroizing<Vec<u8>>,
    start: usize,
    end: usize,
    at_end: bool,
    /// Of everything before the buffer.
    hasher: blake3::Hasher,
    offset: u64,
}

impl Window {
    pub fn new(source: Box<dyn Read + Send>) -> Self {
        Self {
            source,
            buffer: Zeroizing::new(vec![0; FIRST]),
            start: 0,
            end: 0,
            at_end: false,
            hasher: blake3::Hasher::new(),
            offset: 0,
        }
    }

    pub fn data(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Nothing comes after `data`.
    pub fn at_end(&self) -> bool {
        self.at_end
    }

    pub fn consume(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.end);
    }

    /// Bytes of the stream before `data`.
    pub fn offset(&self) -> u64 {
        self.offset + self.start as u64
    }

    /// Of the stream before `data`.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hasher = self.hasher.clone();
        hasher.update(self.buffer.get(..self.start).unwrap_or_default());
        hasher.finalize().into()
    }

    /// Reads on until the buffer is full, which grows when `data` already fills most of it. False when nothing came.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn more(&mut self) -> io::Result<bool> {
        if self.at_end {
            return Ok(false);
        }
        self.make_room();
        let before = self.end;
        while self.end < self.buffer.len() {
            let free = self.buffer.get_mut(self.end..).unwrap_or_default();
            // The layer that turns UTF-16 into UTF-8 wants room for whole characters.
            if free.len() < 64 {
                break;
            }
            match self.source.read(free) {
                Ok(0) => {
                    self.at_end = true;
                    break;
                }
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.end > before)
    }

    fn make_room(&mut self) {
        self.hasher.update(self.buffer.get(..self.start).unwrap_or_default());
        self.offset += self.start as u64;
        let kept = self.end - self.start;
        if kept > self.buffer.len() / 2 && self.buffer.len() < LARGEST {
            let mut larger = Zeroizing::new(vec![0; (self.buffer.len() * 2).min(LARGEST)]);
            for (slot, byte) in larger.iter_mut().zip(self.data()) {
                *slot = *byte;
            }
            self.buffer = larger;
        } else {
            self.buffer.copy_within(self.start..self.end, 0);
        }
        self.start = 0;
        self.end = kept;
    }
}

impl std::fmt::Debug for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Window")
            .field("offset", &self.offset())
            .finish_non_exhaustive()
    }
}
