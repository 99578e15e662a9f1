//! Requests that were pushed (RFC 9126), and how long a request of either kind lives.

use std::time::Duration;

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use url::Url;
use vestibule::oidc::authorize::ASKED_LASTS;
use vestibule::store::oauth::authorizations;

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::oidc::code_on_page;
use crate::support::relying_party::{RelyingParty, answered, field, follow_to_client};

on_both_databases![
    a_pushed_request_serves_its_client_once,
    a_request_lives_half_an_hour_in_one_browser,
];

async fn push(client: &RelyingParty, app: &TestApp, changes: &[(&str, &str)]) -> (StatusCode, Value) {
    let asked = client.asks(changes);
    let fields: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    client.call(app, "/oauth2/par", &fields).await
}

async fn pushed(client: &RelyingParty, app: &TestApp) -> String {
    let (status, told) = push(client, app, &[]).await;
    assert_eq!(
        (status, &told["expires_in"]),
        (StatusCode::CREATED, &json!(300)),
        "{told}"
    );
    told["request_uri"].as_str().unwrap().to_owned()
}

/// At the address of the client, with nothing but the pushed request; `more` is what must not count.
async fn visit(browser: &mut Browser, client: &RelyingParty, request_uri: &str, more: &[(&str, &str)]) -> Page {
    let mut pairs = vec![("client_id", client.id.as_str()), ("request_uri", request_uri)];
    pairs.extend(more);
    let url = Url::parse_with_params(&format!("{}/oauth2/authorize", client.portal), pairs).unwrap();
    let page = browser.get(url.as_str()).await;
    follow_to_client(browser, page).await
}

async fn purge(app: &TestApp) {
    let mut tx = app.core.db.begin().await.unwrap();
    authorizations::delete_expired(&mut tx, app.now(), ASKED_LASTS)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn a_pushed_request_serves_its_client_once(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let own = json!({ "consent": "first-party", "pushed_requests_only": true });
    let client = app.relying_party("carnet", own).await;
    let other = app.relying_party("autre", json!({ "consent": "first-party" })).await;
    let mut browser = app.signed_in(&patient).await;

    let page = browser.get(&client.url(&[])).await;
    assert_eq!(
        field(&answered(&page), "error").unwrap(),
        "invalid_request",
        "not pushed"
    );
    let request_uri = pushed(&client, &app).await;
    let page = visit(&mut browser, &other, &request_uri, &[]).await;
    assert_eq!(code_on_page(&page), "invalid_request_uri", "another client's");
    let override_it = [
        ("state", "mine"),
        ("redirect_uri", "https://evil.example"),
        ("scope", "openid records"),
    ];
    let page = visit(&mut browser, &client, &request_uri, &override_it).await;
    let answer = answered(&page);
    assert_eq!(
        field(&answer, "state").unwrap(),
        "where they were",
        "only what was pushed counts"
    );
    let (_, tokens) = client.redeem(&app, &field(&answer, "code").unwrap()).await;
    assert_eq!(tokens["scope"], "openid");
    let page = visit(&mut browser, &client, &request_uri, &[]).await;
    assert_eq!(code_on_page(&page), "invalid_request_uri", "it served");

    // Until it has served, a page may be loaded again.
    let request_uri = pushed(&client, &app).await;
    let mut stranger = app.browser();
    let first = visit(&mut stranger, &client, &request_uri, &[]).await;
    let again = visit(&mut stranger, &client, &request_uri, &[]).await;
    assert_eq!((first.url.path(), again.url.path()), ("/login", "/login"));
    // A slow person is not sent away, and only the first of the two gets through.
    app.advance(Duration::from_secs(600));
    purge(&app).await;
    let back = app.fill_in(&mut stranger, &again, &patient).await;
    assert!(field(&answered(&back), "code").is_some(), "{back:?}");
    let handle = first.field("request").unwrap();
    let late = stranger
        .get(&format!("{}/oauth2/authorize/continue?request={handle}", app.portal))
        .await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);

    let request_uri = pushed(&client, &app).await;
    app.advance(Duration::from_secs(301));
    let page = visit(&mut browser, &client, &request_uri, &[]).await;
    assert_eq!(code_on_page(&page), "invalid_request_uri", "expired");
    purge(&app).await;
    app.stop().await;
}

async fn a_request_lives_half_an_hour_in_one_browser(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({ "consent": "first-party" })).await;
    let mut browser = app.browser();
    let asked = browser.get(&client.url(&[])).await;
    let address = asked.url.join(asked.location()).unwrap();
    let login = follow_to_client(&mut browser, asked).await;
    assert_eq!(login.url.path(), "/login");

    let mut other = app.signed_in(&patient).await;
    let page = other.get(address.as_str()).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "another browser's: {page:?}");
    assert!(page.element("error").is_some() && page.header("location").is_none());
    let page = other.get(login.url.as_str()).await;
    assert_eq!(page.location(), "/account", "nor does the sign-in lead there");

    app.advance(Duration::from_secs(29 * 60));
    let page = browser.get(address.as_str()).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "still there: {page:?}");
    app.advance(Duration::from_secs(61));
    let page = browser.get(address.as_str()).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    // The sign-in continues without it.
    app.sign_in_again(&mut browser, &patient).await;
    let page = browser.get(address.as_str()).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    for made_up in ["", "x", "vst_x_y"] {
        let page = browser
            .get(&format!("{}/oauth2/authorize/continue?request={made_up}", app.portal))
            .await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
    }
    app.stop().await;
}

#[actix_web::test]
async fn what_cannot_be_granted_is_refused_when_it_is_pushed() {
    let app = TestApp::start().await;
    let client = app.relying_party("carnet", json!({ "scopes": "openid" })).await;
    let cases = [
        (("client_id", "autre"), "invalid_client"),
        (("redirect_uri", "https://evil.example"), "invalid_request"),
        (("redirect_uri", ""), "invalid_request"),
        (("scope", "openid email"), "invalid_scope"),
        (("response_type", "token"), "unsupported_response_type"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (
            ("request_uri", "urn:ietf:params:oauth:request_uri:x"),
            "invalid_request",
        ),
        (("request", "x"), "request_not_supported"),
    ];
    for (change, code) in cases {
        let (status, told) = push(&client, &app, &[change]).await;
        assert_eq!(told["error"], code, "{change:?}");
        let expected = if code == "invalid_client" { 401 } else { 400 };
        assert_eq!(status.as_u16(), expected, "{change:?}");
    }
    let basic = client.basic();
    let page = app.send("/oauth2/par", &[("Authorization", &basic)], &[]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let page = app.browser().get(&format!("{}/oauth2/par", app.portal)).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    app.stop().await;
}
