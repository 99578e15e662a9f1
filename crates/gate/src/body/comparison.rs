//! What a body is compared with, field by field.

use mime::Mime;

use crate::decision::Refusal;
use crate::names::{BoundNames, NameReading, record_in};
use crate::request::Ambiguity;

/// What a body has to agree with.
#[derive(Clone, Copy)]
pub(super) struct Comparison<'a> {
    pub(super) names: &'a BoundNames,
    pub(super) record: &'a str,
}

/// Nothing is said of the encoding, or that it is UTF-8.
pub(super) fn is_utf8(kind: &Mime) -> bool {
    kind.params()
        .all(|(name, value)| name == mime::CHARSET && value == mime::UTF_8)
}

impl Comparison<'_> {
    /// A field of a form: its name is written exactly, or is none of ours.
    pub(super) fn field(self, name: &str, value: &str) -> Result<(), Refusal> {
        let unclear = |c: char| c.is_control() || c == '%' || c == char::REPLACEMENT_CHARACTER;
        match self.names.read(name) {
            NameReading::Alike | NameReading::Suspect => Err(Ambiguity::BoundName.into()),
            NameReading::Free if name.contains(unclear) => Err(Ambiguity::ParameterName.into()),
            NameReading::Free => Ok(()),
            NameReading::Bound(templates) => self.is_own(record_in(templates, value)?),
        }
    }

    pub(super) fn is_own(self, record: &str) -> Result<(), Refusal> {
        if record == self.record {
            Ok(())
        } else {
            Err(Refusal::OtherRecord)
        }
    }
}
