//! A list may change its shape on the way, as when two were joined: other columns below another header, another delimiter,
//! other keys. Looked for where a record does not fit, so that the others cost nothing.

use super::cells::{Cells, Quotes};
use super::fit::Columns;
use super::headers;
use super::json;
use super::mapping::Field;
use super::text;

const DELIMITERS: [u8; 5] = *b";,\t|:";

/// A header in the middle of a list, and where its columns are. Most records are passed over at their first digit or `@`,
/// which no header of ours has.
pub(super) fn header(record: &[u8], columns: &Columns) -> Option<Columns> {
    if record.iter().any(|byte| byte.is_ascii_digit() || *byte == b'@') {
        return None;
    }
    let names: Vec<String> = Cells::new(record, columns.delimiter, Quotes::Strict)
        .map(|cell| text::of(&cell).0.to_string())
        .collect();
    let known = names.iter().filter(|name| headers::is_known(name)).count();
    if known < 2 || known * 2 < names.len() {
        return None;
    }
    Some(Columns {
        identifier: best(Field::Identifier, &names)?,
        password: best(Field::Password, &names),
        width: columns.width.map(|_| names.len()),
        ..*columns
    })
}

/// Where another delimiter makes exactly the columns that there should be.
pub(super) fn other_delimiter(record: &[u8], columns: &Columns) -> Option<Columns> {
    let width = columns.width.filter(|width| *width > 1)?;
    let fits = |delimiter: &u8| Cells::new(record, *delimiter, Quotes::Strict).count() == width;
    let delimiter = DELIMITERS
        .into_iter()
        .filter(|delimiter| *delimiter != columns.delimiter)
        .find(fits)?;
    Some(Columns { delimiter, ..*columns })
}

/// The keys of an object in which the usual ones are missing: of the identifier, and of the password.
pub(super) fn other_keys(line: &str) -> Option<(String, Option<String>)> {
    let names: Vec<String> = json::keys(line)?.into_iter().map(|(name, _)| name).collect();
    let name = |at: usize| names.get(at).cloned();
    let identifier = best(Field::Identifier, &names).and_then(name)?;
    Some((identifier, best(Field::Password, &names).and_then(name)))
}

fn best(field: Field, names: &[String]) -> Option<usize> {
    let ranked = (0..)
        .zip(names)
        .filter_map(|(at, name)| Some((headers::rank(field, name)?, at)));
    ranked.min().map(|(_, at)| at)
}
