use proptest::prelude::*;

use super::*;
use crate::origin::tests::origins;

fn answer(upstream: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in upstream {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    for_browser(&headers, &origins(), "/records/42")
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
fn cookies_are_held_to_the_site() {
    for (value, expected) in [
        ("JSESSIONID=1", Some("JSESSIONID=1; Secure; HttpOnly; SameSite=Lax")),
        (
            "a=1; Path=/app; Domain=lab.example; HttpOnly",
            Some("a=1; Path=/app; Secure; HttpOnly; SameSite=Lax"),
        ),
        (
            "a=1; DOMAIN = .example;SameSite=Strict; secure",
            Some("a=1; SameSite=Strict; Secure; HttpOnly"),
        ),
        ("__Host-vst_site=stolen; Path=/", None),
        (" __host-VST_site=stolen", None),
        ("=__Host-vst_site=stolen", None),
        ("__Host-vst_site", None),
        ("", None),
    ] {
        assert_eq!(one("Set-Cookie", value).as_deref(), expected, "{value}");
    }
    assert_eq!(
        answer(&[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
            .get_all("set-cookie")
            .count(),
        2
    );
}

proptest! {
    #[test]
    fn no_cookie_of_the_lis_is_ours_or_wider_than_the_site(value in "[ =;a-zA-Z_]{0,10}(__Host-vst_x)?[ -~]{0,20}(; ?[Dd]omain ?=[a-z.]{0,9})?") {
        if let Some(cookie) = set_cookie(&value) {
            prop_assert!(!cookie.to_lowercase().starts_with("__host-vst_"));
            let wide = cookie.split(';').skip(1).any(|part| part.trim().to_lowercase().starts_with("domain"));
            prop_assert!(!wide || !value.to_lowercase().contains("domain="), "{}", cookie);
        }
    }
}
