//! Where a browser is led, and what it carries there.

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::oidc::code_on_page;
use crate::support::relying_party::{CALLBACK, answered, field, follow_to_client};

on_both_databases![s4_01_only_the_registered_address_character_for_character];

const WITH_QUERY: &str = "https://app.example/cb?tenant=1";

/// Near misses of `https://app.example/callback` and of the one with a query.
const NEAR_MISSES: [&str; 27] = [
    "https://app.example/callback/",
    "https://app.example/callback?",
    "https://app.example/callback?x=1",
    "https://app.example/callback#",
    "https://app.example/callback#f",
    "https://app.example/Callback",
    "https://APP.example/callback",
    "HTTPS://app.example/callback",
    "https://app.example:443/callback",
    "https://app.example/x/../callback",
    "https://app.example//callback",
    "https://app.example/%63allback",
    "https://app.example/callback%00",
    "https://app.example/callback ",
    " https://app.example/callback",
    "https://app.example/callback\r\nSet-Cookie: a=b",
    "https://app.example.evil.example/callback",
    "https://app.example@evil.example/callback",
    "https://evil.example\\@app.example/callback",
    "https://evil.example/callback",
    "http://app.example/callback",
    "//app.example/callback",
    "javascript:alert(1)//https://app.example/callback",
    "https://*.example/callback",
    "https://app.example/cb",
    "https://app.example/cb?tenant=1&tenant=2",
    "https://other.example/callback",
];

