use proptest::prelude::*;

use super::*;
use crate::cookies::tests::jar;
use crate::origin::tests::origins;

fn answer(upstream: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in upstream {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    for_browser(&headers, &origins(), "/records/42", jar().of(None))
}

fn one(name: &str, value: &str) -> Option<String> {
    answer(&[(name, value)])
        .get(name)
        .map(|value| value.to_str().unwrap().to_owned())
}

#[test]
fn nothing_is_stored_and_nothing_is_sniffed() {
    let headers = answer(&[
        ("Cache-Control", "public, max-age=600"),
        ("Expires", "x"),
        ("Pragma", "cache"),
        ("Age", "3"),
    ]);
    assert_eq!(headers.get_all("cache-control").collect::<Vec<_>>(), ["no-store"]);
    assert!(!headers.contains_key("expires") && !headers.contains_key("pragma") && !headers.contains_key("age"));
    assert_eq!(headers.get("x-content-type-options").unwrap(), "nosniff");
    assert!(
        headers.get("strict-transport-security").is_none(),
        "the server says this for all its hosts"
    );
    assert_eq!(headers.get("referrer-policy").unwrap(), "same-origin");
}

#[test]
fn the_lis_does_not_show_itself_or_lead_around_the_gate() {
    for name in [
        "Server",
        "X-Powered-By",
        "X-AspNet-Version",
        "Via",
        "Alt-Svc",
        "X-Accel-Redirect",
        "X-Sendfile",
        "Connection",
        "Keep-Alive",
        "Transfer-Encoding",
        "Upgrade",
        "Access-Control-Allow-Origin",
        "X-Vestibule-Assertion",
        "Proxy-Authenticate",
        "Content-Length",
    ] {
        assert_eq!(one(name, "x"), None, "{name}");
    }
    assert!(!answer(&[("Connection", "X-Hop"), ("X-Hop", "1")]).contains_key("x-hop"));
    assert_eq!(one("Content-Type", "text/html").as_deref(), Some("text/html"));
    assert_eq!(one("ETag", "\"1\"").as_deref(), Some("\"1\""));
}

#[test]
fn urls_lead_to_the_site() {
    for (name, value, expected) in [
        (
            "Location",
            "http://127.0.0.1:9000/x",
            "https://results.lab.example:8443/x",
        ),
        ("Location", "//127.0.0.1:9000/x", "https://results.lab.example:8443/x"),
        ("Location", "/x", "https://results.lab.example:8443/x"),
        ("Location", "https://elsewhere.example/", "https://elsewhere.example/"),
        (
            "Content-Location",
            "http://127.0.0.1:9000/x",
            "https://results.lab.example:8443/x",
        ),
        (
            "Refresh",
            "5; url=http://127.0.0.1:9000/x",
            "5; url=https://results.lab.example:8443/x",
        ),
        ("Refresh", "0,URL = '/x'", "0; url=https://results.lab.example:8443/x"),
        ("Refresh", "30", "30"),
    ] {
        assert_eq!(one(name, value).as_deref(), Some(expected), "{name}: {value}");
    }
}

#[test]
fn every_cookie_is_sealed() {
    let headers = answer(&[
        ("Set-Cookie", "a=1; Domain=lab.example"),
        ("Set-Cookie", "b=2"),
        ("Set-Cookie", "=x"),
    ]);
    let cookies: Vec<&str> = headers
        .get_all("set-cookie")
        .map(|value| value.to_str().unwrap())
        .collect();
    assert!(cookies.len() == 2 && cookies[0].starts_with("lis.a=") && cookies[1].starts_with("lis.b="));
    assert!(!cookies[0].contains("omain"));
    assert_eq!(one("Clear-Site-Data", "\"cookies\""), None, "it would end our session");
}

proptest! {
    #[test]
    fn no_cookie_of_the_lis_is_ours_or_wider_than_the_site(value in "[ =;a-zA-Z_]{0,10}(__Host-vst_x)?[ -~]{0,20}(; ?[Dd]omain ?=[a-z.]{0,9})?") {
        for cookie in jar().of(None).for_browser(value.as_bytes()) {
            let cookie = cookie.to_str().unwrap().to_lowercase();
            prop_assert!(cookie.starts_with("lis."));
            prop_assert!(!cookie.split(';').skip(1).any(|part| part.trim().starts_with("domain")), "{}", cookie);
        }
    }
}
