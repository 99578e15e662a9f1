use proptest::prelude::*;

use super::*;
use crate::origin::tests::origins;

fn sent(incoming: &[(&str, &str)]) -> Vec<String> {
    let mut headers = HeaderMap::new();
    for (name, value) in incoming {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    let client = ClientAddress::of_peer("203.0.113.9".parse().unwrap());
    let extra = ExtraIdentity::new(&["X-Dossier".to_owned()]);
    let upstream = for_upstream(&headers, &origins(), &extra, client, Some("signed"));
    let mut lines: Vec<String> = upstream
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    lines
}

const OURS: [&str; 5] = [
    "host: 127.0.0.1:9000",
    "x-forwarded-for: 203.0.113.9",
    "x-forwarded-host: results.lab.example:8443",
    "x-forwarded-proto: https",
    "x-vestibule-assertion: signed",
];

#[test]
fn r41_no_spelling_of_an_identity_header_passes() {
    for name in [
        "X-Remote-User",
        "x-remoteuser",
        "REMOTE-USER",
        "Remote_User",
        "X_Remote_User",
        "X-Remote.User",
        "X-Auth-Request-User",
        "X-Authenticated-User",
        "X-User",
        "X-UserId",
        "User",
        "Username",
        "X-Forwarded-User",
        "X-Forwarded-For",
        "Forwarded",
        "X-Real-IP",
        "X-Vestibule-Assertion",
        "XVestibuleAssertion",
        "X_Vestibule_Assertion",
        "X-SSL-Client-S-DN",
        "SSL-Client-Cert",
        "X-Client-Cert",
        "X-ClientCert",
        "Authorization",
        "Proxy-Authorization",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-HTTP-Method-Override",
        "X-Method-Override",
        "X-ARR-ClientCert",
        "X-MS-Client-Principal",
        "X-Amzn-Oidc-Data",
        "OIDC-Claim-Sub",
        "SM-User",
        "iv-user",
        "eppn",
        "X-Host",
        "X-Dossier",
        "xdossier",
        "Via",
        "Transfer-Encoding",
        "TE",
        "Upgrade",
        "Expect",
        "Keep-Alive",
        "Content-Length",
        "Proxy",
    ] {
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
fn our_cookies_stay_here() {
    let lines = sent(&[
        ("Cookie", "a=1; __Host-vst_site=s; b=2;;__HOST-VST_x=3"),
        ("Cookie", "\"__Host-vst_q=1; c=3"),
    ]);
    assert_eq!(lines[0], "cookie: a=1; b=2; c=3");
    assert_eq!(sent(&[("Cookie", "__Host-vst_site=s")]), OURS);
    assert_eq!(sent(&[("Cookie", "=__Host-vst_site=s")]), OURS);
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

proptest! {
    #[test]
    fn no_separator_or_case_hides_an_identity_header(
        picked in 0..IDENTITY.len(),
        separators in proptest::collection::vec("[-_.~!]{0,2}", 24),
        upper in any::<u32>(),
    ) {
        let mut name = String::new();
        for (index, (letter, separator)) in IDENTITY[picked].chars().zip(&separators).enumerate() {
            name.push(if upper >> (index % 32) & 1 == 1 { letter.to_ascii_uppercase() } else { letter });
            name.push_str(separator);
        }
        prop_assert_eq!(sent(&[(name.as_str(), "mallory")]), OURS);
    }
}
