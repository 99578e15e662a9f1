//! What the rules make of a request, one by one, and which of them are not worth having: for people who write rules.

use actix_web::http::Method;

use crate::body::compare;
use crate::decision::{Permit, Refusal, decide};
use crate::request::NormalizedRequest;
use crate::rules::{Rule, Rules};
use crate::visitor::Visitor;
use config::site::{GateMode, Requirement};

/// How one rule stands to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleFit {
    /// It is for this URL, and comes first.
    Decides,
    /// It is for this URL, and another comes before it.
    Beaten,
    /// It is for this URL, and not for this method.
    OtherMethod,
    /// A forgiving server might take the URL for one of its own.
    Near,
    /// It is for other URLs.
    None,
}

impl RuleFit {
    /// In words, to be read after the rule.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Decides => "decides",
            Self::Beaten => "fits, but another rule comes first",
            Self::OtherMethod => "fits, but not for this method",
            Self::Near => "does not fit as written; a forgiving server might think so",
            Self::None => "does not fit",
        }
    }
}

/// A request as somebody describes it.
#[derive(Clone, Copy, Debug)]
pub struct DescribedRequest<'a> {
    /// In capitals.
    pub method: &'a str,
    /// Path and query, encoded as a browser sends them.
    pub target: &'a str,
    /// A form, or JSON if it begins like it.
    pub body: Option<&'a str>,
}

/// What becomes of a request, and why.
#[derive(Clone, Debug)]
pub struct Explanation<'r> {
    /// Every rule in the order of the file; none if the request cannot be read.
    pub rules: Vec<(&'r str, RuleFit)>,
    /// As at the gate.
    pub outcome: Result<Permit, Refusal>,
}

/// Rule by rule, what the gate makes of a request.
pub fn explain<'r>(rules: &'r Rules, described: DescribedRequest<'_>, visitor: Option<&Visitor>) -> Explanation<'r> {
    let (path, query) = described
        .target
        .split_once('?')
        .map_or((described.target, None), |(path, query)| (path, Some(query)));
    let request = Method::from_bytes(described.method.as_bytes())
        .map_err(|_| Refusal::MethodNotAllowed)
        .and_then(|method| Ok(NormalizedRequest::read(&method, path, query)?));
    match request {
        Err(refusal) => Explanation {
            rules: Vec::new(),
            outcome: Err(refusal),
        },
        Ok(request) => Explanation {
            rules: fits(rules, &request),
            outcome: decide(rules, &request, visitor).and_then(|permit| {
                if let (Some(record), Some(body)) = (permit.compared_record(), described.body) {
                    let kind = if body.starts_with(['{', '[']) {
                        "application/json"
                    } else {
                        "application/x-www-form-urlencoded"
                    };
                    compare(rules, record.as_str(), &[kind], &[], body.as_bytes())?;
                }
                Ok(permit)
            }),
        },
    }
}

fn fits<'r>(rules: &'r Rules, request: &NormalizedRequest) -> Vec<(&'r str, RuleFit)> {
    let deciding = rules.deciding(request);
    let fit = |rule: &Rule| match rule.pattern.matches(request) {
        Some(_) if !rule.methods.contains(request.method()) => RuleFit::OtherMethod,
        Some(named) => match deciding {
            Some((first, other))
                if first.pattern == rule.pattern || rule.requires == Requirement::Record && other == named =>
            {
                RuleFit::Decides
            }
            _ => RuleFit::Beaten,
        },
        None if rule.pattern.nearly_matches(request) => RuleFit::Near,
        None => RuleFit::None,
    };
    rules.all().iter().map(|rule| (rule.text.as_str(), fit(rule))).collect()
}

/// Something about a rule that its writer may not have meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Counted from 1 in the order of the file; none if it is about the site.
    pub rule: Option<usize>,
    /// What is odd about it.
    pub what: String,
}

