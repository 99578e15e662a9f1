use actix_web::http::Method;
use proptest::prelude::*;

use super::*;

fn request(target: &str) -> NormalizedRequest {
    let (path, query) = target
        .split_once('?')
        .map_or((target, None), |(path, query)| (path, Some(query)));
    NormalizedRequest::read(&Method::GET, path, query).unwrap()
}

fn matched(pattern: &str, target: &str) -> Option<String> {
    let request = request(target);
    let named = Pattern::parse(pattern).unwrap().matches(&request)?;
    Some(match named {
        RecordMatch::Nothing => String::new(),
        RecordMatch::One(record) => record.to_owned(),
        RecordMatch::Several => "several".to_owned(),
    })
}

#[test]
fn patterns_take_what_they_say() {
    for (pattern, target, named) in [
        ("/", "/", Some("")),
        ("/", "/a", None),
        ("/help", "/help", Some("")),
        ("/help", "/help/", None),
        ("/help/", "/help/", Some("")),
        ("/help", "/Help", None),
        ("/css/*", "/css/a.css", Some("")),
        ("/css/*", "/css", None),
        ("/css/*", "/css/a/b", None),
        ("/**", "/", Some("")),
        ("/**", "/a/b/c", Some("")),
        ("/records/{record}/**", "/records/42", Some("42")),
        ("/records/{record}/**", "/records/42/", Some("42")),
        ("/records/{record}/**", "/records/42/a/b.pdf", Some("42")),
        ("/records/{record}/**", "/records", None),
        ("/records/{record}", "/records/42/a", None),
        ("/r/{record}/of/{record}", "/r/42/of/42", Some("42")),
        ("/r/{record}/of/{record}", "/r/42/of/43", Some("several")),
        ("/print?nr={record}", "/print?nr=42", Some("42")),
        ("/print?nr={record}", "/print?x=1&nr=42", Some("42")),
        ("/print?nr={record}", "/print?NR=42", None),
        ("/print?nr={record}", "/print?nr[]=42", None),
        ("/print?nr[]={record}", "/print?nr%5B%5D=42", Some("42")),
        ("/pdf/{record}.pdf", "/pdf/42.pdf", Some("42")),
        ("/pdf/{record}.pdf", "/pdf/42.PDF", None),
        ("/pdf/{record}.pdf", "/pdf/.pdf", None),
        ("/pdf/{record}.pdf", "/pdf/42.43.pdf", Some("42.43")),
        ("/cr/CR-{record}-2024.pdf", "/cr/CR-42-2024.pdf", Some("42")),
        ("/odata/Patients('{record}')", "/odata/Patients('42')", Some("42")),
        (
            "/odata/Patients('{record}')",
            "/odata/Patients('42')('43')",
            Some("42')('43"),
        ),
        ("/o?subject=Patient/{record}", "/o?subject=Patient/42", Some("42")),
        ("/o?subject=Patient/{record}", "/o?subject=Group/42", None),
        ("/view?key={record}|*", "/view?key=42%7C43", Some("42")),
        ("/view?key=*|{record}", "/view?key=43%7C42", Some("42")),
        ("/view?key=*|{record}", "/view?key=43%7C42%7C44", None),
        ("/n/{record:digits}", "/n/42", Some("42")),
        ("/n/{record:digits}", "/n/42a", None),
        ("/n/{record:hex}x", "/n/4Fx", Some("4F")),
        ("/print?nr={record}", "/print?nr=", None),
        ("/print?nr={record}", "/print", None),
        ("/print?kind=pdf", "/print?kind=pdf&x=1", Some("")),
        ("/print?kind=pdf", "/print?kind=PDF", None),
        ("/r/{record}?nr={record}", "/r/42?nr=43", Some("several")),
        ("/caf%C3%A9/%2A", "/caf%c3%a9/*", Some("")),
    ] {
        assert_eq!(matched(pattern, target).as_deref(), named, "{pattern} {target}");
    }
}

#[test]
fn patterns_that_cannot_work_are_refused() {
    for (pattern, why) in [
        ("records", PatternProblem::NoSlash),
        ("/a/**/b", PatternProblem::RestNotLast),
        ("/a**", PatternProblem::Mixed),
        ("/a*", PatternProblem::Mixed),
        ("/{nr}", PatternProblem::Mixed),
        ("/x{record", PatternProblem::Mixed),
        ("/{record:words}", PatternProblem::Mixed),
        ("/{record}{record}", PatternProblem::Mixed),
        ("/a?k=*{record}", PatternProblem::Mixed),
        ("/a//b", PatternProblem::NeverMatches),
        ("/a//**", PatternProblem::NeverMatches),
        ("/a/../b", PatternProblem::NeverMatches),
        ("/a;b", PatternProblem::NeverMatches),
        ("/a%2Fb", PatternProblem::NeverMatches),
        ("/a?nr", PatternProblem::Query),
        ("/a?nr={record}&NR=1", PatternProblem::Query),
    ] {
        assert_eq!(Pattern::parse(pattern), Err(why), "{pattern}");
    }
}

#[test]
fn a_near_miss_is_known_by_its_letters() {
    let pattern = Pattern::parse("/Admin/{record}").unwrap();
    let near = |target| pattern.nearly_matches(&request(target));
    assert!(near("/ADMIN/42/"));
    assert!(near("/%C3%A0dm%C4%B1n/42"));
    assert!(!near("/admin"));
    assert!(!near("/administration/42"));
}

proptest! {
    #[test]
    fn a_record_named_is_always_the_segment_that_stands_there(record in "[A-Za-z0-9 é-]{0,11}[A-Za-z0-9]", tail in "[a-z]{1,8}") {
        let encoded = crate::text::encode_segment(&record).to_string();
        let named = matched("/records/{record}/**", &format!("/records/{encoded}/{tail}"));
        prop_assert_eq!(named, Some(record));
    }

    #[test]
    fn no_pattern_text_breaks_the_parser(text in "\\PC{0,40}") {
        let _ = Pattern::parse(&text);
    }
}
