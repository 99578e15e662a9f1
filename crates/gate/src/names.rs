//! The names under which a parameter or a field carries a record on this site.
//!
//! A name exactly as a rule writes it is bound. Every other spelling that some server might read as a bound name is
//! suspect, wherever it appears: what it would mean depends on the server.

use std::collections::{HashMap, HashSet};

use crate::request::{Ambiguity, NormalizedRequest};
use crate::template::Template;
use crate::text::{fold, letters};

/// The bound names of one site.
#[derive(Clone, Debug, Default)]
pub(crate) struct BoundNames {
    /// Names as written, with how the rules write their values.
    exact: HashMap<String, Vec<Template>>,
    /// Their letters and digits alone, and those before a bracket.
    letters: HashSet<String>,
}

/// How a name can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameReading<'n> {
    /// It is a bound name, and its values are written in one of these ways.
    Bound(&'n [Template]),
    /// Its letters and digits are those of a bound name.
    Alike,
    /// A part of it is almost a bound name.
    Suspect,
    /// Nothing on this site reads a record from it.
    Free,
}

impl BoundNames {
    pub(crate) fn add(&mut self, name: &str, template: &Template) {
        let base = name.split('[').next().unwrap_or_default();
        self.letters.extend([letters(name), letters(base)]);
        let templates = self.exact.entry(name.to_owned()).or_default();
        if !templates.contains(template) {
            templates.push(template.clone());
        }
    }

    pub(crate) fn read(&self, name: &str) -> NameReading<'_> {
        if self.exact.is_empty() {
            return NameReading::Free;
        }
        if let Some(templates) = self.exact.get(name) {
            return NameReading::Bound(templates);
        }
        let folded = fold(name);
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        if folded.chars().all(is_part) {
            return if self.letters.contains(&letters(&folded)) {
                NameReading::Alike
            } else {
                NameReading::Free
            };
        }
        let mut parts = folded.split(|c| !is_part(c)).chain([&*folded]);
        if parts.any(|part| self.letters.contains(&letters(part))) {
            NameReading::Suspect
        } else {
            NameReading::Free
        }
    }

    /// How the values of a name are written, whatever its case.
    pub(crate) fn alike(&self, name: &str) -> Vec<&Template> {
        self.written_alike(name).flat_map(|(_, templates)| templates).collect()
    }

    /// Do the rules write it as a list, `ids[]`?
    pub(crate) fn is_list(&self, name: &str) -> bool {
        self.written_alike(name).any(|(bound, _)| bound.ends_with("[]"))
    }

    fn written_alike(&self, name: &str) -> impl Iterator<Item = (&String, &Vec<Template>)> {
        let wanted = letters(name);
        self.exact.iter().filter(move |(bound, _)| letters(bound) == wanted)
    }

    /// The records that the query names, whichever rule the request falls under.
    ///
    /// # Errors
    /// A name or a value of them can be read in more than one way.
    pub(crate) fn records_in_query<'r>(&self, request: &'r NormalizedRequest) -> Result<Vec<&'r str>, Ambiguity> {
        let mut records = Vec::new();
        for given in request.parameters() {
            match self.read(given.name()) {
                NameReading::Free => {}
                NameReading::Alike | NameReading::Suspect => return Err(Ambiguity::BoundName),
                NameReading::Bound(templates) => records.push(record_in(templates, given.value())?),
            }
        }
        Ok(records)
    }
}

/// The record in a value. Where two templates take it, they must see the same.
pub(crate) fn record_in<'r, 't>(
    templates: impl IntoIterator<Item = &'t Template>,
    value: &'r str,
) -> Result<&'r str, Ambiguity> {
    let mut found = templates.into_iter().filter_map(|template| template.take(value));
    let first = found.next().ok_or(Ambiguity::BoundValue)?;
    if found.any(|other| other != first) {
        return Err(Ambiguity::TwoRecords);
    }
    Ok(first)
}