async fn s4_01_only_the_registered_address_character_for_character(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let addresses = json!({ "redirect_uris": [CALLBACK, WITH_QUERY] });
    let client = app.relying_party("carnet", addresses).await;
    let other = json!({ "redirect_uris": ["https://other.example/callback"] });
    app.relying_party("autre", other).await;
    let mut browser = app.signed_in(&patient).await;

    for near_miss in NEAR_MISSES.into_iter().chain([""]) {
        let page = browser.get(&client.url(&[("redirect_uri", near_miss)])).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{near_miss}");
        assert_eq!(code_on_page(&page), "invalid_request", "{near_miss}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(!policy.contains("evil") && !page.text().contains("evil"), "{near_miss}");
    }
    let asked = client.asks(&[("redirect_uri", NEAR_MISSES[0])]);
    let fields: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (status, told) = client.call(&app, "/oauth2/par", &fields).await;
    assert_eq!(
        (status, &told["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_request"))
    );
    let twice = format!("{}&redirect_uri=https%3A%2F%2Fevil.example", client.url(&[]));
    assert_eq!(code_on_page(&browser.get(&twice).await), "invalid_request");

    // The query of an address stays, and at the token endpoint it is the same address again.
    let answer = client.answer(&mut browser, &[("redirect_uri", WITH_QUERY)]).await;
    assert_eq!(field(&answer, "tenant").as_deref(), Some("1"));
    let code = field(&answer, "code").unwrap();
    let (status, told) = client.redeem(&app, &code).await;
    assert_eq!(
        (status, &told["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant"))
    );
    app.stop().await;
}

#[actix_web::test]
async fn s4_02_no_page_on_the_way_tells_others_where_it_was() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.browser();
    let mut page = browser.get(&client.url(&[])).await;
    let mut seen = Vec::new();
    while let Some(location) = page.header("location").map(str::to_owned) {
        assert_eq!(page.header("referrer-policy"), Some("same-origin"), "{page:?}");
        page = browser.get(page.url.join(&location).unwrap().as_str()).await;
        seen.push(page.url.path().to_owned());
    }
    assert_eq!(seen, ["/oauth2/authorize/continue", "/login"]);
    let consent = app.fill_in(&mut browser, &page, &patient).await;
    for page in [&page, &consent] {
        assert_eq!(page.header("referrer-policy"), Some("same-origin"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        for outside in ["src=\"http", "href=\"http", "src=\"//", "url("] {
            assert!(!page.text().contains(outside), "{page:?}");
        }
    }
    let back = client.consent(&mut browser, &consent, "allow").await;
    assert_eq!(back.header("referrer-policy"), Some("same-origin"), "a code is in it");
    app.stop().await;
}

#[actix_web::test]
async fn s4_03_what_a_browser_remembers_is_of_no_use() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let answer = client.answer(&mut browser, &[]).await;
    let names: Vec<&str> = answer.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "iss"], "a code, and no token");
    let code = field(&answer, "code").unwrap();
    app.advance(std::time::Duration::from_secs(61));
    let (status, told) = client.redeem(&app, &code).await;
    assert_eq!(
        (status, &told["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant"))
    );

    let tokens = client.tokens(&app, &mut browser, &[]).await;
    let in_address = format!("{}/oauth2/userinfo?access_token={}", app.portal, tokens.access());
    assert_eq!(browser.get(&in_address).await.status, StatusCode::UNAUTHORIZED);
    for response_type in ["token", "id_token", "code token", "code id_token", "none"] {
        let page = browser.get(&client.url(&[("response_type", response_type)])).await;
        assert_eq!(
            field(&answered(&page), "error").unwrap(),
            "unsupported_response_type",
            "{response_type}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn s4_11_nobody_is_led_to_an_address_that_is_not_the_clients() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let evil = "https://evil.example/";
    for (changes, code) in [
        (vec![("client_id", ""), ("redirect_uri", evil)], "invalid_request"),
        (vec![("client_id", "nobody"), ("redirect_uri", evil)], "invalid_client"),
        (
            vec![("client_id", "<script>"), ("redirect_uri", evil)],
            "invalid_client",
        ),
        (vec![("redirect_uri", evil), ("prompt", "none")], "invalid_request"),
        (
            vec![("redirect_uri", evil), ("response_type", "token")],
            "invalid_request",
        ),
    ] {
        let page = browser.get(&client.url(&changes)).await;
        assert_eq!(code_on_page(&page), code, "{changes:?}");
        assert!(
            !page.text().contains("evil") && !page.text().contains("<script>"),
            "{page:?}"
        );
    }
    for query in [
        format!("post_logout_redirect_uri={evil}"),
        format!("client_id=carnet&post_logout_redirect_uri={evil}"),
        "client_id=carnet&post_logout_redirect_uri=https://app.example/bye/".to_owned(),
        "client_id=nobody&post_logout_redirect_uri=https://app.example/bye".to_owned(),
    ] {
        let page = browser.get(&format!("{}/oauth2/logout?{query}", app.portal)).await;
        assert_eq!(
            (page.status, code_on_page(&page).as_str()),
            (StatusCode::BAD_REQUEST, "invalid_request")
        );
    }
    for made_up in ["https://evil.example/", "//evil.example", "vst_a_x"] {
        for path in ["/login", "/oauth2/authorize/continue"] {
            let page = browser.get(&format!("{}{path}?request={made_up}", app.portal)).await;
            let location = page.header("location").unwrap_or("/account");
            assert_eq!(location, "/account", "{path} {made_up}");
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn s4_12_every_redirect_turns_a_form_into_a_get() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.browser();
    let asked = client.asks(&[]);
    let fields: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let asked = browser.post(&format!("{}/oauth2/authorize", app.portal), &fields).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    let login = follow_to_client(&mut browser, asked).await;
    // `fill_in` holds the sign-in to 303.
    let consent = app.fill_in(&mut browser, &login, &patient).await;
    let back = client.consent(&mut browser, &consent, "allow").await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    let out = browser.post(&format!("{}/oauth2/logout", app.portal), &[]).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    app.stop().await;
}

#[actix_web::test]
async fn s4_13_no_header_of_a_proxy_changes_who_we_are() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({ "consent": "first-party" })).await;
    let lies = [
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "http"),
        ("X-Forwarded-Port", "80"),
        ("X-Forwarded-Server", "evil.example"),
        ("X-Original-Host", "evil.example"),
        ("X-Original-URL", "/account"),
        ("X-Rewrite-URL", "/account"),
        ("Forwarded", "host=evil.example;proto=http"),
        ("X-Client-Cert", "MIIB"),
        ("X-Remote-User", "70114202"),
    ];
    let mut server = app.server(&lies);
    let page = server
        .get(&format!("{}/.well-known/openid-configuration", app.portal))
        .await;
    assert!(!page.text().contains("evil.example"));
    let metadata: Value = serde_json::from_slice(&page.body).unwrap();
    assert_eq!(metadata["issuer"], app.portal.as_str());
    let page = server.get(&client.url(&[])).await;
    let page = follow_to_client(&mut server, page).await;
    assert_eq!(page.url.path(), "/login", "nobody is signed in by a header");

    let mut browser = app.signed_in(&patient).await;
    browser.headers = lies
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let answer = client.answer(&mut browser, &[]).await;
    assert_eq!(field(&answer, "iss").unwrap(), app.portal);
    let elsewhere = app.portal.replace("localhost", "127.0.0.1");
    let page = browser.get(&client.url(&[]).replace(&app.portal, &elsewhere)).await;
    assert_eq!(
        page.status,
        StatusCode::MISDIRECTED_REQUEST,
        "the host itself is no lie of a header"
    );
    app.stop().await;
}
