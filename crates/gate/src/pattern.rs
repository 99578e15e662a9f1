//! URL patterns: `/records/{record}/**`, `/print?nr={record}`, `/pdf/{record}.pdf`.
//!
//! A path segment is a literal, `*` (any one segment), `{record}` with or without text around it, or, as the last, `**`
//! (whatever follows, nothing included). A query names parameters that must be there: `nr={record}`, `kind=pdf`,
//! `page=*`; others may be there too. Names are taken exactly as written. `{record:digits}` and `{record:hex}` take
//! nothing else. Literals are percent-encoded where they contain `* { } ? # %`.

pub use crate::pattern_problem::PatternProblem;
use crate::request::{NormalizedRequest, canonical_name, read_segment};
use crate::template::Template;
use crate::text::{decode, fold, letters};

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
    Literal { text: String, folded: String },
    Any,
    Record(Template),
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
        self.record_places().next().is_some() || self.record_parameters().next().is_some()
    }

    /// Query parameters bound to `{record}`, with how their values are written.
    pub(crate) fn record_parameters(&self) -> impl Iterator<Item = (&str, &Template)> {
        self.parameters.iter().filter_map(|(name, piece)| match piece {
            Piece::Record(template) => Some((name.as_str(), template)),
            _ => None,
        })
    }

    fn record_places(&self) -> impl Iterator<Item = usize> {
        let pieces = self.segments.iter().enumerate();
        pieces.filter_map(|(place, piece)| matches!(piece, Piece::Record(_)).then_some(place))
    }

    /// `None` if the URL is not of this pattern, exactly as written.
    pub fn matches<'r>(&self, request: &'r NormalizedRequest) -> Option<RecordMatch<'r>> {
        let given = request.segments();
        if !self.is_as_long_as(given.len()) || !self.rest && request.is_directory() != self.directory {
            return None;
        }
        let mut named = RecordMatch::Nothing;
        for (piece, text) in self.segments.iter().zip(given) {
            named = piece.take(text, named)?;
        }
        for (name, piece) in &self.parameters {
            named = piece.take(request.parameter(name)?.value(), named)?;
        }
        Some(named)
    }

    /// Might a forgiving server take the URL for one of this pattern?
    pub fn nearly_matches(&self, request: &NormalizedRequest) -> bool {
        let given = request.segments();
        let has = |(name, piece): &(String, Piece)| {
            let wanted = letters(name);
            let mut parameters = request.parameters().iter();
            parameters.any(|given| letters(given.name()) == wanted && piece.nearly_takes(given.value()))
        };
        self.is_as_long_as(given.len())
            && self
                .segments
                .iter()
                .zip(given)
                .all(|(piece, text)| piece.nearly_takes(text))
            && self.parameters.iter().all(has)
    }

    const fn is_as_long_as(&self, given: usize) -> bool {
        given == self.segments.len() || self.rest && given > self.segments.len()
    }

    /// Does it write every place of the other's record out? Then it is about pages beside the records, such as
    /// `/records/search` beside `/records/{record}`.
    pub(crate) fn stands_beside(&self, other: &Self) -> bool {
        let mut places = other.record_places().peekable();
        places.peek().is_some() && places.all(|place| matches!(self.segments.get(place), Some(Piece::Literal { .. })))
    }

    /// The segments that are not written in the pattern.
    pub(crate) fn open_segments<'r>(&self, request: &'r NormalizedRequest) -> impl Iterator<Item = &'r str> {
        let open = |place: usize| matches!(self.segments.get(place), None | Some(Piece::Any));
        let given = request.segments().iter().enumerate();
        given.filter_map(move |(place, text)| open(place).then_some(text.as_str()))
    }

    /// Are there URLs in whose path the two see different records?
    pub(crate) fn clashes_with(&self, other: &Self) -> bool {
        let both = |longer: &Self, shorter: &Self| shorter.rest && longer.segments.len() >= shorter.segments.len();
        let lengths_fit = self.segments.len() == other.segments.len() || both(self, other) || both(other, self);
        let mut pairs = self.segments.iter().zip(&other.segments);
        let fits = |(one, other): (&Piece, &Piece)| match (one, other) {
            (Piece::Literal { folded: one, .. }, Piece::Literal { folded: other, .. }) => one == other,
            (Piece::Literal { .. }, Piece::Record(_)) | (Piece::Record(_), Piece::Literal { .. }) => false,
            _ => true,
        };
        if !lengths_fit || !pairs.all(fits) {
            return false;
        }
        let (ours, theirs): (Vec<_>, Vec<_>) = (self.record_places().collect(), other.record_places().collect());
        let apart = !ours.is_empty() && !theirs.is_empty() && !ours.iter().any(|place| theirs.contains(place));
        let differ = |(one, other): (&Piece, &Piece)| match (one, other) {
            (Piece::Record(one), Piece::Record(other)) => one.clashes_with(other),
            _ => false,
        };
        apart || self.segments.iter().zip(&other.segments).any(differ)
    }

    /// Does every URL of the other match this one as well?
    pub fn covers(&self, other: &Self) -> bool {
        let wide = |place: usize, piece: &Piece| match (piece, other.segments.get(place)) {
            (_, None) => false,
            (Piece::Literal { text, .. }, Some(Piece::Literal { text: other, .. })) => text == other,
            (Piece::Literal { .. }, Some(_)) => false,
            (Piece::Any, Some(_)) => true,
            (Piece::Record(one), Some(Piece::Record(other))) => one == other,
            (Piece::Record(_), Some(_)) => false,
        };
        let longer = self.rest || !other.rest && self.segments.len() == other.segments.len();
        longer
            && self.segments.len() <= other.segments.len()
            && (self.rest || self.directory == other.directory)
            && self
                .segments
                .iter()
                .enumerate()
                .all(|(place, piece)| wide(place, piece))
            && self.parameters.iter().all(|pair| other.parameters.contains(pair))
    }
}

