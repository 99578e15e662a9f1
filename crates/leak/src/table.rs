//! Lists as CSV, for people who open them in a spreadsheet.

use std::borrow::Cow;
use std::io::{self, Write};

/// In front of a cell that a spreadsheet would run, so that it is shown instead.
const HARMLESS: char = '\'';

pub(super) struct Table<W: Write>(csv::Writer<W>);

impl<W: Write> Table<W> {
    pub(super) fn begin<const N: usize>(out: W, header: [&str; N]) -> io::Result<Self> {
        let mut table = Self(csv::Writer::from_writer(out));
        table.row(header)?;
        Ok(table)
    }

    pub(super) fn row<const N: usize>(&mut self, cells: [&str; N]) -> io::Result<()> {
        let cells = cells.map(defused);
        Ok(self.0.write_record(cells.iter().map(|cell| cell.as_bytes()))?)
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn defused(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        return Cow::Owned(format!("{HARMLESS}{cell}"));
    }
    Cow::Borrowed(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_shown() {
        let mut out = Vec::new();
        let mut table = Table::begin(&mut out, ["name", "identifier"]).unwrap();
        table.row(["=HYPERLINK(\"http://x\")", "+33 1"]).unwrap();
        table.row(["Martin, \"Jean\"\n", "@sum"]).unwrap();
        table.row(["Jean-Marie", "12=3"]).unwrap();
        table.end().unwrap();
        let expected = "name,identifier\n\"'=HYPERLINK(\"\"http://x\"\")\",'+33 1\n\"Martin, \"\"Jean\"\"\n\",'@sum\n\
                        Jean-Marie,12=3\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
