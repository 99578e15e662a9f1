//! Which columns of a file are read. Everything else is dropped unread: a LIS exports sixty columns, and we need six
//!

use std::fmt;
use std::str::FromStr;

use crate::admin::Problem;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Record,
    Identifier,
    Email,
    BirthDate,
    GivenName,
    FamilyName,
}

impl Field {
    pub const ALL: [Self; 6] = [
        Self::Record,
        Self::Identifier,
        Self::Email,
        Self::BirthDate,
        Self::GivenName,
        Self::FamilyName,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Identifier => "identifier",
            Self::Email => "email",
            Self::BirthDate => "birth_date",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
        }
    }

    const fn is_optional(self) -> bool {
        matches!(self, Self::Email)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Header(String),
    /// Counted from 1.
    Number(usize),
}

/// `record=Dossier,birth_date=7`: fields found under another header, or by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnMap(Vec<(Field, Source)>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not FIELD=HEADER or FIELD=NUMBER, once each, with a field of record, identifier, email, birth_date, \
     given_name, family_name"
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
            let source = match source.trim() {
                "" | "0" => return Err(malformed()),
                source => source
                    .parse()
                    .map_or_else(|_| Source::Header(source.to_owned()), Source::Number),
            };
            if map.source(field).is_some() {
                return Err(malformed());
            }
            map.0.push((field, source));
        }
        Ok(map)
    }
}

impl ColumnMap {
    fn source(&self, field: Field) -> Option<&Source> {
        self.0
            .iter()
            .find(|(found, _)| *found == field)
            .map(|(_, source)| source)
    }

    /// By number throughout, a file may do without a header.
    fn needs_header(&self) -> bool {
        Field::ALL
            .into_iter()
            .any(|field| !matches!(self.source(field), Some(Source::Number(_))) && !field.is_optional())
    }

    /// `first`: the file's first line. Never names what stands in it, which may be a patient.
    ///
    /// # Errors
    /// A field has no column.
    pub(super) fn resolve(&self, first: &[String]) -> Result<Columns, Problem> {
        let mut columns = Columns {
            positions: [None; Field::ALL.len()],
            width: first.len(),
            has_header: true,
        };
        for (position, field) in columns.positions.iter_mut().zip(Field::ALL) {
            *position = self.position(field, first)?;
        }
        if !self.needs_header() {
            let birth_date = columns.of(Field::BirthDate).and_then(|at| first.get(at));
            columns.has_header = !birth_date.is_some_and(|text| text.contains(|c: char| c.is_ascii_digit()));
        }
        Ok(columns)
    }

    fn position(&self, field: Field, first: &[String]) -> Result<Option<usize>, Problem> {
        let header = match self.source(field) {
            Some(Source::Number(number)) if *number > first.len() => {
                let what = format!(
                    "column {number} was named for {field}, and the line has {}",
                    first.len()
                );
                return Err(problem(
                    what,
                    "count the columns from 1, and check that , ; or a tab separates them",
                ));
            }
            Some(Source::Number(number)) => return Ok(Some(number - 1)),
            Some(Source::Header(header)) => header.as_str(),
            None => field.name(),
        };
        let mut found = first.iter().enumerate().filter(|(_, text)| same(text, header));
        match (found.next(), found.next()) {
            (Some((at, _)), None) => Ok(Some(at)),
            (None, _) if field.is_optional() && self.source(field).is_none() => Ok(None),
            (None, _) => {
                let remedy = format!("say which column it is: --map {field}=HEADER or {field}=NUMBER, counted from 1");
                Err(problem(format!("no column is headed '{header}'"), remedy))
            }
            (Some(_), Some(_)) => {
                let remedy = format!("say which one by number: --map {field}=NUMBER, counted from 1");
                Err(problem(format!("two columns are headed '{header}'"), remedy))
            }
        }
    }
}

fn same(text: &str, header: &str) -> bool {
    text.trim().to_lowercase() == header.to_lowercase()
}

/// The place is the file's first line; the caller knows the file.
fn problem(what: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem::new("line 1", what, remedy)
}

/// Where in a line each field stands.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    positions: [Option<usize>; Field::ALL.len()],
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
        let mut used: Vec<_> = self.positions.iter().flatten().collect();
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
