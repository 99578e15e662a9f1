//! A site's rules, compiled: an ordered list in which the first URL that fits decides, and nothing fits by default.
//!
//! One exception to the order: a rule with `{record}` is asked before a looser one, wherever it stands. A rule that
//! writes the record's place out (`/records/search` before `/records/{record}`) is not looser.

use actix_web::http::Method;

use crate::names::BoundNames;
use crate::pattern::{Pattern, RecordMatch};
use crate::request::{Ambiguity, NormalizedRequest};
use config::site::{BodyCheck, GateMode, Requirement, RuleSection, SiteProblem, SiteSection};

/// The rules of one site.
#[derive(Clone, Debug)]
pub struct Rules {
    mode: GateMode,
    rules: Vec<Rule>,
    /// What some rule binds to `{record}` names a record wherever it appears on this site.
    names: BoundNames,
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) text: String,
    pub(crate) pattern: Pattern,
    pub(crate) methods: Vec<Method>,
    pub(crate) requires: Requirement,
    pub(crate) body: BodyCheck,
}

/// What the rules say about a URL, before the visitor is considered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding<'r> {
    /// A rule is for this URL and method.
    Mapped {
        /// What the rule asks of a visitor.
        requires: Requirement,
        /// The record that the URL names, where the rule has `{record}`.
        record: Option<&'r str>,
        /// What the rule says of bodies.
        body: BodyCheck,
    },
    /// A rule is for this URL, and none for this method of it.
    MethodNotAllowed,
    /// No rule is for this URL.
    Unmapped,
    /// It names two records, or is almost the URL of a rule.
    Ambiguous(Ambiguity),
}

impl Rules {
    /// Fails with every pattern that cannot work, in the form of the other configuration problems.
    pub fn compile(site: &SiteSection) -> Result<Self, Vec<SiteProblem>> {
        let mut problems = Vec::new();
        let mut rules = Vec::with_capacity(site.rules.len());
        for (index, section) in site.rules.iter().enumerate() {
            match Rule::compile(section) {
                Ok(rule) => rules.push(rule),
                Err((field, remedy)) => problems.push(site.problem(Some(index + 1), field, remedy)),
            }
        }
        if problems.is_empty() {
            problems = clashes(site, &rules);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut names = BoundNames::default();
        for (name, template) in rules.iter().flat_map(|rule| rule.pattern.record_parameters()) {
            names.add(name, template);
        }
        Ok(Self {
            mode: site.mode,
            rules,
            names,
        })
    }

    /// Are URLs without a rule refused, or learnt?
    pub const fn mode(&self) -> GateMode {
        self.mode
    }

    pub(crate) const fn names(&self) -> &BoundNames {
        &self.names
    }

    pub(crate) fn all(&self) -> &[Rule] {
        &self.rules
    }

    /// Which rule is for a URL, whatever the method. Rules beside it are asked about the method only if they have the
    /// very same pattern or name the same record, so that `POST /records/43` cannot slip past a rule for `GET` into a
    /// broader one.
    pub fn find<'r>(&self, request: &'r NormalizedRequest) -> Finding<'r> {
        match self.finding(request) {
            Ok(finding) => finding,
            Err(why) => Finding::Ambiguous(why),
        }
    }

    fn finding<'r>(&self, request: &'r NormalizedRequest) -> Result<Finding<'r>, Ambiguity> {
        let Some((rule, named)) = self.deciding(request) else {
            // A near miss is let through by no mode: the LIS may well take it for the real thing.
            if self.mode == GateMode::Learn {
                self.refuse_near_miss(request, None)?;
                refuse_streams(request.segments().iter().map(String::as_str))?;
            }
            return Ok(Finding::Unmapped);
        };
        self.refuse_near_miss(request, Some(rule))?;
        refuse_streams(rule.pattern.open_segments(request))?;
        let record = match named {
            RecordMatch::Several => return Err(Ambiguity::TwoRecords),
            RecordMatch::One(record) => Some(record),
            RecordMatch::Nothing => None,
        };
        let mut chosen = None;
        for other in &self.rules {
            let same = if record.is_none() {
                other.pattern == rule.pattern
            } else {
                match other.pattern.matches(request) {
                    Some(also @ RecordMatch::One(_)) if also == named => true,
                    Some(RecordMatch::One(_) | RecordMatch::Several) => return Err(Ambiguity::TwoRecords),
                    _ => false,
                }
            };
            if same && chosen.is_none() && other.methods.contains(request.method()) {
                chosen = Some(other);
            }
        }
        Ok(chosen.map_or(Finding::MethodNotAllowed, |rule| Finding::Mapped {
            requires: rule.requires,
            record,
            body: rule.body,
        }))
    }

    /// The first rule that matches, unless a record's does that is not written out there.
    pub(crate) fn deciding<'r>(&self, request: &'r NormalizedRequest) -> Option<(&Rule, RecordMatch<'r>)> {
        let mut matching = self
            .rules
            .iter()
            .filter_map(|rule| rule.pattern.matches(request).map(|named| (rule, named)));
        let first = matching.next()?;
        if first.0.requires == Requirement::Record {
            return Some(first);
        }
        let stricter = matching
            .find(|(rule, _)| rule.requires == Requirement::Record && !first.0.pattern.stands_beside(&rule.pattern));
        Some(stricter.unwrap_or(first))
    }

    /// Fails if a forgiving server might take the URL for one that a stricter rule is about.
    pub(crate) fn refuse_near_miss(
        &self,
        request: &NormalizedRequest,
        deciding: Option<&Rule>,
    ) -> Result<(), Ambiguity> {
        let is_near = |rule: &&Rule| rule.pattern.nearly_matches(request);
        let stricter = |rule: &Rule| {
            deciding.is_none_or(|deciding| {
                rule.requires > deciding.requires
                    && (rule.requires < Requirement::Record || !deciding.pattern.stands_beside(&rule.pattern))
            })
        };
        let records = |rule: &&Rule| rule.requires == Requirement::Record;
        let mut near_records = self.rules.iter().filter(records).filter(is_near);
        let first = self.rules.iter().find(is_near);
        if near_records.any(stricter) || first.is_some_and(stricter) {
            return Err(Ambiguity::Spelling);
        }
        Ok(())
    }

    /// The values in the query that name a record on this site, whichever rule the request falls under.
    ///
    /// # Errors
    /// A parameter can be read as one that names a record, and is not written as the rules write it.
    pub fn records_in_query<'r>(&self, request: &'r NormalizedRequest) -> Result<Vec<&'r str>, Ambiguity> {
        self.names.records_in_query(request)
    }
}

