use proptest::prelude::*;

use super::*;
use crate::cookies::tests::jar;
use crate::origin::tests::told as told_as;

fn sent(incoming: &[(&str, &str)]) -> Vec<String> {
    sent_as("upstream", incoming)
}

fn sent_as(host: &str, incoming: &[(&str, &str)]) -> Vec<String> {
    let mut headers = HeaderMap::new();
    for (name, value) in incoming {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    let names = |name: &str| vec![name.to_owned()];
    let list = HeaderList::new(&names("X-Lab-Module"), &names("DNT"));
    let jar = jar();
    let told = Told {
        client: ClientAddress::of_peer("203.0.113.9".parse().unwrap()),
        assertion: Some("signed"),
        cookies: jar.of(None),
    };
    let upstream = for_upstream(&headers, &told_as(host), &list, told);
    let mut lines: Vec<String> = upstream
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    lines
}

const OURS: [&str; 6] = [
    "forwarded: for=203.0.113.9;host=\"127.0.0.1:9000\";proto=http",
    "host: 127.0.0.1:9000",
    "x-forwarded-for: 203.0.113.9",
    "x-forwarded-host: 127.0.0.1:9000",
    "x-forwarded-proto: http",
    "x-vestibule-assertion: signed",
];

const UNHEARD: &str = "
    X-Patient-Id X-Dossier X-Record X-Person X-Subject Uid Mail Cn Displayname X-Employee-Id X-Tenant-Id
    X-Api-Key Token X-Session-User X-Logged-In-User X-Internal X-Is-Admin Role Groups X-Scope X-Hasura-Role
    X-Anonymous-Consumer X-Grafana-User X-Vouch-User X-Pomerium-Jwt-Assertion Cf-Access-Jwt-Assertion
    Tailscale-User-Login Impersonate-User X-Cas-User Oam-Remote-User Osso-User-Dn X-Appengine-User-Email
    X-Override-Url X-Middleware-Subrequest Request-Uri Script-Name X-Original-Url Destination
    Method-Override X-Http-Method-Override X-Forward-For X-True-Ip X-Custom-Ip-Authorization
    X-Azure-Clientip X-Real-Ip Forwarded Http-Proxy Early-Data Cookie2 Remote-User Remote_User X_Remote_User
    X-Vestibule_Assertion X-Vestibule-Assertion XVestibuleAssertion Authorization X-Never-Heard-Of
    X-Forwarded-For X-Forwarded-Host X-Forwarded-Prefix Via Transfer-Encoding TE Upgrade Expect Keep-Alive
    Content-Length Proxy X_Lab_Module XLabModule DNT Cookie
";

#[test]
fn r41_nothing_that_says_who_asks_or_for_what_passes() {
    for name in UNHEARD.split_whitespace() {
        assert_eq!(sent(&[(name, "mallory")]), OURS, "{name}");
    }
}

/// Any of them may become another header on the other side of a CGI.
#[test]
fn r41_a_name_with_other_characters_does_not_pass() {
    for name in ["X_Custom", "Accept_Language", "X.Custom", "X!Custom", "x~custom"] {
        assert_eq!(sent(&[(name, "v")]), OURS, "{name}");
    }
}

#[test]
fn ordinary_headers_pass() {
    for name in [
        "accept",
        "accept-language",
        "accept-encoding",
        "content-type",
        "user-agent",
        "range",
        "if-range",
        "if-none-match",
        "x-requested-with",
        "x-csrf-token",
        "cache-control",
        "sec-fetch-site",
        "if-modified-since",
        "x-csrftoken",
        "x-xsrf-token",
        "content-language",
        "x-lab-module",
    ] {
        assert!(sent(&[(name, "v")]).contains(&format!("{name}: v")), "{name}");
    }
}

#[test]
fn what_connection_names_stays_here_but_cannot_remove_ours() {
    let headers = [
        ("Connection", "close, X-Custom, x-forwarded-for"),
        ("X-Custom", "1"),
        ("Accept", "a"),
    ];
    let lines = sent(&headers);
    assert_eq!(lines[0], "accept: a");
    assert_eq!(lines[1..], OURS);
}

#[test]
fn the_lis_sees_its_own_origin() {
    let lines = sent(&[
        ("Origin", "https://results.lab.example:8443"),
        ("Referer", "https://results.lab.example:8443/a?b"),
    ]);
    assert!(lines.contains(&"origin: http://127.0.0.1:9000".to_owned()));
    assert!(lines.contains(&"referer: http://127.0.0.1:9000/a?b".to_owned()));
    assert!(sent(&[("Origin", "https://evil.example")]).contains(&"origin: https://evil.example".to_owned()));
}

#[test]
fn the_lis_is_told_one_story() {
    let page = [
        ("Origin", "https://results.lab.example:8443"),
        ("Referer", "https://results.lab.example:8443/a"),
    ];
    let lines = sent_as("site", &page);
    for line in [
        "forwarded: for=203.0.113.9;host=\"results.lab.example:8443\";proto=https",
        "host: results.lab.example:8443",
        "origin: https://results.lab.example:8443",
        "referer: https://results.lab.example:8443/a",
        "x-forwarded-host: results.lab.example:8443",
        "x-forwarded-proto: https",
    ] {
        assert!(lines.contains(&line.to_owned()), "{line}: {lines:?}");
    }
    let lines = sent_as("lis.intra", &page);
    for line in ["host: lis.intra", "origin: http://lis.intra", "x-forwarded-proto: http"] {
        assert!(lines.contains(&line.to_owned()), "{line}: {lines:?}");
    }
}

proptest! {
    #[test]
    fn nothing_passes_that_is_not_on_the_list(name in "[A-Za-z][A-Za-z0-9_.!~-]{0,24}") {
        let lower = name.to_ascii_lowercase();
        prop_assume!(!PASSED.contains(&lower.as_str()) && lower != "x-lab-module");
        prop_assume!(!lower.starts_with("content-") && !lower.starts_with("sec-"));
        prop_assert_eq!(sent(&[(name.as_str(), "mallory")]), OURS);
    }
}
