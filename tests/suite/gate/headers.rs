//! What crosses the gate in heads, and what does not.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Value, json};

use super::http::{ask, exchange, parse};
use super::stand::{RULES, gate, gate_from, gate_with, key, lis};

#[actix_web::test]
async fn r41_ten_spellings_of_an_identity_header_and_the_lis_sees_ours_only() {
    let (lis, _) = lis();
    let gate = gate(lis.port);
    for name in [
        "X-Remote-User",
        "x_remote_user",
        "REMOTE_USER",
        "Remote-User",
        "X-Forwarded-User",
        "X-Vestibule-Assertion",
        "X_Vestibule_Assertion",
        "X-SSL-Client-S-DN",
        "X-User-Id",
        "Authorization",
    ] {
        let answer = ask(gate.port, "GET", "/records/42", &format!("{name}: mallory\r\n")).await;
        assert_eq!(answer.status, 200, "{name}");
        assert!(!answer.text().contains("mallory"), "{name}: {}", answer.text());
        assert_eq!(answer.text().matches("x-vestibule-assertion: ").count(), 1);
    }
}

#[actix_web::test]
async fn r41_identity_travels_signed() {
    let (lis, _) = lis();
    let gate = gate(lis.port);
    let seen = ask(gate.port, "GET", "/records/42", "").await.text();
    let token = seen
        .lines()
        .find_map(|line| line.strip_prefix("x-vestibule-assertion: "))
        .unwrap();
    let reader = DecodingKey::from_jwk(&serde_json::from_value(key().public_jwk()).unwrap()).unwrap();
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&["https://results.lab.example"]);
    let claims: Value = decode(token, &reader, &rules).unwrap().claims;
    assert_eq!(
        (&claims["sub"], &claims["records"]),
        (&json!("pairwise-subject"), &json!(["42"]))
    );
    for line in [
        format!("host: 127.0.0.1:{}", lis.port),
        "x-forwarded-for: 127.0.0.1".to_owned(),
        "x-forwarded-proto: http".to_owned(),
        format!("x-forwarded-host: 127.0.0.1:{}", lis.port),
    ] {
        assert!(seen.lines().any(|seen| seen == line), "{line} is not in {seen}");
    }
    let second = ask(gate.port, "GET", "/records/42", "").await.text();
    assert!(second.contains(token), "an assertion is used again for some seconds");
    assert!(!ask(gate.port, "GET", "/help/a", "").await.text().contains("assertion"));
}

#[actix_web::test]
async fn answers_are_made_safe_to_show() {
    let (lis, _) = lis();
    let gate = gate(lis.port);
    let answer = ask(gate.port, "GET", "/echo/cookie", "").await;
    let cookies: Vec<&str> = answer.headers("set-cookie").collect();
    assert!(cookies.len() == 1 && cookies[0].starts_with("lis.lis="), "{cookies:?}");
    assert!(
        cookies[0].ends_with("; Path=/; Secure; SameSite=Lax; HttpOnly"),
        "{cookies:?}"
    );
    assert_eq!(answer.headers("cache-control").collect::<Vec<_>>(), ["no-store"]);
    assert_eq!(answer.header("server"), None);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let answer = ask(gate.port, "GET", "/echo/redirect", "").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, Some("https://results.lab.example/records/42?a=b"))
    );
}

#[actix_web::test]
async fn heads_without_bodies_keep_their_meaning() {
    let (lis, _) = lis();
    let (gate, _) = gate_with(
        lis.port,
        "enforce",
        "[[rule]]\nurl = \"/echo/**\"\nmethods = [\"GET\", \"HEAD\", \"POST\"]\nrequires = \"session\"",
    );
    let whole = ask(gate.port, "GET", "/echo/page", "").await;
    let head = ask(gate.port, "HEAD", "/echo/page", "").await;
    assert_eq!(head.status, 200);
    let (one, other) = (
        head.header("content-length").unwrap(),
        whole.header("content-length").unwrap(),
    );
    assert!(
        one.parse::<usize>().unwrap().abs_diff(other.parse().unwrap()) <= 1,
        "GET and HEAD differ by a letter"
    );
    assert_eq!(head.body, b"");
    let answer = ask(gate.port, "GET", "/echo/unchanged", "If-None-Match: \"1\"\r\n").await;
    assert_eq!(
        (answer.status, answer.body.len(), answer.header("etag")),
        (304, 0, Some("\"1\""))
    );
    let answer = ask(gate.port, "GET", "/echo/nothing", "").await;
    assert_eq!(
        (answer.status, answer.body.len(), answer.header("content-length")),
        (204, 0, None)
    );
    let answer = ask(gate.port, "POST", "/echo/page", "Content-Length: 0\r\n").await;
    assert!(answer.text().contains("content-length: 0"), "{}", answer.text());
}

#[actix_web::test]
async fn r04_without_a_session_nothing_of_the_lis_comes_back() {
    let (lis, asked) = lis();
    for mode in ["enforce", "learn"] {
        let (gate, _) = gate_with(lis.port, mode, RULES);
        for target in [
            "/",
            "/records/42",
            "/print?nr=42",
            "/form",
            "/echo/a",
            "/unknown",
            "/help/a?nr=42",
            "/admin/",
        ] {
            for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"] {
                let raw =
                    format!("{method} {target} HTTP/1.1\r\nHost: results.lab.example\r\nConnection: close\r\n\r\n");
                let answer = parse(&exchange(gate.port, raw.as_bytes()).await, method == "HEAD");
                let refused = if target.starts_with("/help") {
                    303..=405
                } else {
                    303..=303
                };
                assert!(refused.contains(&answer.status), "{method} {target}: {}", answer.status);
            }
        }
    }
    assert_eq!(asked.lock().unwrap().len(), 0);
}

#[actix_web::test]
async fn learning_drafts_rules() {
    let (lis, _) = lis();
    let (gate, site) = gate_with(lis.port, "learn", RULES);
    assert_eq!(
        ask(gate.port, "GET", "/visits/2024/42/list?token=secret", "")
            .await
            .status,
        200
    );
    assert_eq!(ask(gate.port, "GET", "/records/43", "").await.status, 403);
    assert!(
        site.draft().contains("url = \"/visits/*/{record}/list\""),
        "{}",
        site.draft()
    );
    assert!(!site.draft().contains("secret"));
}

#[actix_web::test]
async fn the_lis_is_told_one_story_of_its_host() {
    let (lis, _) = lis();
    let upstream = format!("127.0.0.1:{}", lis.port);
    let page = "Origin: https://results.lab.example\r\nReferer: https://results.lab.example/records/42\r\nContent-Length: 0\r\n";
    for (host, scheme, authority) in [
        ("site", "https", "results.lab.example"),
        ("upstream", "http", upstream.as_str()),
        ("lis.intra", "http", "lis.intra"),
    ] {
        let (gate, _) = gate_from(
            &format!("upstream = \"http://{upstream}\"\nhost = \"{host}\""),
            "enforce",
            RULES,
        );
        let seen = ask(gate.port, "POST", "/form", page).await.text();
        let quote = if authority.contains(':') { "\"" } else { "" };
        for line in [
            format!("host: {authority}"),
            format!("origin: {scheme}://{authority}"),
            format!("referer: {scheme}://{authority}/records/42"),
            format!("x-forwarded-host: {authority}"),
            format!("x-forwarded-proto: {scheme}"),
            format!("forwarded: for=127.0.0.1;host={quote}{authority}{quote};proto={scheme}"),
        ] {
            assert!(seen.lines().any(|seen| seen == line), "{line} is not in {seen}");
        }
    }
}
