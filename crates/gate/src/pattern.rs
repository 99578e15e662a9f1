//! URL patterns: `/records/{record}/**`, `/print?nr={record}`.
//!
//! A path segment is a literal, `*` (any one segment), `{record}`, or, as the last, `**` (whatever follows, nothing
//! included). A query names parameters that must be there: `nr={record}`, `kind=pdf`, `page=*`; others may be there
//! too. Literals are percent-encoded where they contain `* { } ? # %`.

use crate::request::{NormalizedRequest, canonical_name, read_segment};
use crate::text::decode;

/// A rule's pattern, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    segments: Vec<Piece>,
    rest: bool,
    directory: bool,
    parameters: Vec<(String, Piece)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Any,
    Record,
}

/// How strictly a URL is held against a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// As written.
    Exact,
    /// Ignoring case and the slash at the end, as many servers do.
    Loose,
}

/// What `{record}` matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordMatch<'r> {
    /// No record: the pattern has no `{record}`.
    Nothing,
    /// This number, wherever it appears.
    One(&'r str),
    /// Different numbers in different places.
    Several,
}

/// Why a pattern cannot be used, ending in what to write instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says in its message what it is")]
pub enum PatternProblem {
    #[error("start the pattern with '/'")]
    NoSlash,
    #[error("\"**\" matches everything that follows: it can only be the last segment")]
    RestNotLast,
    #[error(
        "a segment or value is a literal, \"*\" or \"{{record}}\" as a whole: encode other '*', '{{' and '}}' as %2A, %7B and %7D"
    )]
    Mixed,
    #[error(
        "no request can match it, because such URLs are refused as ambiguous: remove empty or dot segments, ';', '\\' and broken encoding"
    )]
    NeverMatches,
    #[error("write the query as name=value pairs, each name once")]
    Query,
}

impl Pattern {
    /// Reads a pattern as written in the configuration.
    ///
    /// # Errors
    /// No request could ever match it, or it could be read in two ways.
    pub fn parse(text: &str) -> Result<Self, PatternProblem> {
        let (path, query) = text
            .split_once('?')
            .map_or((text, None), |(path, query)| (path, Some(query)));
        let inner = path.strip_prefix('/').ok_or(PatternProblem::NoSlash)?;
        let (inner, rest) = match inner.strip_suffix("**") {
            Some("") => ("", true),
            Some(before) => (before.strip_suffix('/').ok_or(PatternProblem::Mixed)?, true),
            None => (inner, false),
        };
        let (inner, directory) = match inner.strip_suffix('/') {
            Some(_) if rest => return Err(PatternProblem::NeverMatches),
            Some(before) => (before, true),
            None => (inner, inner.is_empty()),
        };
        let pieces = inner.split('/').filter(|_| !inner.is_empty());
        let segments = pieces.map(parse_segment).collect::<Result<_, _>>()?;
        let parameters = query.map_or(Ok(Vec::new()), parse_query)?;
        Ok(Self {
            segments,
            rest,
            directory,
            parameters,
        })
    }

    /// Does it have a `{record}`, in path or query?
    pub fn names_record(&self) -> bool {
        self.segments.contains(&Piece::Record) || self.record_parameters().next().is_some()
    }

    /// Canonical names of the query parameters bound to `{record}`.
    pub fn record_parameters(&self) -> impl Iterator<Item = &str> {
        self.parameters
            .iter()
            .filter(|(_, piece)| *piece == Piece::Record)
            .map(|(name, _)| name.as_str())
    }

    /// `None` if the URL is not of this pattern.
    pub fn matches<'r>(&self, request: &'r NormalizedRequest, comparison: Comparison) -> Option<RecordMatch<'r>> {
        let given = request.segments();
        let enough = if self.rest {
            given.len() >= self.segments.len()
        } else {
            given.len() == self.segments.len()
        };
        let same_end = self.rest || comparison == Comparison::Loose || request.is_directory() == self.directory;
        if !enough || !same_end {
            return None;
        }
        let mut named = RecordMatch::Nothing;
        for (piece, text) in self.segments.iter().zip(given) {
            named = piece.take(text, comparison, named)?;
        }
        for (name, piece) in &self.parameters {
            named = piece.take(request.parameter(name)?.value(), comparison, named)?;
        }
        Some(named)
    }
}

impl Piece {
    fn take<'r>(&self, text: &'r str, comparison: Comparison, named: RecordMatch<'r>) -> Option<RecordMatch<'r>> {
        match (self, named) {
            (Self::Any, _) => Some(named),
            (Self::Literal(literal), _) => {
                let same =
                    literal == text || comparison == Comparison::Loose && literal.to_lowercase() == text.to_lowercase();
                same.then_some(named)
            }
            (Self::Record, _) if text.is_empty() => None,
            (Self::Record, RecordMatch::Nothing) => Some(RecordMatch::One(text)),
            (Self::Record, RecordMatch::One(earlier)) if earlier == text => Some(named),
            (Self::Record, _) => Some(RecordMatch::Several),
        }
    }
}

fn parse_segment(text: &str) -> Result<Piece, PatternProblem> {
    parse_piece(text, |literal| {
        read_segment(literal).map_err(|_| PatternProblem::NeverMatches)
    })
}

fn parse_query(text: &str) -> Result<Vec<(String, Piece)>, PatternProblem> {
    let mut parameters: Vec<(String, Piece)> = Vec::new();
    for pair in text.split('&') {
        let (name, value) = pair.split_once('=').ok_or(PatternProblem::Query)?;
        let name = decode(name)
            .ok()
            .and_then(|name| canonical_name(&name))
            .ok_or(PatternProblem::Query)?;
        if parameters.iter().any(|(earlier, _)| *earlier == name) {
            return Err(PatternProblem::Query);
        }
        let value = parse_piece(value, |literal| {
            decode(literal).map_err(|_| PatternProblem::NeverMatches)
        })?;
        parameters.push((name, value));
    }
    Ok(parameters)
}

fn parse_piece(
    text: &str,
    literal: impl FnOnce(&str) -> Result<String, PatternProblem>,
) -> Result<Piece, PatternProblem> {
    match text {
        "{record}" => Ok(Piece::Record),
        "*" => Ok(Piece::Any),
        "**" => Err(PatternProblem::RestNotLast),
        _ if text.contains(['*', '{', '}']) => Err(PatternProblem::Mixed),
        _ => literal(text).map(Piece::Literal),
    }
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
