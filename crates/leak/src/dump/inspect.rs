//! The dry look: what a list is, and what would be read from it. Never shows the contents of a field.

use std::fmt;
use std::path::Path;

use super::error::DumpError;
use super::fit::Columns;
use super::headers;
use super::kinds::Kind;
use super::mapping::{Field, Mapping, Place};
use super::sample::{ColumnSample, Format, Sample};
use super::unpack::Compression;

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Column {
    /// Counted from 1.
    pub number: usize,
    /// Only where the first record is a header.
    pub name: Option<String>,
    pub kind: Kind,
    pub used_as: Option<Field>,
    /// Its header is that of a one-time-code seed: those of the list are worthless from now on.
    pub seed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Inspection {
    pub format: Format,
    /// Outermost first.
    pub compression: Vec<Compression>,
    /// UTF-16LE, UTF-16BE, or UTF-8 and Windows-1252 record by record.
    pub encoding: &'static str,
    pub header: bool,
    /// None: every record has another number of columns.
    pub width: Option<usize>,
    pub columns: Vec<Column>,
    /// Records that were looked at.
    pub sampled: usize,
    /// Of the file, in bytes.
    pub length: u64,
    /// The column of passwords holds digests.
    pub password_is_hashed: bool,
}

impl Inspection {
    pub fn used_as(&self, field: Field) -> Option<&Column> {
        self.columns.iter().find(|column| column.used_as == Some(field))
    }

    /// Numbers of the columns that hold digests.
    pub fn hash_like(&self) -> impl Iterator<Item = usize> {
        let hashes = self.columns.iter().filter(|column| column.kind == Kind::Hash);
        hashes.map(|column| column.number)
    }

    pub fn seed_like(&self) -> impl Iterator<Item = usize> {
        let seeds = self.columns.iter().filter(|column| column.seed);
        seeds.map(|column| column.number)
    }
}

/// `3 'mdp' (text), 4 (dates)`.
impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, column) in self.columns.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            match &column.name {
                Some(name) => write!(f, "{comma}{} '{name}' ({})", column.number, column.kind)?,
                None => write!(f, "{comma}{} ({})", column.number, column.kind)?,
            }
        }
        Ok(())
    }
}

/// What the reader needs to know of a list.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub format: Format,
    pub line_end: u8,
    pub columns: Columns,
    pub header: bool,
    /// Below the lines above the table.
    pub first_line: u64,
    /// The header of the identifier column, or its key in JSON.
    pub identifier_name: String,
    pub password_name: Option<String>,
}

impl Plan {
    /// # Errors
    /// No column is known to hold identifiers: says which columns there are, and how to name one.
    pub fn of(
        sample: Sample,
        mapping: &Mapping,
        mut inspection: Inspection,
        path: &Path,
    ) -> Result<(Self, Inspection), DumpError> {
        let header = has_header(&sample, mapping);
        inspection.header = header;
        inspection.columns = shown(&sample, header);
        let choice = Choice {
            sample: &sample,
            header,
        };
        let chosen = choice.choose(mapping);
        let (identifier, password) = chosen.map_err(|what| no_mapping(path, &what, &inspection))?;
        let hashed = password.is_some_and(|at| is_hashed(&sample.columns, at));
        let name = |at: usize| {
            sample
                .columns
                .get(at)
                .map(|column| column.first.clone())
                .unwrap_or_default()
        };
        for (at, column) in inspection.columns.iter_mut().enumerate() {
            column.used_as = if at == identifier {
                Some(Field::Identifier)
            } else {
                (Some(at) == password).then_some(Field::Password)
            };
        }
        inspection.password_is_hashed = hashed;
        // A first row that only looks like a header is read as a row: at worst no one has that identifier, whereas a
        // person taken for a header would be missed.
        let is_certain =
            header && (headers::is_known(&name(identifier)) || matches!(mapping.identifier, Some(Place::Name(_))));
        let plan = Self {
            format: sample.format,
            line_end: sample.line_end,
            columns: Columns {
                delimiter: sample.format.delimiter(),
                width: sample.width,
                identifier,
                password,
            },
            header: is_certain,
            first_line: 1,
            identifier_name: if is_certain || sample.format == Format::JsonLines {
                name(identifier)
            } else {
                String::new()
            },
            password_name: password.filter(|_| sample.format == Format::JsonLines).map(name),
        };
        Ok((plan, inspection))
    }
}

fn no_mapping(path: &Path, what: &str, inspection: &Inspection) -> DumpError {
    let seen = format!("{what}; its columns: {inspection}");
    let remedy = "say which they are, by number from 1 or by header: --map identifier=3,password=7 \
                  (password=none where there is none)";
    DumpError::refused(path, seen, remedy)
}

/// Names are shown where they are known words of headers, or may well be: never where they could be a person.
fn shown(sample: &Sample, header: bool) -> Vec<Column> {
    let json = sample.format == Format::JsonLines;
    let known = sample
        .columns
        .iter()
        .filter(|column| headers::is_known(&column.first))
        .count();
    let trusted = header && known > 0;
    let show = |column: &ColumnSample| {
        let plain = column.first.chars().count() <= 40 && Kind::of(&column.first) != Kind::Email;
        let common = json && column.seen() * 2 >= sample.records;
        (plain && !column.first.trim().is_empty() && (trusted && !json || common))
            .then(|| column.first.trim().to_owned())
    };
    sample
        .columns
        .iter()
        .zip(1..)
        .map(|(column, number)| Column {
            number,
            name: show(column),
            kind: column.kind(),
            used_as: None,
            seed: (header || json) && headers::is_seed(&column.first),
        })
        .collect()
}

