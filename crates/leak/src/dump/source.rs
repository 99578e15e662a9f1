//! From a file to a stream of lines in UTF-8 or Windows-1252: unpacked, and out of UTF-16.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use super::error::DumpError;
use super::json;
use super::status::{CountingReader, Status};
use super::unpack::Compression;
use super::utf16::{self, FromUtf16};

/// Archives inside archives.
const DEEPEST: usize = 3;
const HEAD: usize = 4096;

pub(super) struct Source {
    pub text: Box<dyn Read + Send>,
    pub status: Arc<Status>,
    pub length: u64,
    /// Outermost first.
    pub compression: Vec<Compression>,
    /// Name of the UTF-16 it was, if it was.
    pub utf16: Option<&'static str>,
}

impl Source {
    /// # Errors
    /// The file cannot be read, or is something that no reader of text should open.
    pub fn open(path: &Path) -> Result<Self, DumpError> {
        let unreadable = DumpError::reading(path);
        let file = File::open(path).map_err(&unreadable)?;
        let about = file.metadata().map_err(&unreadable)?;
        if !about.is_file() {
            return Err(DumpError::refused(path, "it is not a regular file", "name a file"));
        }
        Self::over(Box::new(file), about.len(), path)
    }

    /// # Errors
    /// As [`Source::open`].
    pub fn over(input: Box<dyn Read + Send>, length: u64, path: &Path) -> Result<Self, DumpError> {
        let status = Arc::new(Status::default());
        let counted = CountingReader {
            input,
            status: Arc::clone(&status),
        };
        Self::of(Box::new(counted), status, length, path)
    }

    fn of(mut input: Box<dyn Read + Send>, status: Arc<Status>, length: u64, path: &Path) -> Result<Self, DumpError> {
        let unreadable = DumpError::reading(path);
        let mut compression = Vec::new();
        loop {
            let head = peek(&mut input).map_err(&unreadable)?;
            refuse_foreign(&head, path)?;
            let next = Compression::of(&head);
            let utf16 = utf16::recognise(&head);
            let mark = utf16.map_or_else(|| byte_order_mark(&head), |(_, mark)| mark) as u64;
            let mut rest = Cursor::new(head);
            let whole = if next.is_none() { mark } else { 0 };
            rest.set_position(whole);
            input = Box::new(rest.chain(input));
            if let Some(next) = next {
                if compression.len() == DEEPEST {
                    let what = format!("archives inside archives, more than {DEEPEST} deep");
                    return Err(DumpError::refused(path, what, "unpack it first"));
                }
                compression.push(next);
                input = next.unpack(input, &status).map_err(&unreadable)?;
                continue;
            }
            if let Some((encoding, _)) = utf16 {
                input = Box::new(FromUtf16::new(input, encoding, Arc::clone(&status)));
            }
            return Ok(Self {
                text: input,
                status,
                length,
                compression,
                utf16: utf16.map(|(encoding, _)| encoding.name()),
            });
        }
    }
}

fn byte_order_mark(head: &[u8]) -> usize {
    if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }
}

fn peek(input: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    input.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn refuse_foreign(head: &[u8], path: &Path) -> Result<(), DumpError> {
    let (what, remedy) = match head {
        [] => ("it is empty", "fetch it again"),
        [b'P', b'K', 3, 4, ..] => (
            "it is a ZIP archive or a workbook",
            "unpack it, and save a workbook as CSV UTF-8",
        ),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => ("it is an old workbook", "save it as CSV UTF-8"),
        [b'7', b'z', 0xbc, 0xaf, ..]
        | [b'R', b'a', b'r', b'!', ..]
        | [0xfd, b'7', b'z', b'X', ..]
        | [b'B', b'Z', b'h', ..] => (
            "it is packed with 7-Zip, RAR, xz or bzip2",
            "unpack it first; gz and zst are read as they are",
        ),
        [b'%', b'P', b'D', b'F', ..] => ("it is a PDF", "export the table as CSV"),
        _ if head.get(257..262) == Some(b"ustar") => ("it is a tar archive", "unpack it first: tar -xf FILE"),
        _ if is_sql(head) => (
            "it is a dump of a database in SQL",
            "load it into an empty database of its own and export the table as CSV",
        ),
        _ if is_json_document(head) => (
            "it is one JSON document, not one object a line",
            "write one object a line: jq -c '.[]' FILE > list.jsonl",
        ),
        _ => return Ok(()),
    };
    Err(DumpError::refused(path, what, remedy))
}

fn is_sql(head: &[u8]) -> bool {
    const BEGINNINGS: [&str; 5] = [
        "INSERT INTO ",
        "CREATE TABLE ",
        "COPY ",
        "-- MySQL dump",
        "-- PostgreSQL database dump",
    ];
    let text = String::from_utf8_lossy(head);
    let mut lines = text.lines();
    lines.any(|line| BEGINNINGS.iter().any(|beginning| line.starts_with(beginning)))
}

/// An array or object over several lines, or an array on one.
fn is_json_document(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    match first {
        "{" => true,
        "[" => second == "{" || !second.starts_with('{'),
        _ => first.starts_with("[{") && json::keys(first).is_none(),
    }
}
