use std::sync::Arc;

use actix_web::http::Method;
use proptest::prelude::*;

use super::*;
use config::site::SiteSection;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, SessionId};

pub fn visitor(records: &[&str]) -> Visitor {
    Visitor {
        session: SessionId::from_bytes([1; 16]),
        account: AccountId::from_bytes([2; 16]),
        subject: Arc::from("pairwise"),
        records: records.iter().map(|text| RecordNumber::parse(text).unwrap()).collect(),
        authenticated_at: Timestamp::from_seconds(1_000),
        amr: Arc::from(["pwd", "otp"]),
    }
}

const RULES: &str = r#"
    [[rule]]
    url = "/help/**"
    requires = "public"
    [[rule]]
    url = "/records/{record}/**"
    requires = "record"
    [[rule]]
    url = "/print?nr={record}"
    requires = "record"
    [[rule]]
    url = "/print"
    requires = "session"
    [[rule]]
    url = "/menu"
    requires = "session"
"#;

fn rules(mode: &str, rules: &str) -> Rules {
    let toml = format!(
        "id = \"s\"\nlab = \"l\"\norigin = \"https://s.example\"\nupstream = \"http://127.0.0.1:1\"\nmode = \"{mode}\"\n{rules}"
    );
    Rules::compile(&toml::from_str::<SiteSection>(&toml).unwrap()).unwrap()
}

fn ask(rules: &Rules, method: &Method, target: &str, visitor: Option<&Visitor>) -> Result<Basis, Refusal> {
    let (path, query) = target
        .split_once('?')
        .map_or((target, None), |(path, query)| (path, Some(query)));
    let request = NormalizedRequest::read(method, path, query)?;
    admit(rules, request, visitor).map(|permitted| permitted.permit().basis().clone())
}

fn own(number: &str) -> Result<Basis, Refusal> {
    Ok(Basis::Record(RecordNumber::parse(number).unwrap()))
}

const TWO: Result<Basis, Refusal> = Err(Refusal::Ambiguous(Ambiguity::TwoRecords));
const BOUND_NAME: Result<Basis, Refusal> = Err(Refusal::Ambiguous(Ambiguity::BoundName));
const SPELLING: Result<Basis, Refusal> = Err(Refusal::Ambiguous(Ambiguity::Spelling));

#[test]
fn a_signed_in_visitor_reads_their_own_and_nobody_elses() {
    let rules = rules("enforce", RULES);
    let visitor = visitor(&["42", "7 A"]);
    for (target, expected) in [
        ("/records/42", own("42")),
        ("/records/42/report.pdf", own("42")),
        ("/records/7%20A/", own("7 A")),
        ("/records/43", Err(Refusal::OtherRecord)),
        ("/records/042", Err(Refusal::OtherRecord)),
        ("/records/42%20x", Err(Refusal::OtherRecord)),
        ("/records/42,43", Err(Refusal::OtherRecord)),
        ("/print?nr=42", own("42")),
        ("/print?nr=43", Err(Refusal::OtherRecord)),
        ("/print?NR=42", SPELLING),
        ("/print?nr[]=42", SPELLING),
        ("/print?nr=", Err(Refusal::Ambiguous(Ambiguity::BoundValue))),
        ("/print", Ok(Basis::Session)),
        ("/menu", Ok(Basis::Session)),
        ("/menu?nr=42", Ok(Basis::Session)),
        ("/menu?nr=43", Err(Refusal::OtherRecord)),
        ("/menu?Nr=43", BOUND_NAME),
        ("/records/42?nr=42", own("42")),
        ("/records/42?nr=43", TWO),
        ("/records/42?nr=7+A", TWO),
        ("/records/43?nr=42", TWO),
        ("/help/a", Ok(Basis::Public)),
        ("/help/a?nr=42", Ok(Basis::Public)),
        ("/help/a?nr=43", Err(Refusal::OtherRecord)),
        ("/admin", Err(Refusal::Unmapped)),
        ("/", Err(Refusal::Unmapped)),
        ("/Records/43", Err(Refusal::Unmapped)),
    ] {
        assert_eq!(ask(&rules, &Method::GET, target, Some(&visitor)), expected, "{target}");
    }
    assert_eq!(
        ask(&rules, &Method::POST, "/records/42", Some(&visitor)),
        Err(Refusal::MethodNotAllowed)
    );
    assert_eq!(
        ask(&rules, &Method::DELETE, "/records/43", Some(&visitor)),
        Err(Refusal::MethodNotAllowed)
    );
}

