//! Decoding, once, and refusing everything that a second reader might decode differently.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Why a URL has more than one reading. Shown in logs; to a visitor all are one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says in its message what it is")]
pub enum Ambiguity {
    #[error("the target is not a path")]
    NotAPath,
    #[error("a fragment in the target")]
    Fragment,
    #[error("broken percent-encoding")]
    BadEncoding,
    #[error("encoded twice")]
    DoubleEncoding,
    #[error("not UTF-8")]
    BadUtf8,
    #[error("a control or invisible character")]
    ControlCharacter,
    #[error("a look-alike of a separator")]
    LookAlike,
    #[error("a backslash")]
    Backslash,
    #[error("an encoded slash")]
    EncodedSlash,
    #[error("an empty segment")]
    EmptySegment,
    #[error("a dot segment, or a segment that ends in a dot or a space")]
    DotSegment,
    #[error("a short name of Windows, with '~' and a digit")]
    ShortName,
    #[error("':' in a segment that no rule writes")]
    Stream,
    #[error("path parameters after ';'")]
    PathParameter,
    #[error("';' in the query")]
    QuerySeparator,
    #[error("a malformed parameter name")]
    ParameterName,
    #[error("a parameter given twice")]
    DuplicateParameter,
    #[error("a parameter's name is almost one that names a record")]
    BoundName,
    #[error("the value of a parameter that names a record is not as the rules write it")]
    BoundValue,
    #[error("two different records named")]
    TwoRecords,
    #[error("almost the URL of a stricter rule")]
    Spelling,
    #[error("a body where none belongs")]
    UnexpectedBody,
    #[error("a body of a kind that is not compared with the record, or in more than one reading")]
    UnreadableBody,
    #[error("a body that is too large to be compared with the record")]
    LargeBody,
    #[error("two hosts named")]
    TwoHosts,
}

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// `+` and `;` stay encoded: some servers read them as a space and as a separator.
const PATH: &AsciiSet = &UNRESERVED
    .remove(b'!')
    .remove(b'$')
    .remove(b'(')
    .remove(b')')
    .remove(b',')
    .remove(b':')
    .remove(b'@');
const QUERY: &AsciiSet = &PATH.remove(b'/');

pub fn encode_segment(text: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(text, PATH)
}

pub fn encode_query(text: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(text, QUERY)
}

/// Decodes one path segment or one side of a query parameter.
pub fn decode(raw: &str) -> Result<String, Ambiguity> {
    if !raw.bytes().all(|b| b.is_ascii_graphic()) || !escapes_are_whole(raw.as_bytes()) {
        return Err(Ambiguity::BadEncoding);
    }
    let text = percent_decode_str(raw).decode_utf8().map_err(|_| Ambiguity::BadUtf8)?;
    if text.chars().any(char::is_control) {
        return Err(Ambiguity::ControlCharacter);
    }
    if has_escape(text.as_bytes()) {
        return Err(Ambiguity::DoubleEncoding);
    }
    Ok(text.into_owned())
}

/// Refuses what Windows code pages and tolerant servers fold into a separator, and what is not seen at all.
pub fn refuse_disguise(text: &str) -> Result<(), Ambiguity> {
    for c in text.chars().filter(|c| !c.is_ascii()) {
        if is_invisible(c) {
            return Err(Ambiguity::ControlCharacter);
        }
        let slashes = ['\u{2044}', '\u{2215}', '\u{2216}', '\u{29f5}', '\u{29f8}'];
        if slashes.contains(&c)
            || std::iter::once(c)
                .nfkc()
                .any(|folded| "/\\.%;?#&=+:[]".contains(folded))
        {
            return Err(Ambiguity::LookAlike);
        }
    }
    Ok(())
}

/// Default-ignorable code points of Unicode, and what breaks or turns a line.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The loosest reading of a text, in which whatever some server takes for the same is the same: without case,
/// accents, widths, invisible characters and spaces. It serves to refuse and never to let in.
pub fn fold(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    // There and back: a capital sharp s has no capitals of its own, a small one has two.
    let cased = text
        .nfkd()
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase);
    let folded = cased
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !c.is_whitespace() && !is_invisible(*c));
    Cow::Owned(folded.map(without_stroke).collect())
}

/// Only letters and digits of [`fold`].
pub fn letters(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What Windows' code pages fold and Unicode does not.
const fn without_stroke(c: char) -> char {
    match c {
        'đ' | 'ð' => 'd',
        'ħ' => 'h',
        'ł' => 'l',
        'ø' => 'o',
        'ŧ' => 't',
        _ => c,
    }
}

fn escapes_are_whole(raw: &[u8]) -> bool {
    raw.split(|b| *b == b'%').skip(1).all(|rest| begins_with_hex(rest, 2))
}

/// A percent sign that a second decoding would still find work for; `%u0041` is what old IIS reads.
fn has_escape(text: &[u8]) -> bool {
    text.split(|b| *b == b'%').skip(1).any(|rest| match rest {
        [b'u' | b'U', digits @ ..] => begins_with_hex(digits, 4),
        _ => begins_with_hex(rest, 2),
    })
}

fn begins_with_hex(text: &[u8], digits: usize) -> bool {
    text.get(..digits)
        .is_some_and(|head| head.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_decoding_is_enough_or_it_is_refused() {
        assert_eq!(decode("100%25"), Ok("100%".to_owned()));
        assert_eq!(decode("caf%C3%A9"), Ok("café".to_owned()));
        for (raw, why) in [
            ("%2541", Ambiguity::DoubleEncoding),
            ("%25u0041", Ambiguity::DoubleEncoding),
            ("%u0041", Ambiguity::BadEncoding),
            ("%4", Ambiguity::BadEncoding),
            ("%", Ambiguity::BadEncoding),
            ("é", Ambiguity::BadEncoding),
            ("a b", Ambiguity::BadEncoding),
            ("%E9", Ambiguity::BadUtf8),
            ("%C0%AF", Ambiguity::BadUtf8),
            ("%ED%A0%80", Ambiguity::BadUtf8),
            ("a%00", Ambiguity::ControlCharacter),
            ("%0d%0a", Ambiguity::ControlCharacter),
            ("%7F", Ambiguity::ControlCharacter),
        ] {
            assert_eq!(decode(raw), Err(why), "{raw}");
        }
    }

    #[test]
    fn disguised_separators_are_refused() {
        for text in [
            "a\u{ff0f}b",
            "\u{ff0e}\u{ff0e}",
            "\u{2215}",
            "\u{2026}",
            "\u{ff05}",
            "a\u{200b}b",
        ] {
            assert!(refuse_disguise(text).is_err(), "{text:?}");
        }
        assert_eq!(refuse_disguise("Résultats – 東京"), Ok(()));
    }

    proptest! {
        #[test]
        fn what_is_encoded_reads_back(text in "\\PC{0,40}") {
            prop_assume!(!text.contains('%') && !text.chars().any(char::is_control));
            prop_assert_eq!(decode(&encode_segment(&text).to_string()), Ok(text.clone()));
            prop_assert_eq!(decode(&encode_query(&text).to_string()), Ok(text));
        }
    }
}
