//! A first look at a file, without keeping any of it: is it a text, in which encoding, and what separates its columns?

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use crate::Problem;

/// How bytes that are not UTF-8 are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Windows1252,
}

impl Encoding {
    /// None: not a text in this encoding. A field that is valid UTF-8 is UTF-8 in any file, since mixed exports exist.
    pub fn decode(self, bytes: &[u8]) -> Option<String> {
        match (std::str::from_utf8(bytes), self) {
            (Ok(text), _) => Some(text.to_owned()),
            (Err(_), Self::Utf8) => None,
            (Err(_), Self::Windows1252) => encoding_rs::WINDOWS_1252
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(std::borrow::Cow::into_owned),
        }
    }
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Survey {
    pub encoding: Encoding,
    pub delimiter: u8,
    pub bytes: u64,
    /// Line ends: about as many patients.
    pub lines: u64,
    /// Of the byte order mark.
    pub skip: u64,
}

/// # Errors
/// It cannot be read, or is something else than a text with columns.
pub fn survey(file: &Path) -> Result<Survey, Problem> {
    let problem = |what: &str, remedy: &str| Problem::new(file.display().to_string(), what, remedy);
    let unreadable = |error: io::Error| problem(&error.to_string(), "give a file that this user can read");
    let opened = File::open(file).map_err(unreadable)?;
    let metadata = opened.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        let remedy = "give a file: it is read twice, first to find its encoding";
        return Err(problem("it is not a regular file", remedy));
    }
    let mut tally = Tally::default();
    let mut reader = BufReader::with_capacity(1 << 16, opened);
    let mut chunk = vec![0; 1 << 16];
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => tally.add(chunk.get(..length).unwrap_or_default()),
            Err(error) => return Err(unreadable(error)),
        }
    }
    if let Some((what, remedy)) = tally.no_text() {
        return Err(problem(what, remedy));
    }
    Ok(Survey {
        encoding: tally.encoding(),
        delimiter: tally.delimiter(),
        bytes: metadata.len(),
        lines: tally.lines,
        skip: if tally.first.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 },
    })
}

#[derive(Debug, Default)]
struct Tally {
    /// The first bytes of the file, as far as the first line may reach.
    first: Vec<u8>,
    /// The beginning of a character that the next chunk ends.
    cut: Vec<u8>,
    characters_beyond_ascii: u64,
    invalid: u64,
    lines: u64,
}

impl Tally {
    fn add(&mut self, chunk: &[u8]) {
        if self.first.is_empty() {
            self.first = chunk.to_vec();
        }
        self.lines += memchr::memchr_iter(b'\n', chunk).count() as u64;
        let mut bytes = std::mem::take(&mut self.cut);
        bytes.extend_from_slice(chunk);
        let mut rest = bytes.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.count(text.as_bytes());
                    return;
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    self.count(valid);
                    let Some(length) = error.error_len() else {
                        self.cut = after.to_vec();
                        return;
                    };
                    self.invalid += 1;
                    rest = after.get(length..).unwrap_or_default();
                }
            }
        }
    }

    fn count(&mut self, valid: &[u8]) {
        self.characters_beyond_ascii += valid.iter().filter(|byte| **byte >= 0xc0).count() as u64;
    }

    /// One damaged letter does not make a UTF-8 file another encoding.
    fn encoding(&self) -> Encoding {
        if self.invalid > self.characters_beyond_ascii {
            Encoding::Windows1252
        } else {
            Encoding::Utf8
        }
    }

    fn no_text(&self) -> Option<(&'static str, &'static str)> {
        let begins = |mark: &[u8]| self.first.starts_with(mark);
        let as_csv = "save it as CSV UTF-8";
        if self.first.is_empty() {
            Some(("the file is empty", "export it again"))
        } else if begins(b"PK\x03\x04") || begins(b"\xd0\xcf\x11\xe0") {
            Some(("it is a workbook or an archive, not a CSV file", as_csv))
        } else if begins(b"\x1f\x8b") || begins(b"\x28\xb5\x2f\xfd") {
            Some(("it is compressed", "unpack it first"))
        } else if begins(b"\xff\xfe") || begins(b"\xfe\xff") || self.first.contains(&0) {
            Some(("it is in UTF-16 or not text at all", as_csv))
        } else {
            None
        }
    }

    /// Whichever of the three separates the most columns in the first line.
    fn delimiter(&self) -> u8 {
        let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
        let mut quoted = false;
        for byte in self.first.iter().take_while(|byte| **byte != b'\n') {
            quoted ^= *byte == b'"';
            for (delimiter, count) in &mut counts {
                *count += usize::from(!quoted && byte == delimiter);
            }
        }
        counts
            .into_iter()
            .rev()
            .max_by_key(|(_, count)| *count)
            .map_or(b',', |(delimiter, _)| delimiter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Result<Survey, Problem> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f.csv");
        std::fs::write(&file, bytes).unwrap();
        survey(&file)
    }

    #[test]
    fn encoding_and_delimiter_are_found() {
        let utf8 = of("\u{feff}a;b\nLemaître;é\n".as_bytes()).unwrap();
        assert_eq!((utf8.encoding, utf8.delimiter, utf8.skip), (Encoding::Utf8, b';', 3));
        let windows = of(b"a,b\nLema\xeetre,\x80\n").unwrap();
        assert_eq!((windows.encoding, windows.delimiter), (Encoding::Windows1252, b','));
        assert_eq!(windows.encoding.decode(b"Lema\xeetre \x80").unwrap(), "Lemaître €");
        assert_eq!(windows.encoding.decode("Lemaître".as_bytes()).unwrap(), "Lemaître");
        assert_eq!(of(b"\"a,b,c\"\tb\n").unwrap().delimiter, b'\t');
        assert_eq!(Encoding::Utf8.decode(b"\xee"), None);
    }

    #[test]
    fn one_damaged_letter_does_not_change_the_encoding_and_chunks_may_cut_a_letter() {
        let mut text = "é".repeat(70_001).into_bytes();
        text.insert(0, b'x');
        text.push(0xee);
        assert_eq!(of(&text).unwrap().encoding, Encoding::Utf8);
    }

    #[test]
    fn what_is_no_csv_is_refused_with_a_remedy() {
        for bytes in [b"".as_slice(), b"PK\x03\x04xl", b"\x1f\x8bx", b"\xff\xfea\0", b"a\0b"] {
            assert!(!of(bytes).unwrap_err().remedy.is_empty());
        }
        assert!(survey(Path::new("/")).unwrap_err().what.contains("regular"));
    }
}