/// Rules that decide nothing, rules that overlap, and rules that are too wide.
pub fn lint(rules: &Rules) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut remark = |rule: Option<usize>, what: String| remarks.push(Remark { rule, what });
    if rules.mode() == GateMode::Learn {
        remark(
            None,
            "learn mode opens every URL without a rule to whoever is signed in".to_owned(),
        );
    }
    if !rules.all().iter().any(|rule| rule.requires == Requirement::Record) {
        remark(None, "no rule compares a record".to_owned());
    }
    for (index, rule) in rules.all().iter().enumerate() {
        let number = Some(index + 1);
        if let Some(wide) = too_wide(rule) {
            remark(number, wide.to_owned());
        }
        for (other_index, other) in rules.all().iter().enumerate() {
            let looser = rule.requires < Requirement::Record && other.requires == Requirement::Record;
            let same_kind = (rule.requires == Requirement::Record) == (other.requires == Requirement::Record);
            let before = looser && !rule.pattern.stands_beside(&other.pattern) || same_kind && other_index < index;
            if index != other_index && before && other.pattern.covers(&rule.pattern) {
                let same = other.pattern == rule.pattern;
                let shared = rule.methods.iter().any(|method| other.methods.contains(method));
                if !same || shared {
                    let what = format!(
                        "it is never asked, or not for all its methods: rule {} has all its URLs",
                        other_index + 1
                    );
                    remark(number, what);
                }
            } else if looser && rule.pattern.covers(&other.pattern) && index < other_index {
                remark(
                    number,
                    format!(
                        "rule {} names a record in some of its URLs and is asked first: put it before",
                        other_index + 1
                    ),
                );
            }
        }
    }
    remarks
}

fn too_wide(rule: &Rule) -> Option<&'static str> {
    let open = rule.text.ends_with("**");
    match rule.requires {
        Requirement::Public if rule.text == "/**" => Some("everyone reads whatever no other rule is about"),
        Requirement::Session if rule.text == "/**" => {
            Some("whoever is signed in reads whatever no other rule is about, records among it")
        }
        Requirement::Public if open && rule.methods.iter().any(|method| !method.is_safe()) => {
            Some("strangers may change things below it")
        }
        Requirement::Session if rule.text.contains("*/") || rule.text.ends_with("/*") || rule.text.contains("=*") => {
            Some("if \"*\" can be a record's number, write {record} and require it")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::tests::visitor;
    use config::site::SiteSection;

    fn rules(rules: &[(&str, &str)]) -> Rules {
        let mut toml =
            "id = \"s\"\nlab = \"l\"\norigin = \"https://s.example\"\nupstream = \"http://127.0.0.1:1\"\n".to_owned();
        for (url, requires) in rules {
            toml.push_str(&format!("[[rule]]\nurl = \"{url}\"\nrequires = \"{requires}\"\n"));
        }
        Rules::compile(&toml::from_str::<SiteSection>(&toml).unwrap()).unwrap()
    }

    #[test]
    fn each_rule_says_how_it_stands_to_a_request() {
        let rules = rules(&[
            ("/**", "session"),
            ("/records/{record}/**", "record"),
            ("/print?nr={record}", "record"),
        ]);
        let fits = |method: &Method, path: &str| {
            let request = NormalizedRequest::read(method, path, None).unwrap();
            fits(&rules, &request)
                .into_iter()
                .map(|(_, fit)| fit)
                .collect::<Vec<_>>()
        };
        let outcome = |target, body| {
            let described = DescribedRequest {
                method: "GET",
                target,
                body,
            };
            explain(&rules, described, Some(&visitor(&["42"]))).outcome
        };
        assert!(outcome("/print?nr=42", Some("nr=42")).is_ok());
        assert_eq!(outcome("/print?nr=42", Some("{\"nr\":43}")), Err(Refusal::OtherRecord));
        assert!(outcome("/print?nr[]=42", None).is_err());
        assert_eq!(
            fits(&Method::GET, "/records/42"),
            [RuleFit::Beaten, RuleFit::Decides, RuleFit::None]
        );
        assert_eq!(
            fits(&Method::GET, "/RECORDS/42"),
            [RuleFit::Decides, RuleFit::Near, RuleFit::None]
        );
        assert_eq!(fits(&Method::PUT, "/records/42")[1], RuleFit::OtherMethod);
    }

    #[test]
    fn rules_that_are_not_meant_so_are_found() {
        let found = |given: &[(&str, &str)]| -> Vec<Option<usize>> {
            lint(&rules(given)).into_iter().map(|remark| remark.rule).collect()
        };
        let record = ("/records/{record}/**", "record");
        assert_eq!(found(&[record, ("/help", "public")]), []);
        assert_eq!(found(&[record, ("/records/{record}/print", "record")]), [Some(2)]);
        assert_eq!(
            found(&[record, ("/help/**", "public"), ("/help/a", "public")]),
            [Some(3)]
        );
        assert_eq!(found(&[("/records/**", "session"), record]), [Some(1)]);
        assert_eq!(found(&[record, ("/**", "session")]), [Some(2)]);
        assert_eq!(found(&[("/help", "public")]), [None]);
        assert_eq!(found(&[record, ("/visits/*", "session")]), [Some(2)]);
        assert_eq!(
            found(&[("/records/search", "session"), ("/records/{record}", "record")]),
            []
        );
    }
}
