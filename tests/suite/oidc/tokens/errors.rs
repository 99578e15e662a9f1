//! The token endpoint's refusals (RFC 6749 5.2), and how all of its answers look.

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::browser::Page;
use crate::support::raw;

fn is_plain_json(page: &Page) {
    assert_eq!(page.header("content-type"), Some("application/json"));
    assert_eq!(
        (page.header("cache-control"), page.header("pragma")),
        (Some("no-store"), Some("no-cache"))
    );
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(
        (page.header("set-cookie"), page.header("access-control-allow-origin")),
        (None, None)
    );
}

#[actix_web::test]
async fn every_refusal_has_its_code() {
    let app = TestApp::start().await;
    let client = app.relying_party("carnet", json!({})).await;
    let without_refresh = json!({ "grant_types": ["authorization_code"] });
    let without_refresh = app.relying_party("simple", without_refresh).await;
    let basic = client.basic();
    let cases: [(&[(&str, &str)], &str); 19] = [
        (&[], "invalid_request"),
        (&[("grant_type", "")], "invalid_request"),
        (
            &[("grant_type", "password"), ("username", "70114202"), ("password", "x")],
            "unsupported_grant_type",
        ),
        (&[("grant_type", "implicit")], "unsupported_grant_type"),
        (&[("grant_type", "Authorization_Code")], "unsupported_grant_type"),
        (
            &[("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")],
            "unsupported_grant_type",
        ),
        (
            &[("grant_type", "urn:ietf:params:oauth:grant-type:device_code")],
            "unsupported_grant_type",
        ),
        (&[("grant_type", "client_credentials")], "unauthorized_client"),
        (&[("grant_type", "authorization_code")], "invalid_request"),
        (&[("grant_type", "authorization_code"), ("code", "")], "invalid_request"),
        (&[("grant_type", "authorization_code"), ("code", "x")], "invalid_grant"),
        (
            &[("grant_type", "authorization_code"), ("code", "x"), ("code", "y")],
            "invalid_request",
        ),
        (
            &[
                ("grant_type", "authorization_code"),
                ("code", "\0'\"; DROP TABLE clients"),
            ],
            "invalid_grant",
        ),
        (&[("grant_type", "refresh_token")], "invalid_request"),
        (
            &[("grant_type", "refresh_token"), ("refresh_token", "x")],
            "invalid_grant",
        ),
        (
            &[("grant_type", "refresh_token"), ("refresh_token", &basic)],
            "invalid_grant",
        ),
        (
            &[("grant_type", "refresh_token"), ("grant_type", "refresh_token")],
            "invalid_request",
        ),
        (
            &[("grant_type", "client_credentials"), ("client_id", "carnet")],
            "unauthorized_client",
        ),
        (
            &[
                ("grant_type", "authorization_code"),
                ("client_id", "simple"),
                ("code", "x"),
            ],
            "invalid_client",
        ),
    ];
    for (fields, code) in cases {
        let page = app.send("/oauth2/token", &[("Authorization", &basic)], fields).await;
        let told: Value = serde_json::from_slice(&page.body).unwrap_or_else(|_| panic!("{page:?}"));
        assert_eq!(told["error"], code, "{fields:?}");
        assert!(told["error_description"].is_string());
        let status = if code == "invalid_client" {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::BAD_REQUEST
        };
        assert_eq!(page.status, status, "{fields:?}");
        is_plain_json(&page);
    }
    let fields = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let (status, told) = without_refresh.call(&app, "/oauth2/token", &fields).await;
    assert_eq!(
        (status, &told["error"]),
        (StatusCode::BAD_REQUEST, &json!("unauthorized_client"))
    );

    let long = "x".repeat(20_000);
    let page = app
        .send("/oauth2/token", &[("Authorization", &basic)], &[("code", &long)])
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    let longer = "x".repeat(60_000);
    let page = app
        .send("/oauth2/token", &[("Authorization", &basic)], &[("code", &longer)])
        .await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
        let page = app
            .server(&[("Authorization", &basic)])
            .get(&format!("{}{path}", app.portal))
            .await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn tokens_are_given_plainly_and_to_programs_without_a_name() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let simple = json!({ "grant_types": ["authorization_code"], "consent": "first-party" });
    let simple = app.relying_party("simple", simple).await;
    let mut browser = app.signed_in(&patient).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    assert_eq!(
        (&tokens.0["token_type"], &tokens.0["expires_in"]),
        (&json!("Bearer"), &json!(300))
    );
    let basic = client.basic();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh())];
    let page = app.send("/oauth2/token", &[("Authorization", &basic)], &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    is_plain_json(&page);
    let none = simple.tokens(&app, &mut browser, &[]).await;
    assert_eq!(none.0.get("refresh_token"), None, "only where the entry allows it");

    // Every byte that is sent: no User-Agent, no Accept.
    let body = format!("grant_type=refresh_token&refresh_token={}", tokens.refresh());
    let lines = format!("POST /oauth2/token HTTP/1.1\r\nAuthorization: {basic}");
    let answer = raw::exchange(&app, &lines, &body).await;
    assert_eq!(answer.status, "HTTP/1.1 200 OK", "{}", answer.body);
    let asked = raw::exchange(&app, "GET /.well-known/openid-configuration HTTP/1.1", "").await;
    assert_eq!(asked.status, "HTTP/1.1 200 OK");
    app.stop().await;
}