impl Piece {
    fn take<'r>(&self, text: &'r str, named: RecordMatch<'r>) -> Option<RecordMatch<'r>> {
        match self {
            Self::Any => Some(named),
            Self::Literal { text: literal, .. } => (literal == text).then_some(named),
            Self::Record(template) => {
                let record = template.take(text)?;
                Some(match named {
                    RecordMatch::Nothing => RecordMatch::One(record),
                    RecordMatch::One(earlier) if earlier == record => named,
                    _ => RecordMatch::Several,
                })
            }
        }
    }

    fn nearly_takes(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Literal { folded, .. } => *folded == *fold(text),
            Self::Record(template) => template.might_take(text),
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
        let name = decode(name).map_err(|_| PatternProblem::Query)?;
        let canonical = canonical_name(&name).ok_or(PatternProblem::Query)?;
        let mut earlier = parameters.iter();
        if earlier.any(|(earlier, _)| canonical_name(earlier).as_ref() == Some(&canonical)) {
            return Err(PatternProblem::Query);
        }
        let value = parse_piece(value, |literal| {
            decode(literal).map_err(|_| PatternProblem::NeverMatches)
        })?;
        parameters.push((name, value));
    }
    Ok(parameters)
}

fn parse_piece(text: &str, literal: impl Fn(&str) -> Result<String, PatternProblem>) -> Result<Piece, PatternProblem> {
    if let Some(template) = Template::parse(text, &literal) {
        return template.map(Piece::Record);
    }
    match text {
        "*" => Ok(Piece::Any),
        "**" => Err(PatternProblem::RestNotLast),
        _ if text.contains(['*', '{', '}']) => Err(PatternProblem::Mixed),
        _ => literal(text).map(|text| Piece::Literal {
            folded: fold(&text).into_owned(),
            text,
        }),
    }
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
