//! Text to bytes, in the requested encoding and compression.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::str::FromStr;

use encoding_rs::WINDOWS_1252;
use flate2::write::GzEncoder;

use super::UnknownChoice;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextEncoding {
    Utf8,
    /// What it cannot write becomes a character reference, as in web forms.
    Windows1252,
    Utf16Le,
    Utf16Be,
}

impl FromStr for TextEncoding {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        Ok(match text {
            "utf-8" => Self::Utf8,
            "windows-1252" => Self::Windows1252,
            "utf-16le" => Self::Utf16Le,
            "utf-16be" => Self::Utf16Be,
            given => {
                return Err(UnknownChoice {
                    given: given.to_owned(),
                    choices: "utf-8, windows-1252, utf-16le, utf-16be",
                });
            }
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    None,
    Gzip,
    Zstandard,
}

impl FromStr for Packing {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        Ok(match text {
            "none" => Self::None,
            "gz" => Self::Gzip,
            "zst" => Self::Zstandard,
            given => {
                return Err(UnknownChoice {
                    given: given.to_owned(),
                    choices: "none, gz, zst",
                });
            }
        })
    }
}

enum Out {
    Plain(BufWriter<File>),
    Gzip(Box<GzEncoder<BufWriter<File>>>),
    Zstandard(Box<zstd::stream::write::Encoder<'static, BufWriter<File>>>),
}

pub(super) struct Sink {
    out: Out,
    encoding: TextEncoding,
    bytes: Vec<u8>,
}

impl Sink {
    pub fn new(file: File, encoding: TextEncoding, packing: Packing) -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 16, file);
        let out = match packing {
            Packing::None => Out::Plain(file),
            Packing::Gzip => Out::Gzip(Box::new(GzEncoder::new(file, flate2::Compression::new(5)))),
            Packing::Zstandard => Out::Zstandard(Box::new(zstd::stream::write::Encoder::new(file, 3)?)),
        };
        let mut sink = Self {
            out,
            encoding,
            bytes: Vec::new(),
        };
        if matches!(encoding, TextEncoding::Utf16Le | TextEncoding::Utf16Be) {
            sink.write("\u{feff}")?;
        }
        Ok(sink)
    }

    pub fn write(&mut self, text: &str) -> io::Result<()> {
        match self.encoding {
            TextEncoding::Utf8 => return self.put(text.as_bytes()),
            TextEncoding::Windows1252 => return self.put(&WINDOWS_1252.encode(text).0),
            TextEncoding::Utf16Le | TextEncoding::Utf16Be => {}
        }
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        for unit in text.encode_utf16() {
            bytes.extend(match self.encoding {
                TextEncoding::Utf16Be => unit.to_be_bytes(),
                _ => unit.to_le_bytes(),
            });
        }
        self.put(&bytes)?;
        self.bytes = bytes;
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.out {
            Out::Plain(out) => out.write_all(bytes),
            Out::Gzip(out) => out.write_all(bytes),
            Out::Zstandard(out) => out.write_all(bytes),
        }
    }

    pub fn finish(self) -> io::Result<()> {
        match self.out {
            Out::Plain(mut out) => out.flush(),
            Out::Gzip(out) => out.finish()?.flush(),
            Out::Zstandard(out) => out.finish()?.flush(),
        }
    }
}
