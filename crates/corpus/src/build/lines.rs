//! Lines of a file with their numbers, in a buffer that never grows.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use memchr::memchr;

const BUFFER: usize = 256 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A place to come back to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Of a folder.
    pub file: u64,
    /// Where the line begins.
    pub byte: u64,
    /// The number of lines before it.
    pub line: u64,
}

#[derive(Debug)]
pub(super) struct Lines {
    pub path: PathBuf,
    file: File,
    buffer: Vec<u8>,
    from: usize,
    to: usize,
    /// Of the file, where the buffer's unread part begins.
    byte: u64,
    line: u64,
    in_long: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Without its end.
    Whole(&'a [u8]),
    /// Longer than any password or hash.
    TooLong,
}

impl Lines {
    /// # Errors
    /// The file cannot be opened.
    pub fn open(path: &Path, place: Place) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(place.byte))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            buffer: vec![0; BUFFER],
            from: 0,
            to: 0,
            byte: place.byte,
            line: place.line,
            in_long: false,
        })
    }

    /// The next file in the same buffer.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn reopen(&mut self, path: PathBuf) -> io::Result<()> {
        self.file = File::open(&path)?;
        self.path = path;
        (self.from, self.to, self.byte, self.line, self.in_long) = (0, 0, 0, 0, false);
        Ok(())
    }

    /// Where the next line begins.
    pub fn place(&self) -> Place {
        Place {
            file: 0,
            byte: self.byte,
            line: self.line,
        }
    }

    /// # Errors
    /// The file cannot be read.
    pub fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        loop {
            let rest = self.buffer.get(self.from..self.to).unwrap_or_default();
            if let Some(length) = memchr(b'\n', rest) {
                return Ok(Some(self.take(length, 1)));
            }
            let length = rest.len();
            if length == self.buffer.len() {
                // Continues to its end, keeping nothing of it.
                self.in_long = true;
                self.byte += length as u64;
                (self.from, self.to) = (0, 0);
            }
            if self.fill()? {
                continue;
            }
            let rest = self.to - self.from;
            return Ok((rest > 0 || self.in_long).then(|| self.take(rest, 0)));
        }
    }

    fn take(&mut self, length: usize, end: usize) -> Line<'_> {
        let from = self.from;
        let is_first = self.byte == 0;
        self.from += length + end;
        self.byte += (length + end) as u64;
        self.line += 1;
        if std::mem::take(&mut self.in_long) {
            return Line::TooLong;
        }
        let line = self.buffer.get(from..from + length).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.strip_prefix(BYTE_ORDER_MARK) {
            Some(text) if is_first => Line::Whole(text),
            _ => Line::Whole(line),
        }
    }

    /// False at the end of the file.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.copy_within(self.from..self.to, 0);
        (self.from, self.to) = (0, self.to - self.from);
        let room = self.buffer.get_mut(self.to..).unwrap_or_default();
        loop {
            match self.file.read(room) {
                Ok(read) => {
                    self.to += read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(contents: &[u8]) -> Vec<Option<Vec<u8>>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        std::fs::write(&path, contents).unwrap();
        let mut lines = Lines::open(&path, Place::default()).unwrap();
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push(match line {
                Line::Whole(text) => Some(text.to_vec()),
                Line::TooLong => None,
            });
        }
        assert_eq!(lines.place().byte, contents.len() as u64);
        all
    }

    #[test]
    fn lines_are_told_apart_whatever_ends_them() {
        let some = |text: &str| Some(text.as_bytes().to_vec());
        assert_eq!(lines(b""), []);
        assert_eq!(lines(b"\xef\xbb\xbfa\r\n\nb"), [some("a"), some(""), some("b")]);
        let mut long = vec![b'x'; 3 * BUFFER + 7];
        long.extend(b"\nshort\n");
        assert_eq!(lines(&long), [None, some("short")]);
        let endless = vec![b'x'; 2 * BUFFER];
        assert_eq!(lines(&endless), [None]);
    }

    #[test]
    fn reading_goes_on_where_it_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        std::fs::write(&path, "one\ntwo\nthree").unwrap();
        let mut first = Lines::open(&path, Place::default()).unwrap();
        first.next().unwrap();
        let mut second = Lines::open(&path, first.place()).unwrap();
        assert_eq!(second.next().unwrap(), Some(Line::Whole(b"two")));
        assert_eq!(second.place().line, 2);
    }
}
