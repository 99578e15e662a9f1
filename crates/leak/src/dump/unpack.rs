//! Packed streams. What can be unpacked is given on; a truncated or damaged rest is noted, and ends the stream.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use flate2::bufread::GzDecoder;
use zstd::stream::read::Decoder;

use super::status::{Damage, Status, is_of_the_file};

/// 8 MiB, what `zstd -19` uses at most; `--long` and `--ultra` need more memory than a reader should promise.
const ZSTANDARD_WINDOW_LOG: u32 = 23;
const CHUNK: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    Gzip,
    Zstandard,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Zstandard => "Zstandard",
        })
    }
}

impl Compression {
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstandard),
            // A skippable frame in front.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstandard),
            _ => None,
        }
    }

    pub(super) fn unpack(self, input: Box<dyn Read + Send>, status: &Arc<Status>) -> io::Result<Box<dyn Read + Send>> {
        let input = BufReader::with_capacity(CHUNK, input);
        let status = Arc::clone(status);
        Ok(match self {
            Self::Gzip => Box::new(Gunzip {
                member: Some(GzDecoder::new(input)),
                status,
            }),
            Self::Zstandard => {
                let mut decoder = Decoder::with_buffer(input)?;
                decoder.window_log_max(ZSTANDARD_WINDOW_LOG)?;
                Box::new(Unzstd {
                    decoder: Some(decoder),
                    status,
                    started: false,
                })
            }
        })
    }
}

/// Member after member, as `cat a.gz b.gz` makes them.
struct Gunzip<R> {
    member: Option<GzDecoder<R>>,
    status: Arc<Status>,
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            match member.read(buffer) {
                Ok(0) if !buffer.is_empty() => self.next_member()?,
                Ok(read) => return Ok(read),
                Err(error) => {
                    return ended(&self.status, error, || self.member = None);
                }
            }
        }
        Ok(0)
    }
}

impl<R: BufRead> Gunzip<R> {
    fn next_member(&mut self) -> io::Result<()> {
        let Some(member) = self.member.take() else {
            return Ok(());
        };
        let mut input = member.into_inner();
        loop {
            let rest = input.fill_buf()?;
            match rest.first() {
                None => return Ok(()),
                // Tapes and block devices pad with zeros.
                Some(0) => {
                    let zeros = rest.iter().take_while(|byte| **byte == 0).count();
                    input.consume(zeros);
                }
                Some(0x1f) => {
                    self.member = Some(GzDecoder::new(input));
                    return Ok(());
                }
                Some(_) => {
                    self.status.note(Damage::TrailingGarbage);
                    return Ok(());
                }
            }
        }
    }
}

struct Unzstd<R: BufRead> {
    decoder: Option<Decoder<'static, R>>,
    status: Arc<Status>,
    started: bool,
}

impl<R: BufRead> Read for Unzstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else { return Ok(0) };
        match decoder.read(buffer) {
            Ok(read) => {
                self.started |= read > 0;
                Ok(read)
            }
            Err(error) if !self.started && error.to_string().contains("memory") => {
                Err(io::Error::new(io::ErrorKind::OutOfMemory, "zstd window"))
            }
            Err(error) if self.started && error.to_string().contains("Unknown frame descriptor") => {
                self.decoder = None;
                self.status.note(Damage::TrailingGarbage);
                Ok(0)
            }
            Err(error) => ended(&self.status, error, || self.decoder = None),
        }
    }
}

/// Errors of the file are errors; those of the archive end it.
fn ended(status: &Status, error: io::Error, close: impl FnOnce()) -> io::Result<usize> {
    if is_of_the_file(&error) {
        return Err(error);
    }
    close();
    status.note(match error.kind() {
        io::ErrorKind::UnexpectedEof => Damage::Truncated,
        _ => Damage::Corrupt,
    });
    Ok(0)
}