/// Known words, or words over columns that hold none.
fn has_header(sample: &Sample, mapping: &Mapping) -> bool {
    if sample.format == Format::JsonLines {
        return false;
    }
    let firsts = || sample.columns.iter().map(|column| column.first.trim());
    let known = firsts().filter(|first| headers::is_known(first)).count();
    let named = [&mapping.identifier, &mapping.password]
        .into_iter()
        .flatten()
        .any(|place| match place {
            Place::Name(name) => firsts().any(|first| same(first, name)),
            Place::Number(_) | Place::Nowhere => false,
        });
    let contrast = sample.columns.iter().any(|column| {
        let over = matches!(column.first_kind, Some(Kind::Words | Kind::Code | Kind::Text));
        let digits = column.first.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@');
        over && !digits && column.seen() >= 2 && column.share(|kind| kind.identifies() || kind == Kind::Date) > 0.9
    });
    named || known >= 2 || contrast && (known == 1 || firsts().all(looks_like_a_name))
}

fn looks_like_a_name(text: &str) -> bool {
    !text.is_empty() && !text.contains('@') && Kind::of(text) != Kind::Number && Kind::of(text) != Kind::Date
}

fn is_hashed(columns: &[ColumnSample], at: usize) -> bool {
    columns.get(at).is_some_and(|column| {
        column.share(|kind| kind == Kind::Hash) >= 0.9 || column.seen() == 0 && column.first_kind == Some(Kind::Hash)
    })
}

fn same(text: &str, name: &str) -> bool {
    text == name || headers::simplified(text) == headers::simplified(name) && !headers::simplified(name).is_empty()
}

struct Choice<'a> {
    sample: &'a Sample,
    header: bool,
}

impl Choice<'_> {
    fn choose(&self, mapping: &Mapping) -> Result<(usize, Option<usize>), String> {
        let identifier = self.place(mapping, Field::Identifier)?;
        let password = self.place(mapping, Field::Password)?;
        let password_said = mapping.password.is_some();
        match (identifier, password) {
            (Some(identifier), Some(password)) if identifier == password => {
                Err("one column was named for both identifier and password".to_owned())
            }
            (Some(identifier), password) => Ok((identifier, password)),
            (None, password) => self.by_content(password, password_said),
        }
    }

    /// Given, or recognised by its header.
    fn place(&self, mapping: &Mapping, field: Field) -> Result<Option<usize>, String> {
        let columns = &self.sample.columns;
        let named = self.header || self.sample.format == Format::JsonLines;
        match mapping.place(field) {
            Some(Place::Nowhere) => Ok(None),
            Some(Place::Number(number)) if *number <= columns.len() || self.sample.width.is_none() && !named => {
                Ok(Some(number - 1))
            }
            Some(Place::Number(number)) => Err(format!(
                "column {number} was named for the {}, and there are {}",
                field.name(),
                columns.len()
            )),
            Some(Place::Name(name)) => {
                let mut found = (0..)
                    .zip(columns)
                    .filter(|(_, column)| named && same(column.first.trim(), name));
                match (found.next(), found.next()) {
                    (Some((at, _)), None) => Ok(Some(at)),
                    (None, _) => Err(format!("no column is headed '{name}'")),
                    (Some(_), Some(_)) => Err(format!("more than one column is headed '{name}'")),
                }
            }
            None if named => Ok(self.by_header(field).or_else(|| self.of_digests(field))),
            None => Ok(None),
        }
    }

    fn by_header(&self, field: Field) -> Option<usize> {
        let ranked = (0..).zip(&self.sample.columns).filter_map(|(at, column)| {
            let rank = headers::rank(field, &column.first)?;
            // Clear text before digests; an empty column is no use.
            let hashed = field == Field::Password && is_hashed(&self.sample.columns, at);
            let empty = column.kind() == Kind::Empty;
            Some(((empty, hashed, rank), at))
        });
        ranked.min().map(|(_, at)| at)
    }

    /// Digests of passwords where no column of passwords is known, whatever its header says.
    fn of_digests(&self, field: Field) -> Option<usize> {
        let columns = &self.sample.columns;
        (0..columns.len()).find(|at| field == Field::Password && is_hashed(columns, *at))
    }

    /// A list of two columns or of one, without a header.
    fn by_content(&self, password: Option<usize>, password_said: bool) -> Result<(usize, Option<usize>), String> {
        let unknown = || "no column is known to hold identifiers".to_owned();
        let columns = &self.sample.columns;
        let share = |at: usize, of: fn(Kind) -> bool| -> f64 {
            columns.get(at).map_or(0.0, |column| {
                if column.seen() == 0 {
                    f64::from(u8::from(column.first_kind.is_some_and(of)))
                } else {
                    column.share(of)
                }
            })
        };
        let email = |at| share(at, |kind| kind == Kind::Email);
        let identifies = |at| share(at, Kind::identifies);
        let password_of = |at: usize| if password_said { password } else { Some(at) };
        match columns.len() {
            1 if identifies(0) >= 0.8 => Ok((0, None)),
            2 if self.header => Err(unknown()),
            2 if password == Some(0) => Ok((1, password)),
            2 if password == Some(1) => Ok((0, password)),
            2 if email(1) >= 0.8 && email(0) < 0.5 => Ok((1, password_of(0))),
            2 if identifies(0) >= 0.8 || self.sample.format == Format::Pairs => Ok((0, password_of(1))),
            2 if identifies(1) >= 0.8 => Ok((1, password_of(0))),
            _ => Err(unknown()),
        }
    }
}
