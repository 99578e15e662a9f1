//! Bodies of `{record}` rules: whatever they name as a record has to be the one that the URL names.
//!
//! Three kinds are read, each by one parser and only where every other parser reads the same: forms, multipart forms
//! and JSON. All else is refused; a rule for it says `body = "unchecked"`.

mod comparison;
mod form;
mod json;
mod multipart;

use mime::Mime;

use self::comparison::{Comparison, is_utf8};
use crate::decision::Refusal;
use crate::request::Ambiguity;
use crate::rules::Rules;

/// The longest body that is compared, in bytes; longer ones are refused.
pub const MOST_COMPARED: usize = 8 * 1024 * 1024;

/// Compares a body that is not empty. `content_types` and `content_encodings` are the values of those headers.
///
/// # Errors
/// It names another record, or might be read to.
pub fn compare(
    rules: &Rules,
    record: &str,
    content_types: &[&str],
    content_encodings: &[&str],
    body: &[u8],
) -> Result<(), Refusal> {
    let unreadable = Refusal::Ambiguous(Ambiguity::UnreadableBody);
    let ([content_type], []) = (content_types, content_encodings) else {
        return Err(unreadable);
    };
    let kind: Mime = content_type.parse().map_err(|_| unreadable)?;
    let comparison = Comparison {
        names: rules.names(),
        record,
    };
    match (kind.essence_str(), kind.suffix().map(|suffix| suffix.as_str())) {
        ("application/x-www-form-urlencoded", _) if is_utf8(&kind) => form::compare(comparison, body),
        ("application/json", _) | (_, Some("json")) if is_utf8(&kind) => json::compare(comparison, body),
        ("multipart/form-data", _) => multipart::compare(comparison, &kind, body),
        _ => Err(unreadable),
    }
}

#[cfg(test)]
mod tests;
