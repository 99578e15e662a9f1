//! A request's URL in the one form that every parser behind us reads alike.
//!
//! The path is decoded once and split; the query becomes a list of parameters with unique names. What was decided about
//! is what is sent on: [`NormalizedRequest::path_and_query`] writes the decoded form out again, so the LIS never sees a
//! spelling that the gate has not judged.
//!
//! A slash at the end is kept and is significant: `/a` and `/a/` are two URLs, as they are for most servers. Patterns
//! ending in `**` take both.

use std::fmt::Write as _;

use actix_web::http::Method;

pub use crate::text::Ambiguity;
use crate::text::{decode, encode_query, encode_segment, refuse_disguise};

/// Method, path and query, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NormalizedRequest {
    method: Method,
    segments: Vec<String>,
    directory: bool,
    parameters: Vec<Parameter>,
}

/// One parameter of the query; its name is there once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    name: String,
    canonical: String,
    value: Option<String>,
}

impl NormalizedRequest {
    /// `path` and `query` as received, still encoded. Fails with the first [`Ambiguity`] found.
    pub fn read(method: &Method, path: &str, query: Option<&str>) -> Result<Self, Ambiguity> {
        let (segments, directory) = read_path(path)?;
        let parameters = query.map_or(Ok(Vec::new()), read_query)?;
        Ok(Self {
            method: method.clone(),
            segments,
            directory,
            parameters,
        })
    }

    /// As received.
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// The path's segments, decoded; none of them empty, `.` or `..`.
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// Whether the path ends in a slash.
    pub const fn is_directory(&self) -> bool {
        self.directory
    }

    /// In the order received.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// By its name exactly as written; the name is there once.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Path and query for the upstream request line.
    pub fn path_and_query(&self) -> String {
        let mut text = String::with_capacity(64);
        for segment in &self.segments {
            let _ = write!(text, "/{}", encode_segment(segment));
        }
        if self.directory {
            text.push('/');
        }
        let mut separator = '?';
        for Parameter { name, value, .. } in &self.parameters {
            let _ = write!(text, "{separator}{}", encode_query(name));
            if let Some(value) = value {
                let _ = write!(text, "={}", encode_query(value));
            }
            separator = '&';
        }
        text
    }
}

impl Parameter {
    /// The name as written, decoded.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Empty if there is no `=`.
    pub fn value(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }
}

fn read_path(raw: &str) -> Result<(Vec<String>, bool), Ambiguity> {
    let rest = raw.strip_prefix('/').ok_or(Ambiguity::NotAPath)?;
    if raw.contains('#') {
        return Err(Ambiguity::Fragment);
    }
    if rest.is_empty() {
        return Ok((Vec::new(), true));
    }
    let (rest, directory) = rest.strip_suffix('/').map_or((rest, false), |rest| (rest, true));
    let segments = rest.split('/').map(read_segment).collect::<Result<_, _>>()?;
    Ok((segments, directory))
}

pub(super) fn read_segment(raw: &str) -> Result<String, Ambiguity> {
    let text = decode(raw)?;
    refuse_disguise(&text)?;
    match text.chars().next_back() {
        None => Err(Ambiguity::EmptySegment),
        // Windows drops dots and spaces at the end of a name, so `admin.` may open `admin`.
        Some(last) if last == '.' || last.is_whitespace() => Err(Ambiguity::DotSegment),
        _ if text.contains('/') => Err(Ambiguity::EncodedSlash),
        _ if text.contains('\\') => Err(Ambiguity::Backslash),
        _ if text.contains(';') => Err(Ambiguity::PathParameter),
        _ if is_short_name(&text) => Err(Ambiguity::ShortName),
        _ => Ok(text),
    }
}

/// `DOSSIE~1` opens `dossiers` on Windows.
fn is_short_name(text: &str) -> bool {
    text.split('~')
        .skip(1)
        .any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn read_query(raw: &str) -> Result<Vec<Parameter>, Ambiguity> {
    if raw.contains(';') {
        return Err(Ambiguity::QuerySeparator);
    }
    if raw.contains('#') {
        return Err(Ambiguity::Fragment);
    }
    let mut parameters: Vec<Parameter> = Vec::new();
    for piece in raw.split('&').filter(|piece| !piece.is_empty()) {
        let parameter = read_parameter(piece)?;
        if parameters
            .iter()
            .any(|earlier| earlier.canonical == parameter.canonical)
        {
            return Err(Ambiguity::DuplicateParameter);
        }
        parameters.push(parameter);
    }
    Ok(parameters)
}

fn read_parameter(raw: &str) -> Result<Parameter, Ambiguity> {
    let form = |side: &str| decode(&side.replace('+', "%20"));
    let (name, value) = raw
        .split_once('=')
        .map_or((raw, None), |(name, value)| (name, Some(value)));
    let name = form(name)?;
    refuse_disguise(&name)?;
    let canonical = canonical_name(&name).ok_or(Ambiguity::ParameterName)?;
    Ok(Parameter {
        name,
        canonical,
        value: value.map(form).transpose()?,
    })
}

/// Under which names a parameter given twice is found: PHP drops leading spaces, turns `.` and space into `_` and
/// reads `a[b]` as an entry of `a`; ASP.NET ignores case. `None` for brackets that do not close in order, which PHP
/// turns into other names altogether.
pub fn canonical_name(name: &str) -> Option<String> {
    let name = name.trim_start();
    let (base, brackets) = name.split_at(name.find(['[', ']']).unwrap_or(name.len()));
    if base.is_empty() || !brackets_close(brackets) {
        return None;
    }
    let fold = |c: char| if c == '.' || c.is_whitespace() { '_' } else { c };
    Some(base.to_lowercase().chars().map(fold).collect())
}

fn brackets_close(text: &str) -> bool {
    let mut rest = text;
    while let Some(inner) = rest.strip_prefix('[') {
        match inner.split_once(']') {
            Some((key, after)) if !key.contains('[') => rest = after,
            _ => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
