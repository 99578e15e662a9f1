//! A site's rules, compiled: an ordered list in which the first URL that fits decides, and nothing fits by default.

use std::collections::BTreeSet;

use actix_web::http::Method;

use crate::pattern::{Comparison, Pattern, RecordMatch};
use crate::request::{Ambiguity, NormalizedRequest};
use config::site::{GateMode, Requirement, RuleSection, SiteProblem, SiteSection};

/// The rules of one site.
#[derive(Clone, Debug)]
pub struct Rules {
    mode: GateMode,
    rules: Vec<Rule>,
    /// Canonical names of the parameters that some rule binds to `{record}`: on this site such a parameter names a
    /// record wherever it appears.
    bearing: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    methods: Vec<Method>,
    requires: Requirement,
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
        if !problems.is_empty() {
            return Err(problems);
        }
        let bearing = rules
            .iter()
            .flat_map(|rule| rule.pattern.record_parameters())
            .map(str::to_owned)
            .collect();
        Ok(Self {
            mode: site.mode,
            rules,
            bearing,
        })
    }

    /// Are URLs without a rule refused, or learnt?
    pub const fn mode(&self) -> GateMode {
        self.mode
    }

    /// The first rule whose pattern matches decides. Rules below it are asked about the method only if they have the
    /// very same pattern, so that `POST /records/43` cannot slip past a rule for `GET` into a broader one.
    pub fn find<'r>(&self, request: &'r NormalizedRequest) -> Finding<'r> {
        let Some((first, named)) = self.first(request, Comparison::Exact) else {
            // A near miss is let through by no mode: the LIS may well take it for the real thing.
            return match (self.mode, self.first(request, Comparison::Loose)) {
                (GateMode::Learn, Some(_)) => Finding::Ambiguous(Ambiguity::Spelling),
                _ => Finding::Unmapped,
            };
        };
        if self
            .first(request, Comparison::Loose)
            .is_some_and(|(loose, _)| loose.requires > first.requires)
        {
            return Finding::Ambiguous(Ambiguity::Spelling);
        }
        let record = match named {
            RecordMatch::Several => return Finding::Ambiguous(Ambiguity::TwoRecords),
            RecordMatch::One(record) => Some(record),
            RecordMatch::Nothing => None,
        };
        self.rules
            .iter()
            .find(|rule| rule.pattern == first.pattern && rule.methods.contains(request.method()))
            .map_or(Finding::MethodNotAllowed, |rule| Finding::Mapped {
                requires: rule.requires,
                record,
            })
    }

    /// The values in the query that name a record on this site, whichever rule the request falls under.
    pub fn records_in_query<'r>(&'r self, request: &'r NormalizedRequest) -> impl Iterator<Item = &'r str> {
        let bears = |name: &str| self.bearing.contains(name);
        request
            .parameters()
            .iter()
            .filter(move |given| bears(given.canonical()))
            .map(|given| given.value())
    }

    fn first<'r>(&self, request: &'r NormalizedRequest, comparison: Comparison) -> Option<(&Rule, RecordMatch<'r>)> {
        self.rules
            .iter()
            .find_map(|rule| rule.pattern.matches(request, comparison).map(|named| (rule, named)))
    }
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
            pattern,
            methods,
            requires: section.requires,
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
