//! HTML character references that a web form left in a table.

use memchr::memrchr;

/// Those of Latin-1 and of French typography; the long tail of HTML's names does not occur in names and passwords.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("agrave", 'à'),
    ("Agrave", 'À'),
    ("acirc", 'â'),
    ("Acirc", 'Â'),
    ("auml", 'ä'),
    ("Auml", 'Ä'),
    ("aacute", 'á'),
    ("Aacute", 'Á'),
    ("aring", 'å'),
    ("Aring", 'Å'),
    ("atilde", 'ã'),
    ("Atilde", 'Ã'),
    ("aelig", 'æ'),
    ("AElig", 'Æ'),
    ("ccedil", 'ç'),
    ("Ccedil", 'Ç'),
    ("eacute", 'é'),
    ("Eacute", 'É'),
    ("egrave", 'è'),
    ("Egrave", 'È'),
    ("ecirc", 'ê'),
    ("Ecirc", 'Ê'),
    ("euml", 'ë'),
    ("Euml", 'Ë'),
    ("icirc", 'î'),
    ("Icirc", 'Î'),
    ("iuml", 'ï'),
    ("Iuml", 'Ï'),
    ("iacute", 'í'),
    ("Iacute", 'Í'),
    ("igrave", 'ì'),
    ("ntilde", 'ñ'),
    ("Ntilde", 'Ñ'),
    ("ocirc", 'ô'),
    ("Ocirc", 'Ô'),
    ("ouml", 'ö'),
    ("Ouml", 'Ö'),
    ("oacute", 'ó'),
    ("Oacute", 'Ó'),
    ("ograve", 'ò'),
    ("otilde", 'õ'),
    ("oslash", 'ø'),
    ("Oslash", 'Ø'),
    ("oelig", 'œ'),
    ("OElig", 'Œ'),
    ("ugrave", 'ù'),
    ("Ugrave", 'Ù'),
    ("ucirc", 'û'),
    ("Ucirc", 'Û'),
    ("uuml", 'ü'),
    ("Uuml", 'Ü'),
    ("uacute", 'ú'),
    ("Uacute", 'Ú'),
    ("yuml", 'ÿ'),
    ("szlig", 'ß'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("hellip", '…'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("euro", '€'),
    ("pound", '£'),
    ("deg", '°'),
    ("ordm", 'º'),
    ("sect", '§'),
];

/// The longest, `&#x10FFFF;`, without its `;`.
const LONGEST: usize = 9;

/// Whether the `;` at this place ends a reference.
pub(super) fn ends_at(bytes: &[u8], semicolon: usize) -> bool {
    let from = semicolon.saturating_sub(LONGEST);
    let before = bytes.get(from..semicolon).unwrap_or_default();
    memrchr(b'&', before)
        .and_then(|at| std::str::from_utf8(before.get(at + 1..)?).ok())
        .is_some_and(|name| character(name).is_some())
}

fn character(name: &str) -> Option<char> {
    let number = match name.strip_prefix('#') {
        None => return NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c),
        Some(number) => number,
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok(),
        None if number.bytes().all(|b| b.is_ascii_digit()) => number.parse().ok(),
        _ => None,
    };
    code.and_then(char::from_u32).filter(|c| *c != '\0')
}

/// `None` if it contains no reference.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut rest = text;
    let mut decoded = String::new();
    let mut any = false;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        let reference = after.split_once(';').filter(|(name, _)| name.len() < LONGEST);
        match reference.and_then(|(name, tail)| Some((character(name)?, tail))) {
            Some((character, tail)) => {
                decoded.push(character);
                rest = tail;
                any = true;
            }
            None => {
                decoded.push('&');
                rest = after;
            }
        }
    }
    decoded.push_str(rest);
    any.then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_known_by_name_and_number() {
        assert_eq!(
            decode("Nguy&#7877;n &amp; L&eacute;a &#x41;").as_deref(),
            Some("Nguyễn & Léa A")
        );
        for plain in ["R&D;", "a & b;", "&#;", "&#x;", "&#xfffffff;", "&;", "", "&#0;"] {
            assert_eq!(decode(plain), None, "{plain}");
        }
    }
}
