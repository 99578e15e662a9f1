//! How the value of an option is read.

use domain::operator::Role;
use domain::record::RecordNumber;
use i18n::Language;
use kernel::ids::{MalformedSlug, OperatorName};

/// Not a bare `Option`, which clap would read as an optional argument.
#[derive(Clone, Copy, Debug)]
pub struct RoleOrNone(pub Option<Role>);

pub(super) fn operator(text: &str) -> Result<OperatorName, String> {
    let name = text.to_ascii_lowercase().parse();
    name.map_err(|error: MalformedSlug| error.to_string())
}

pub(super) fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|_| "desk or security expected".to_owned())
}

pub(super) fn role_or_none(text: &str) -> Result<RoleOrNone, String> {
    match text {
        "none" => Ok(RoleOrNone(None)),
        text => role(text).map(|role| RoleOrNone(Some(role))),
    }
}

pub(super) fn language(text: &str) -> Result<Language, String> {
    Language::from_code(text).ok_or_else(|| "fr or en expected".to_owned())
}

pub(super) fn record(text: &str) -> Result<RecordNumber, String> {
    RecordNumber::parse(text).map_err(|error| error.to_string())
}
