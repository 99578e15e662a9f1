use proptest::prelude::*;

use super::*;

fn read(target: &str) -> Result<NormalizedRequest, Ambiguity> {
    let (path, query) = target
        .split_once('?')
        .map_or((target, None), |(path, query)| (path, Some(query)));
    NormalizedRequest::read(&Method::GET, path, query)
}

#[test]
fn ambiguous_paths_are_refused() {
    for (target, why) in [
        ("", Ambiguity::NotAPath),
        ("*", Ambiguity::NotAPath),
        ("records", Ambiguity::NotAPath),
        ("http://lis/records", Ambiguity::NotAPath),
        ("//lis/records", Ambiguity::EmptySegment),
        ("/records//42", Ambiguity::EmptySegment),
        ("/records/42//", Ambiguity::EmptySegment),
        ("/a/./b", Ambiguity::DotSegment),
        ("/a/../b", Ambiguity::DotSegment),
        ("/a/..", Ambiguity::DotSegment),
        ("/a/%2e%2E/b", Ambiguity::DotSegment),
        ("/a/.%2e/b", Ambiguity::DotSegment),
        ("/a/...", Ambiguity::DotSegment),
        ("/admin./b", Ambiguity::DotSegment),
        ("/admin%20/b", Ambiguity::DotSegment),
        ("/a%2Fb", Ambiguity::EncodedSlash),
        ("/a%5Cb", Ambiguity::Backslash),
        ("/a\\b", Ambiguity::Backslash),
        ("/a%252e%252e/b", Ambiguity::DoubleEncoding),
        ("/a%252Fb", Ambiguity::DoubleEncoding),
        ("/a/..;/b", Ambiguity::PathParameter),
        ("/a;jsessionid=1/b", Ambiguity::PathParameter),
        ("/a%3Bb", Ambiguity::PathParameter),
        ("/a#b", Ambiguity::Fragment),
        ("/a%00.pdf", Ambiguity::ControlCharacter),
        ("/a%EF%BC%8Fb", Ambiguity::LookAlike),
    ] {
        assert_eq!(read(target), Err(why), "{target}");
    }
}

#[test]
fn ambiguous_queries_are_refused() {
    for (target, why) in [
        ("/p?nr=1&nr=2", Ambiguity::DuplicateParameter),
        ("/p?nr=1&nr=1", Ambiguity::DuplicateParameter),
        ("/p?nr=1&NR=2", Ambiguity::DuplicateParameter),
        ("/p?nr=1&nr[]=2", Ambiguity::DuplicateParameter),
        ("/p?nr=1&nr%5B%5D=2", Ambiguity::DuplicateParameter),
        ("/p?nr[a]=1&nr[b]=2", Ambiguity::DuplicateParameter),
        ("/p?rec.nr=1&rec_nr=2", Ambiguity::DuplicateParameter),
        ("/p?rec+nr=1&rec_nr=2", Ambiguity::DuplicateParameter),
        ("/p?%20nr=1&nr=2", Ambiguity::DuplicateParameter),
        ("/p?nr=1&n%72=2", Ambiguity::DuplicateParameter),
        ("/p?rec_nr=1&rec[nr=2", Ambiguity::ParameterName),
        ("/p?[nr=2", Ambiguity::ParameterName),
        ("/p?nr]=2", Ambiguity::ParameterName),
        ("/p?nr[a]b=2", Ambiguity::ParameterName),
        ("/p?nr[[]]=2", Ambiguity::ParameterName),
        ("/p?=2", Ambiguity::ParameterName),
        ("/p?nr=1;nr=2", Ambiguity::QuerySeparator),
        ("/p?nr=%2531", Ambiguity::DoubleEncoding),
        ("/p?nr=%E9", Ambiguity::BadUtf8),
        ("/p?nr=1%00", Ambiguity::ControlCharacter),
        ("/p?nr=%", Ambiguity::BadEncoding),
        ("/p?%EF%BC%86nr=1", Ambiguity::LookAlike),
    ] {
        assert_eq!(read(target), Err(why), "{target}");
    }
}

#[test]
fn what_is_sent_on_is_what_was_judged() {
    for (target, sent) in [
        ("/", "/"),
        ("/a", "/a"),
        ("/a/", "/a/"),
        ("/%61%2D", "/a-"),
        ("/caf%c3%a9+1", "/caf%C3%A9%2B1"),
        ("/p?a=1+2&&b&c=&", "/p?a=1%202&b&c="),
        ("/p?a=1%2B2", "/p?a=1%2B2"),
        ("/p?list[]=x", "/p?list%5B%5D=x"),
        ("/p?back=%2Fhome%3Fx%3D1%26y", "/p?back=/home%3Fx%3D1%26y"),
        ("/p?", "/p"),
    ] {
        assert_eq!(
            read(target).map(|request| request.path_and_query()),
            Ok(sent.to_owned()),
            "{target}"
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_refused_or_has_one_reading(target in "\\PC{0,60}") {
        if let Ok(request) = read(&target) {
            prop_assert_eq!(read(&request.path_and_query()), Ok(request));
        }
    }

    #[test]
    fn any_nasty_text_is_refused_or_clean(target in "/([a-z]|%2[0-9A-Fa-f]|%5[cC]|%25|[./;#?&=+\\\\]|%C3%A9|\\[|\\]){0,20}") {
        if let Ok(request) = read(&target) {
            let sent = request.path_and_query();
            let path = sent.split('?').next().unwrap_or_default();
            prop_assert!(!path.contains("//") && !sent.contains(';') && !sent.contains('\\'), "{}", sent);
            prop_assert!(!path.split('/').any(|segment| segment == "." || segment == ".."), "{}", sent);
            prop_assert_eq!(read(&sent), Ok(request));
        }
    }
}
