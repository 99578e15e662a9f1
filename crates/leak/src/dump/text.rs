//! A field's bytes as text. Each field says for itself what it is written in: lists are pasted together.

use std::ops::Deref;

use encoding_rs::WINDOWS_1252;
use zeroize::Zeroizing;

use super::cells::Cell;
use super::row::Charset;

#[derive(Debug)]
pub(super) enum Text<'a> {
    Borrowed(&'a str),
    Owned(Zeroizing<String>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Owned(text) => text,
        }
    }
}

/// UTF-8 if it can be, else Windows-1252, which everything can be.
pub(super) fn decode(bytes: &[u8]) -> (Text<'_>, Charset) {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => (Text::Borrowed(text), Charset::Ascii),
        Ok(text) => (Text::Borrowed(text), Charset::Utf8),
        Err(_) => {
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
            (Text::Owned(Zeroizing::new(text.into_owned())), Charset::Windows1252)
        }
    }
}

pub(super) fn of<'a>(cell: &Cell<'a>) -> (Text<'a>, Charset) {
    let (text, charset) = decode(cell.bytes);
    if cell.doubled && memchr::memchr(b'"', text.as_bytes()).is_some() {
        return (Text::Owned(Zeroizing::new(text.replace("\"\"", "\""))), charset);
    }
    (text, charset)
}

/// Of two fields of one row.
pub(super) fn both(one: Charset, other: Charset) -> Charset {
    match (one, other) {
        (Charset::Windows1252, _) | (_, Charset::Windows1252) => Charset::Windows1252,
        (Charset::Utf8, _) | (_, Charset::Utf8) => Charset::Utf8,
        _ => Charset::Ascii,
    }
}
