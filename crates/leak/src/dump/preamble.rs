//! Lines above the header of a table: a title, the date of an export, `sep=;`.

use super::headers;
use super::text;

/// A header further down does not count.
const LINES: usize = 20;
const DELIMITERS: [char; 4] = [';', ',', '\t', '|'];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Preamble {
    pub bytes: usize,
    pub lines: u64,
}

impl Preamble {
    pub fn of(data: &[u8], line_end: u8) -> Self {
        DELIMITERS
            .into_iter()
            .find_map(|delimiter| above_header(data, line_end, delimiter))
            .unwrap_or_default()
    }
}

/// The lines above a header have fewer fields than it; otherwise they are rows, and there is no header.
fn above_header(data: &[u8], line_end: u8, delimiter: char) -> Option<Preamble> {
    let mut above = Preamble::default();
    let mut widest = 0;
    for line in data.split_inclusive(|byte| *byte == line_end).take(LINES) {
        let (line_text, _) = text::decode(line);
        let cells = || line_text.split(delimiter).map(|cell| cell.trim().trim_matches('"'));
        let known = cells().filter(|cell| headers::is_known(cell)).count();
        if known >= 2 {
            return (widest < cells().count()).then_some(above);
        }
        if !line_text.trim_start().starts_with("sep=") {
            widest = widest.max(cells().count());
        }
        above.bytes += line.len();
        above.lines += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn above(text: &str) -> u64 {
        Preamble::of(text.as_bytes(), b'\n').lines
    }

    #[test]
    fn a_title_and_a_mark_of_a_spreadsheet_are_passed_over_and_rows_are_not() {
        assert_eq!(above("sep=;\nIdentifiant;Mot de passe\nP-1;a\n"), 1);
        assert_eq!(
            above("Export du 12/02/2021\nLabo X, Brest\n\nnumero_patient;nom;motpasse\nP-1;a;b\n"),
            3
        );
        assert_eq!(above("identifiant;mdp\nP-1;a\n"), 0);
        assert_eq!(above("P-1;soleil\nuser;secret\nP-2;x\n"), 0, "a row of known words");
        assert_eq!(above("P-1:soleil\nP-2:lune\n"), 0);
    }
}