/// `name:stream` opens `name` on Windows. Only where a pattern writes the colon is it part of a name.
fn refuse_streams<'r>(mut open: impl Iterator<Item = &'r str>) -> Result<(), Ambiguity> {
    if open.any(|segment| segment.contains(':')) {
        return Err(Ambiguity::Stream);
    }
    Ok(())
}

/// Two rules that read two records from one path would refuse it for ever, or open the wrong one.
fn clashes(site: &SiteSection, rules: &[Rule]) -> Vec<SiteProblem> {
    let mut problems = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let earlier = rules.iter().take(index);
        let clash = earlier
            .enumerate()
            .find(|(_, earlier)| earlier.pattern.clashes_with(&rule.pattern));
        if let Some((earlier, _)) = clash {
            let remedy = format!(
                "some URLs fit rule {} as well, which finds the record elsewhere in them: make the two exclude each other",
                earlier + 1
            );
            problems.push(site.problem(Some(index + 1), "url", remedy));
        }
    }
    problems
}

impl Rule {
    fn compile(section: &RuleSection) -> Result<Self, (&'static str, String)> {
        let pattern = Pattern::parse(&section.url).map_err(|problem| ("url", problem.to_string()))?;
        match (pattern.names_record(), section.requires) {
            (true, Requirement::Record) | (false, Requirement::Public | Requirement::Session) => {}
            (true, _) => {
                return Err((
                    "requires",
                    "the URL names a {record}: write requires = \"record\", or \"*\" in its place".to_owned(),
                ));
            }
            (false, Requirement::Record) => {
                return Err((
                    "url",
                    "say where the record is: put {record} in the path or the query".to_owned(),
                ));
            }
        }
        let methods = section.methods.iter().map(|name| Method::from_bytes(name.as_bytes()));
        let methods = methods
            .collect::<Result<_, _>>()
            .map_err(|_| ("methods", "not a method".to_owned()))?;
        Ok(Self {
            text: section.url.clone(),
            pattern,
            methods,
            requires: section.requires,
            body: section.body,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(rules: &str) -> Result<Rules, Vec<String>> {
        let toml = format!(
            "id = \"s\"\nlab = \"l\"\norigin = \"https://s.example\"\nupstream = \"http://127.0.0.1:1\"\n{rules}"
        );
        let section: SiteSection = toml::from_str(&toml).unwrap();
        Rules::compile(&section).map_err(|found| found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn problems_name_the_rule_and_the_field() {
        let found = compile(
            "[[rule]]\nurl = \"/a/**/b\"\nrequires = \"session\"\n\
             [[rule]]\nurl = \"/a\"\nrequires = \"record\"\n\
             [[rule]]\nurl = \"/{record}\"\nrequires = \"session\"",
        );
        assert_eq!(
            found.unwrap_err(),
            [
                "[[site]] s, rule 1: url: \"**\" matches everything that follows: it can only be the last segment",
                "[[site]] s, rule 2: url: say where the record is: put {record} in the path or the query",
                "[[site]] s, rule 3: requires: the URL names a {record}: write requires = \"record\", or \"*\" in its place",
            ]
        );
    }

    #[test]
    fn a_method_cannot_slip_into_a_broader_rule() {
        let rules = compile(
            "[[rule]]\nurl = \"/records/{record}\"\nrequires = \"record\"\n\
             [[rule]]\nurl = \"/form\"\nrequires = \"public\"\n\
             [[rule]]\nurl = \"/form\"\nmethods = [\"POST\"]\nrequires = \"session\"\n\
             [[rule]]\nurl = \"/**\"\nmethods = [\"GET\", \"POST\"]\nrequires = \"session\"",
        )
        .unwrap();
        let find = |method: &Method, path| {
            let request = NormalizedRequest::read(method, path, None).unwrap();
            matches!(rules.find(&request), Finding::Mapped { .. })
        };
        assert!(find(&Method::GET, "/records/42"));
        assert!(!find(&Method::POST, "/records/42"));
        assert!(find(&Method::POST, "/form"));
        assert!(find(&Method::POST, "/other"));
    }
}