#[test]
fn r04_a_stranger_reaches_public_pages_only() {
    let rules = rules("enforce", RULES);
    let learning = self::rules("learn", RULES);
    for target in [
        "/records/42",
        "/print?nr=42",
        "/print",
        "/menu",
        "/admin",
        "/",
        "/help/a?nr=42",
        "/RECORDS/42",
    ] {
        for rules in [&rules, &learning] {
            assert_eq!(
                ask(rules, &Method::GET, target, None),
                Err(Refusal::SignInNeeded),
                "{target}"
            );
        }
    }
    assert_eq!(ask(&rules, &Method::POST, "/menu", None), Err(Refusal::SignInNeeded));
    assert_eq!(ask(&rules, &Method::GET, "/help/a", None), Ok(Basis::Public));
}

#[test]
fn a_broad_rule_does_not_take_what_almost_fits_a_strict_one() {
    let text = format!("{RULES}\n[[rule]]\nurl = \"/**\"\nrequires = \"session\"");
    let rules = rules("enforce", &text);
    let visitor = visitor(&["42"]);
    for (target, expected) in [
        ("/RECORDS/43", SPELLING),
        ("/PRINT?nr=42", SPELLING),
        ("/print/?nr=42", SPELLING),
        ("/other", Ok(Basis::Session)),
        ("/MENU", Ok(Basis::Session)),
    ] {
        assert_eq!(ask(&rules, &Method::GET, target, Some(&visitor)), expected, "{target}");
    }
}

#[test]
fn learning_opens_unmapped_pages_but_no_records() {
    let rules = rules("learn", RULES);
    let visitor = visitor(&["42"]);
    for (target, expected) in [
        ("/unknown", Ok(Basis::Learning)),
        ("/unknown?nr=42", Ok(Basis::Learning)),
        ("/unknown?nr=43", Err(Refusal::OtherRecord)),
        ("/records/43", Err(Refusal::OtherRecord)),
        ("/RECORDS/43", SPELLING),
        ("/records/42?nr=43", TWO),
    ] {
        assert_eq!(ask(&rules, &Method::GET, target, Some(&visitor)), expected, "{target}");
    }
    assert_eq!(
        ask(&rules, &Method::POST, "/menu", Some(&visitor)),
        Err(Refusal::MethodNotAllowed)
    );
}

#[test]
fn a_public_page_is_asked_for_anonymously() {
    let rules = rules("enforce", RULES);
    let request = NormalizedRequest::read(&Method::GET, "/help/a", None).unwrap();
    assert_eq!(
        decide(&rules, &request, Some(&visitor(&["42"]))).unwrap().visitor(),
        None
    );
}

proptest! {
    /// Whatever the URL looks like, a permit is never given with another person's number in a place that names records.
    #[test]
    fn no_url_opens_another_record(
        path in "/(records|Records|print|menu|help|unknown)/?(42|43|%34%33|4%32|\\.\\.|%2e%2e|a|42%2f43|;)?/?[a-z]?",
        query in "(\\?(nr|NR|nr\\[\\]|n%72|\\+nr|x)=(42|43|%343|4%32|)(&(nr|Nr|n%52|nr%5b%5d)=(42|43))?)?",
        learn in any::<bool>(),
    ) {
        let rules = rules(if learn { "learn" } else { "enforce" }, RULES);
        let target = format!("{path}{query}");
        let (path, query) = target.split_once('?').map_or((target.as_str(), None), |(path, query)| (path, Some(query)));
        let Ok(request) = NormalizedRequest::read(&Method::GET, path, query) else { return Ok(()) };
        if decide(&rules, &request, Some(&visitor(&["42"]))).is_ok() {
            let sent = request.path_and_query();
            prop_assert!(!sent.contains("nr=43") && !sent.contains("NR=43") && !sent.contains("D=43"), "{}", sent);
            prop_assert!(!sent.to_lowercase().starts_with("/records/43"), "{}", sent);
        }
        let stranger = decide(&rules, &request, None);
        prop_assert!(stranger.is_err() || sent_is_help(&request), "{}", request.path_and_query());
    }
}

fn sent_is_help(request: &NormalizedRequest) -> bool {
    request.segments().first().is_some_and(|first| first == "help")
}

#[path = "binding_tests.rs"]
mod binding;
#[test]
fn a_permit_names_the_record_that_was_asked_for() {
    let (rules, visitor) = (rules("enforce", RULES), visitor(&["42"]));
    let record = |path| {
        let request = NormalizedRequest::read(&Method::GET, path, None).unwrap();
        admit(&rules, request, Some(&visitor))
            .unwrap()
            .permit()
            .record()
            .cloned()
    };
    assert_eq!(record("/records/42/a"), Some(RecordNumber::parse("42").unwrap()));
    assert_eq!(record("/menu"), None);
}
