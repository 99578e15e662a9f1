//! UTF-16 as UTF-8, piece by piece: a character may be cut by the end of a piece.

use std::io::{self, Read};
use std::sync::Arc;

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE};
use zeroize::Zeroizing;

use super::status::{Damage, Status};

const CHUNK: usize = 32 * 1024;

/// By its mark, or by where the zeros of plain letters stand. With the length of the mark.
pub(super) fn recognise(head: &[u8]) -> Option<(&'static Encoding, usize)> {
    match head {
        [0xff, 0xfe, ..] => return Some((UTF_16LE, 2)),
        [0xfe, 0xff, ..] => return Some((UTF_16BE, 2)),
        _ => {}
    }
    let pairs = head.len() / 2;
    if pairs < 4 {
        return None;
    }
    let zeros = |at: usize| head.chunks_exact(2).filter(|pair| pair.get(at) == Some(&0)).count();
    let (first, second) = (zeros(0), zeros(1));
    if second * 10 > pairs * 6 && first * 10 < pairs {
        Some((UTF_16LE, 0))
    } else if first * 10 > pairs * 6 && second * 10 < pairs {
        Some((UTF_16BE, 0))
    } else {
        None
    }
}

pub(super) struct FromUtf16<R> {
    input: R,
    decoder: Decoder,
    buffer: Zeroizing<Vec<u8>>,
    start: usize,
    end: usize,
    at_end: bool,
    finished: bool,
    status: Arc<Status>,
}

impl<R: Read> FromUtf16<R> {
    pub fn new(input: R, encoding: &'static Encoding, status: Arc<Status>) -> Self {
        Self {
            input,
            decoder: encoding.new_decoder_without_bom_handling(),
            buffer: Zeroizing::new(vec![0; CHUNK]),
            start: 0,
            end: 0,
            at_end: false,
            finished: false,
            status,
        }
    }

    /// Keeps a lone byte for the next time.
    fn refill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        while self.end < 2 && !self.at_end {
            let free = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.input.read(free) {
                Ok(0) => self.at_end = true,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if self.at_end && self.end % 2 == 1 {
            self.end -= 1;
            self.status.note(Damage::OddLength);
        }
        Ok(())
    }
}

impl<R: Read> Read for FromUtf16<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // The decoder needs room for one whole character.
        if out.len() < 16 {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "buffer too small"));
        }
        while !self.finished {
            if self.end - self.start < 2 && !self.at_end {
                self.refill()?;
            }
            let even = self.start + (self.end - self.start) / 2 * 2;
            let piece = self.buffer.get(self.start..even).unwrap_or_default();
            let (result, read, written, damaged) = self.decoder.decode_to_utf8(piece, out, self.at_end);
            self.start += read;
            if damaged {
                self.status.note(Damage::BrokenCharacter);
            }
            self.finished = self.at_end && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}
