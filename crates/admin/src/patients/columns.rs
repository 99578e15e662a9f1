//! Which columns of a file are read. Everything else is dropped unread: a LIS exports sixty columns, and we need six
//!

use std::fmt;
use std::str::FromStr;

use crate::Problem;
use config::DateOrder;
use crypto::legacy::Scheme;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Record,
    Identifier,
    Email,
    BirthDate,
    GivenName,
    FamilyName,
    BirthName,
    UsedName,
}

impl Field {
    pub const ALL: [Self; 8] = [
        Self::Record,
        Self::Identifier,
        Self::Email,
        Self::BirthDate,
        Self::GivenName,
        Self::FamilyName,
        Self::BirthName,
        Self::UsedName,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Identifier => "identifier",
            Self::Email => "email",
            Self::BirthDate => "birth_date",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::BirthName => "birth_name",
            Self::UsedName => "used_name",
        }
    }

    const fn is_optional(self) -> bool {
        matches!(self, Self::Email | Self::BirthName | Self::UsedName)
    }
}

/// Where a column is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Header(String),
    /// Counted from 1.
    Number(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither a header nor a number from 1")]
pub struct NoSource;

impl FromStr for Source {
    type Err = NoSource;

    fn from_str(text: &str) -> Result<Self, NoSource> {
        match text.trim() {
            "" | "0" => Err(NoSource),
            source => Ok(source
                .parse()
                .map_or_else(|_| Self::Header(source.to_owned()), Self::Number)),
        }
    }
}

impl Source {
    /// None: no column has this header. `what` is wanted, and `option` says where it is.
    fn find(&self, first: &[String], what: &str, option: &str) -> Result<Option<usize>, Problem> {
        let header = match self {
            Self::Number(number) if *number > first.len() => {
                let what = format!("column {number} was named for {what}, and the line has {}", first.len());
                let remedy = "count the columns from 1, and check that , ; or a tab separates them";
                return Err(problem(what, remedy));
            }
            Self::Number(number) => return Ok(Some(number - 1)),
            Self::Header(header) => header,
        };
        let mut found = first.iter().enumerate().filter(|(_, text)| same(text, header));
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => {
                let remedy = format!("say which one by its number: {option}NUMBER, counted from 1");
                Err(problem(format!("two columns are headed '{header}'"), remedy))
            }
            (found, _) => Ok(found.map(|(at, _)| at)),
        }
    }

    fn must_find(&self, first: &[String], what: &str, option: &str) -> Result<usize, Problem> {
        let found = self.find(first, what, option)?;
        found.ok_or_else(|| {
            let header = match self {
                Self::Header(header) => header,
                Self::Number(_) => what,
            };
            let remedy = format!("say which column it is: {option}HEADER or {option}NUMBER, counted from 1");
            problem(format!("no column is headed '{header}'"), remedy)
        })
    }
}

/// Where the LIS's passwords are, and how it stored them; no file is searched for them unless this is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyColumns {
    pub scheme: Scheme,
    pub password: Source,
    pub salt: Option<Source>,
}

/// Positions of the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct LegacyPositions {
    pub scheme: Scheme,
    pub password: usize,
    pub salt: Option<usize>,
}

/// `record=Dossier,birth_date=7`: fields found under another header, or by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnMap {
    fields: Vec<(Field, Source)>,
    legacy: Option<LegacyColumns>,
    /// Said for this file.
    pub(super) date_order: Option<DateOrder>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not FIELD=HEADER or FIELD=NUMBER, once each, with a field of record, identifier, email, birth_date, \
     given_name, family_name, birth_name, used_name"
)]
pub struct MalformedMap(String);

impl FromStr for ColumnMap {
    type Err = MalformedMap;

    fn from_str(text: &str) -> Result<Self, MalformedMap> {
        let mut map = Self::default();
        for part in text.split(',') {
            let malformed = || MalformedMap(part.to_owned());
            let (name, source) = part.split_once('=').ok_or_else(malformed)?;
            let named = |field: &&Field| field.name() == name.trim();
            let field = *Field::ALL.iter().find(named).ok_or_else(malformed)?;
            let source = source.parse().map_err(|_| malformed())?;
            if map.source(field).is_some() {
                return Err(malformed());
            }
            map.fields.push((field, source));
        }
        Ok(map)
    }
}

impl ColumnMap {
    /// Passwords of the LIS are read as well.
    #[must_use]
    pub fn with_legacy(self, legacy: LegacyColumns) -> Self {
        Self {
            legacy: Some(legacy),
            ..self
        }
    }

    /// Which of two numbers before a year is the day.
    #[must_use]
    pub fn with_date_order(self, date_order: Option<DateOrder>) -> Self {
        Self { date_order, ..self }
    }

    pub fn has_legacy(&self) -> bool {
        self.legacy.is_some()
    }

    fn source(&self, field: Field) -> Option<&Source> {
        self.fields
            .iter()
            .find(|(found, _)| *found == field)
            .map(|(_, source)| source)
    }

    /// By number throughout, a file may do without a header.
    fn needs_header(&self) -> bool {
        let by_header = |source: &Source| matches!(source, Source::Header(_));
        let legacy = self.legacy.iter();
        Field::ALL
            .into_iter()
            .any(|field| !matches!(self.source(field), Some(Source::Number(_))) && !field.is_optional())
            || legacy
                .flat_map(|legacy| legacy.salt.iter().chain([&legacy.password]))
                .any(by_header)
    }

