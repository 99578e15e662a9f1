//! A first look at a file, without keeping any of it: is it a text, in which encoding, and what separates its columns?

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;

use crate::Problem;

/// How bytes that are not UTF-8 are read. UTF-16 is UTF-8 by the time that anything else sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Windows1252,
    /// Of DOS in western Europe.
    CodePage850,
}

impl Encoding {
    /// None: not a text in this encoding. A field that is valid UTF-8 is UTF-8 in any file, since mixed exports exist;
    /// one that was made UTF-8 twice is undone once.
    pub fn decode(self, bytes: &[u8]) -> Option<String> {
        match (std::str::from_utf8(bytes), self) {
            (Ok(text), _) => Some(encoded_twice(text).unwrap_or_else(|| text.to_owned())),
            (Err(_), Self::Utf8) => None,
            (Err(_), Self::Windows1252) => WINDOWS_1252
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(std::borrow::Cow::into_owned),
            (Err(_), Self::CodePage850) => Some(dos(bytes)),
        }
    }
}

fn dos(bytes: &[u8]) -> String {
    oem_cp::decode_string_complete_table(bytes, &oem_cp::code_table::DECODING_TABLE_CP850)
}

/// `LemaÃ®tre`: UTF-8 that was taken for Windows-1252 and made UTF-8 again. No language writes such letters side by side.
fn encoded_twice(text: &str) -> Option<String> {
    if !text.contains(['Ã', 'Â', 'Å']) {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match u8::try_from(u32::from(letter)) {
            Ok(byte) => bytes.push(byte),
            Err(_) => {
                let letter = letter.to_string();
                let (encoded, _, is_other) = WINDOWS_1252.encode(&letter);
                if is_other {
                    return None;
                }
                bytes.extend_from_slice(&encoded);
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Survey {
    pub encoding: Encoding,
    pub delimiter: u8,
    pub bytes: u64,
    /// Line ends: about as many patients.
    pub lines: u64,
    /// The first line says what separates columns (`sep=;`), and the second names them.
    pub has_separator_line: bool,
    /// Lines end with a carriage return alone.
    pub ends_with_return: bool,
}

/// The file from its beginning, as bytes that end their lines with one byte each and hold no byte order mark.
///
/// # Errors
/// It cannot be read.
pub fn open(file: &Path) -> io::Result<BufReader<Box<dyn Read + Send>>> {
    let mut opened = File::open(file)?;
    let mut first = Vec::new();
    (&mut opened).take(64).read_to_end(&mut first)?;
    opened.seek(SeekFrom::Start(0))?;
    // In UTF-16 every other byte of plain letters is zero.
    let zeros = |from: usize| first.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let most = first.len() / 4;
    let wide: Option<(_, &[u8])> = match first.as_slice() {
        [0xff, 0xfe, ..] => Some((UTF_16LE, b"")),
        [0xfe, 0xff, ..] => Some((UTF_16BE, b"")),
        _ if most > 0 && zeros(1) > most && zeros(0) == 0 => Some((UTF_16LE, b"\xff\xfe")),
        _ if most > 0 && zeros(0) > most && zeros(1) == 0 => Some((UTF_16BE, b"\xfe\xff")),
        _ => None,
    };
    let bytes: Box<dyn Read + Send> = match wide {
        Some((encoding, mark)) => {
            let marked = mark.chain(opened);
            Box::new(DecodeReaderBytesBuilder::new().encoding(Some(encoding)).build(marked))
        }
        None => Box::new(opened),
    };
    let mut reader = BufReader::with_capacity(1 << 16, bytes);
    if reader.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        reader.consume(3);
    }
    Ok(reader)
}

/// # Errors
/// It cannot be read, or is something else than a text with columns.
pub fn survey(file: &Path) -> Result<Survey, Problem> {
    let problem = |what: &str, remedy: &str| Problem::new(file.display().to_string(), what, remedy);
    let unreadable = |error: io::Error| problem(&error.to_string(), "give a file that this user can read");
    let metadata = std::fs::metadata(file).map_err(unreadable)?;
    if !metadata.is_file() {
        let remedy = "give a file: it is read twice, first to find its encoding";
        return Err(problem("it is not a regular file", remedy));
    }
    let mut tally = Tally::default();
    let mut reader = open(file).map_err(unreadable)?;
    loop {
        let chunk = reader.fill_buf().map_err(unreadable)?;
        if chunk.is_empty() {
            break;
        }
        tally.add(chunk);
        let length = chunk.len();
        reader.consume(length);
    }
    if let Some((what, remedy)) = tally.no_text() {
        return Err(problem(what, remedy));
    }
    let separator = tally.separator_line();
    Ok(Survey {
        encoding: tally.encoding(),
        delimiter: separator.unwrap_or_else(|| tally.delimiter()),
        bytes: metadata.len(),
        lines: if tally.lines == 0 { tally.returns } else { tally.lines },
        has_separator_line: separator.is_some(),
        ends_with_return: tally.lines == 0 && tally.returns > 0,
    })
}

#[derive(Debug)]
struct Tally {
    /// The first bytes of the file, as far as the first line may reach.
    first: Vec<u8>,
    /// The beginning of a character that the next chunk ends.
    cut: Vec<u8>,
    characters_beyond_ascii: u64,
    invalid: u64,
    lines: u64,
    returns: u64,
    /// How often each byte is there.
    seen: [u64; 256],
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            first: Vec::new(),
            cut: Vec::new(),
            characters_beyond_ascii: 0,
            invalid: 0,
            lines: 0,
            returns: 0,
            seen: [0; 256],
        }
    }
}

impl Tally {
    fn add(&mut self, chunk: &[u8]) {
        if self.first.is_empty() {
            self.first = chunk.to_vec();
        }
        self.lines += memchr::memchr_iter(b'\n', chunk).count() as u64;
        self.returns += memchr::memchr_iter(b'\r', chunk).count() as u64;
        for byte in chunk.iter().filter(|byte| !byte.is_ascii()) {
            if let Some(seen) = self.seen.get_mut(usize::from(*byte)) {
                *seen += 1;
            }
        }
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

    /// One damaged letter does not make a UTF-8 file another encoding. Of the others, the one in which most bytes are
    /// letters that French names have.
    fn encoding(&self) -> Encoding {
        if self.invalid <= self.characters_beyond_ascii {
            return Encoding::Utf8;
        }
        let letters = |decode: &dyn Fn(&[u8]) -> String| -> u64 {
            let french = |byte: u8| decode(&[byte]).chars().all(|c| FRENCH.contains(c));
            let seen = (0..=u8::MAX).zip(self.seen);
            seen.filter(|(byte, _)| !byte.is_ascii() && french(*byte))
                .map(|(_, times)| times)
                .sum()
        };
        let windows = letters(&|bytes| WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned());
        if letters(&dos) > windows {
            Encoding::CodePage850
        } else {
            Encoding::Windows1252
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
        } else if self.first.contains(&0) {
            Some(("it is not text", as_csv))
        } else {
            None
        }
    }

    fn first_line(&self) -> &[u8] {
        self.first
            .split(|byte| matches!(byte, b'\n' | b'\r'))
            .next()
            .unwrap_or_default()
    }

    /// What spreadsheets write for one another before the columns' names.
    fn separator_line(&self) -> Option<u8> {
        let line = self.first_line();
        let line = line
            .strip_prefix(b"\"")
            .and_then(|line| line.strip_suffix(b"\""))
            .unwrap_or(line);
        match line.split_at_checked(4)? {
            (mark, [separator]) if mark.eq_ignore_ascii_case(b"sep=") => Some(*separator),
            _ => None,
        }
    }

    /// Whichever separates the most columns in the first line.
    fn delimiter(&self) -> u8 {
        let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
        let mut quoted = false;
        for byte in self.first_line() {
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

/// Without those that are rarer in a name than as the sign of another encoding.
const FRENCH: &str = "àâäçéèêëîïôöùûüÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ";

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
        assert_eq!((utf8.encoding, utf8.delimiter), (Encoding::Utf8, b';'));
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
        for bytes in [b"".as_slice(), b"PK\x03\x04xl", b"\x1f\x8bx", b"a\0b\0\0"] {
            assert!(!of(bytes).unwrap_err().remedy.is_empty());
        }
        assert!(survey(Path::new("/")).unwrap_err().what.contains("regular"));
    }

    #[test]
    fn files_of_other_systems() {
        let dos = of(b"a;b\nZo\x82;Lema\x8ctre\n").unwrap();
        assert_eq!(dos.encoding, Encoding::CodePage850);
        assert_eq!(dos.encoding.decode(b"Lema\x8ctre").unwrap(), "Lemaître");
        let wide: Vec<u8> = "\u{feff}a|b\n1|é\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let wide = of(&wide).unwrap();
        assert_eq!((wide.encoding, wide.delimiter, wide.lines), (Encoding::Utf8, b'|', 2));
        let wide: Vec<u8> = "record;b\n1;e\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(of(&wide).unwrap().delimiter, b';');
        let old = of(b"a,b\r1,2\r3,4\r").unwrap();
        assert_eq!((old.ends_with_return, old.lines, old.delimiter), (true, 3, b','));
        let said = of(b"sep=|\r\na,b,c|d\r\n").unwrap();
        assert_eq!((said.has_separator_line, said.delimiter), (true, b'|'));
    }

    #[test]
    fn what_was_encoded_twice_is_decoded_twice() {
        for name in ["Lemaître", "Émile Crête", "Lecœur", "ÀÉÈ"] {
            let (wrong, ..) = WINDOWS_1252.decode(name.as_bytes());
            assert_eq!(Encoding::Utf8.decode(wrong.as_bytes()).unwrap(), name);
            assert_eq!(Encoding::Utf8.decode(name.as_bytes()).unwrap(), name);
        }
        assert_eq!(Encoding::Utf8.decode("Ângela Åse".as_bytes()).unwrap(), "Ângela Åse");
    }
}
