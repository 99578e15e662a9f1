//! What was read and what was not: counts and line numbers, never contents.

use serde::{Deserialize, Serialize};

use super::reason::Reason;
use super::row::{Charset, MissingPassword, Row};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRows {
    pub reason: Reason,
    pub count: u64,
    /// Where the first of them begin.
    pub lines: Vec<u64>,
}

/// How a record that is not quite a record was understood all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repair {
    None,
    /// Character references in a `;` file.
    References,
    /// Quotes that were not doubled or not closed.
    Quotes,
    /// Delimiters in a password in the last column.
    Joined,
    /// Columns left out at the end.
    Short,
    /// Another delimiter, or other keys, than at the beginning.
    OtherShape,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// Records that an identifier was taken from.
    pub rows: u64,
    pub with_password: u64,
    /// Of the rows with one: it is a digest.
    pub hashed_passwords: u64,
    /// Of the rows without: what stands there cannot have been typed.
    pub unusable_passwords: u64,
    pub bad: Vec<BadRows>,
    pub empty_lines: u64,
    pub headers: u64,
    /// By the encoding of their fields.
    pub ascii: u64,
    pub utf8: u64,
    pub windows_1252: u64,
    pub repaired_references: u64,
    pub repaired_quotes: u64,
    pub repaired_delimiters: u64,
    pub short_rows: u64,
    /// Rows of another shape than at the beginning, and where the shape changes.
    #[serde(default)]
    pub other_shape: u64,
    #[serde(default)]
    pub changes: Vec<Change>,
}

/// From this line on the list has another shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub line: u64,
}

impl Census {
    const LINES: usize = 10;

    pub fn bad_rows(&self) -> u64 {
        self.bad.iter().map(|bad| bad.count).sum()
    }

    pub fn count_of(&self, reason: Reason) -> u64 {
        let found = self.bad.iter().find(|bad| bad.reason == reason);
        found.map_or(0, |bad| bad.count)
    }

    pub(super) fn bad(&mut self, reason: Reason, line: u64) {
        let at = self.bad.iter().position(|bad| bad.reason == reason);
        let at = at.unwrap_or_else(|| {
            self.bad.push(BadRows {
                reason,
                count: 0,
                lines: Vec::new(),
            });
            self.bad.len() - 1
        });
        if let Some(bad) = self.bad.get_mut(at) {
            bad.count += 1;
            if bad.lines.len() < Self::LINES {
                bad.lines.push(line);
            }
        }
    }

    /// The list goes on in another shape, or in the first one again.
    pub(super) fn changed(&mut self, line: u64) {
        if self.changes.len() < Self::LINES {
            self.changes.push(Change { line });
        }
    }

    pub(super) fn good(&mut self, row: &Row, without: Option<MissingPassword>, repair: Repair) {
        self.rows += 1;
        self.with_password += u64::from(row.password.is_some());
        self.hashed_passwords += u64::from(row.is_digest);
        self.unusable_passwords += u64::from(without == Some(MissingPassword::Unusable));
        match row.charset {
            Charset::Ascii => self.ascii += 1,
            Charset::Utf8 => self.utf8 += 1,
            Charset::Windows1252 => self.windows_1252 += 1,
        }
        match repair {
            Repair::None => {}
            Repair::References => self.repaired_references += 1,
            Repair::Quotes => self.repaired_quotes += 1,
            Repair::Joined => self.repaired_delimiters += 1,
            Repair::Short => self.short_rows += 1,
            Repair::OtherShape => self.other_shape += 1,
        }
    }
}