    /// `first`: the file's first line. Its contents, which may be a patient's, are never repeated.
    ///
    /// # Errors
    /// A field has no column.
    pub(super) fn resolve(&self, first: &[String]) -> Result<Columns, Problem> {
        let mut columns = Columns {
            positions: [None; Field::ALL.len()],
            legacy: self.legacy.as_ref().map(|legacy| legacy.find(first)).transpose()?,
            width: first.len(),
            has_header: true,
        };
        let unnamed = first.iter().rev().take_while(|text| text.trim().is_empty()).count();
        for (position, field) in columns.positions.iter_mut().zip(Field::ALL) {
            *position = self.position(field, first)?;
        }
        if !self.needs_header() {
            let birth_date = columns.of(Field::BirthDate).and_then(|at| first.get(at));
            columns.has_header = !birth_date.is_some_and(|text| text.contains(|c: char| c.is_ascii_digit()));
        }
        if columns.has_header {
            // Lines end in a delimiter.
            let used = columns.positions.iter().flatten().max().map_or(0, |at| at + 1);
            columns.width = (columns.width - unnamed).max(used);
        }
        Ok(columns)
    }

    fn position(&self, field: Field, first: &[String]) -> Result<Option<usize>, Problem> {
        let (named, option) = (Source::Header(field.name().to_owned()), format!("--map {field}="));
        match self.source(field) {
            None if field.is_optional() => named.find(first, field.name(), &option),
            source => source
                .unwrap_or(&named)
                .must_find(first, field.name(), &option)
                .map(Some),
        }
    }
}

impl LegacyColumns {
    fn find(&self, first: &[String]) -> Result<LegacyPositions, Problem> {
        let salt = self.salt.as_ref();
        let salt = salt.map(|salt| salt.must_find(first, "the salt", "--legacy-salt-column "));
        Ok(LegacyPositions {
            scheme: self.scheme,
            password: self
                .password
                .must_find(first, "the LIS's password", "--legacy-column ")?,
            salt: salt.transpose()?,
        })
    }
}

fn same(text: &str, header: &str) -> bool {
    text.trim().to_lowercase() == header.to_lowercase()
}

/// The place is the file's first line; the caller knows the file.
fn problem(what: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem::new("line 1", what, remedy)
}

/// The position of each field in a line.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    positions: [Option<usize>; Field::ALL.len()],
    pub legacy: Option<LegacyPositions>,
    pub width: usize,
    pub has_header: bool,
}

impl Columns {
    pub fn of(&self, field: Field) -> Option<usize> {
        let fields = Field::ALL.into_iter().zip(self.positions);
        fields
            .filter(|(found, _)| *found == field)
            .find_map(|(_, position)| position)
    }

    /// Columns of the file that no field comes from.
    pub fn dropped(&self) -> usize {
        let legacy = self.legacy.iter();
        let legacy = legacy.flat_map(|legacy| legacy.salt.iter().chain([&legacy.password]));
        let mut used: Vec<_> = self.positions.iter().flatten().chain(legacy).collect();
        used.sort_unstable();
        used.dedup();
        self.width.saturating_sub(used.len())
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(map: &str, first: &str) -> Result<Columns, Problem> {
        let map = if map.is_empty() {
            ColumnMap::default()
        } else {
            map.parse().unwrap()
        };
        map.resolve(&first.split(',').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn columns_are_found_by_header_or_by_number() {
        let plain = "comment,family_name,given_name,Birth_Date ,identifier,record";
        let columns = resolve("", plain).unwrap();
        assert_eq!(columns.of(Field::Record), Some(5));
        assert_eq!(columns.of(Field::BirthDate), Some(3));
        assert_eq!(columns.of(Field::Email), None);
        assert_eq!(columns.dropped(), 1);
        let columns = resolve("record=comment,family_name=5", plain).unwrap();
        assert_eq!(
            (columns.of(Field::Record), columns.of(Field::FamilyName)),
            (Some(0), Some(4))
        );
    }

    #[test]
    fn without_names_the_first_line_is_a_patient_if_it_has_a_date() {
        let map = "record=1,identifier=2,birth_date=3,given_name=4,family_name=5";
        assert!(!resolve(map, "771,P-1,1944-05-12,Odette,Canari").unwrap().has_header);
        assert!(resolve(map, "nr,id,born,first,last").unwrap().has_header);
    }

    #[test]
    fn what_is_missing_is_named_and_the_line_is_not_shown() {
        for (map, first, expected) in [
            ("", "771,P-1,Canari", "no column is headed 'record'"),
            ("record=9", "record,Canari", "column 9"),
            ("", "record,Record,Canari", "two columns are headed 'record'"),
        ] {
            let problem = resolve(map, first).unwrap_err();
            assert!(problem.what.contains(expected), "{problem}");
            assert!(!problem.to_string().contains("Canari"), "{problem}");
        }
    }

    #[test]
    fn a_map_names_known_fields_once() {
        for bad in ["record", "record=", "record=0", "name=3", "record=1,record=2", ""] {
            assert!(bad.parse::<ColumnMap>().is_err(), "{bad}");
        }
    }
}
