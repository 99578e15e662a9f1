use actix_web::http::header::{HeaderName, HeaderValue};

use super::*;

const URL: (&str, &str) = ("X-Original-URL", "https://results.lab.example/records/1?a=b");
const METHOD: (&str, &str) = ("X-Original-Method", "GET");

const FORWARDED: [(&str, &str); 4] = [
    ("X-Forwarded-Method", "GET"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "results.lab.example"),
    ("X-Forwarded-Uri", "/records/1?a=b"),
];

fn map(headers: &[(&str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        map.append(name, HeaderValue::from_str(value).unwrap());
    }
    map
}

fn ask(proxy: Proxy, headers: &[(&str, &str)]) -> Result<(String, String, String), Unclear> {
    let headers = map(headers);
    let carrier = Carrier {
        method: &Method::GET,
        target: "/records/1?a=b",
        headers: &headers,
    };
    let question = Question::read(proxy, carrier)?;
    Ok((
        question.method.to_string(),
        question.authority.clone(),
        question.target().to_owned(),
    ))
}

fn right() -> Result<(String, String, String), Unclear> {
    Ok((
        "GET".to_owned(),
        "results.lab.example".to_owned(),
        "/records/1?a=b".to_owned(),
    ))
}

fn with<'a>(changed: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    FORWARDED
        .into_iter()
        .map(|header| if header.0 == changed.0 { changed } else { header })
        .collect()
}

#[test]
fn each_proxy_is_understood_in_its_own_terms_alone() {
    assert_eq!(ask(Proxy::Nginx, &[METHOD, URL]), right());
    let envoy = [("Host", "results.lab.example"), ("X-Forwarded-Proto", "https")];
    assert_eq!(ask(Proxy::Envoy, &envoy), right());
    for proxy in [Proxy::Caddy, Proxy::Traefik, Proxy::Haproxy] {
        assert_eq!(ask(proxy, &FORWARDED), right());
        assert!(ask(proxy, &[METHOD, URL]).is_err(), "{proxy:?}");
    }
    assert!(ask(Proxy::Nginx, &FORWARDED).is_err());
    assert!(ask(Proxy::Envoy, &[METHOD, URL]).is_err());
}

#[test]
fn a_source_is_there_once_under_its_own_name() {
    for left_out in FORWARDED {
        let rest: Vec<_> = FORWARDED.into_iter().filter(|header| *header != left_out).collect();
        assert!(
            matches!(ask(Proxy::Caddy, &rest), Err(Unclear::NotOnce(_))),
            "{left_out:?}"
        );
        let twice: Vec<_> = FORWARDED.into_iter().chain([left_out]).collect();
        assert!(
            matches!(ask(Proxy::Caddy, &twice), Err(Unclear::NotOnce(_))),
            "{left_out:?}"
        );
        for written in [left_out.0.replace('-', "_"), left_out.0.replacen('-', ".", 1)] {
            let beside: Vec<_> = FORWARDED.into_iter().chain([(written.as_str(), left_out.1)]).collect();
            assert!(
                matches!(ask(Proxy::Caddy, &beside), Err(Unclear::LookAlike(_))),
                "{written}"
            );
        }
        let list = format!("{0}, {0}", left_out.1);
        for value in ["", " ", list.as_str()] {
            assert!(
                ask(Proxy::Caddy, &with((left_out.0, value))).is_err(),
                "{left_out:?} {value:?}"
            );
        }
    }
    assert!(ask(Proxy::Nginx, &[METHOD, URL, URL]).is_err());
    assert!(ask(Proxy::Nginx, &[METHOD, METHOD, URL]).is_err());
    assert!(ask(Proxy::Nginx, &[METHOD]).is_err());
    assert!(ask(Proxy::Nginx, &[URL]).is_err());
}

#[test]
fn what_is_not_plain_is_no_question() {
    for uri in [
        "records/1",
        "/records/1,/records/2",
        "/records/1,https://x/",
        "/records/1#a",
        "*",
        "https://x/y",
    ] {
        assert!(ask(Proxy::Caddy, &with(("X-Forwarded-Uri", uri))).is_err(), "{uri}");
    }
    for method in ["get", "GET,POST", "G T", "GET1"] {
        assert!(
            ask(Proxy::Caddy, &with(("X-Forwarded-Method", method))).is_err(),
            "{method}"
        );
    }
    for scheme in ["http", "HTTPS", "https,http", "wss"] {
        assert!(
            ask(Proxy::Caddy, &with(("X-Forwarded-Proto", scheme))).is_err(),
            "{scheme}"
        );
    }
    for url in [
        "http://results.lab.example/x",
        "https://results.lab.example",
        "//results.lab.example/x",
        "/x",
    ] {
        assert!(ask(Proxy::Nginx, &[METHOD, ("X-Original-URL", url)]).is_err(), "{url}");
    }
}

#[test]
fn the_authority_is_compared_whole() {
    let of = |host: &str| ask(Proxy::Caddy, &with(("X-Forwarded-Host", host))).map(|asked| asked.1);
    assert_eq!(of("Results.Lab.Example:443").as_deref(), Ok("results.lab.example"));
    for other in [
        "user@results.lab.example",
        "results.lab.example:8443",
        "results.lab.example.",
    ] {
        assert_eq!(of(other).as_deref(), Ok(other), "it is nobody's site");
    }
}

#[test]
fn a_spelling_that_hides_plain_characters_is_refused() {
    let judged = |uri: &str| {
        let headers = map(&with(("X-Forwarded-Uri", uri)));
        let carrier = Carrier {
            method: &Method::GET,
            target: "",
            headers: &headers,
        };
        Question::read(Proxy::Caddy, carrier).unwrap().request()
    };
    for uri in ["/%72ecords/1", "/records/%31", "/print?n%72=1", "/a%2Db", "/a%2e%2e/b"] {
        assert!(judged(uri).is_err(), "{uri}");
    }
    for uri in ["/r%C3%A9sultats%20d%27analyse.pdf", "/x?q=a+b%7E&r=%2Fy"] {
        assert!(judged(uri).is_ok(), "{uri}");
    }
}

#[test]
fn a_proxy_is_known_by_the_name_in_its_address_and_by_no_other() {
    for (name, proxy) in [
        ("nginx", Proxy::Nginx),
        ("caddy", Proxy::Caddy),
        ("traefik", Proxy::Traefik),
        ("haproxy", Proxy::Haproxy),
        ("envoy", Proxy::Envoy),
    ] {
        assert_eq!(Proxy::named(name), Some(proxy));
    }
    for other in ["", "Nginx", "apache"] {
        assert_eq!(Proxy::named(other), None);
    }
}
