//! Requests that cannot be granted: told to the client where its address is known, on a page where it is not.

use actix_web::http::StatusCode;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::oidc::code_on_page;
use crate::support::relying_party::{answered, field};

#[actix_web::test]
async fn errors_are_told_to_the_client_with_state_and_issuer() {
    let app = TestApp::start().await;
    let client = app.relying_party("carnet", json!({ "scopes": "openid profile" })).await;
    let mut browser = app.browser();
    let unsigned = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJjYXJuZXQifQ.";
    let cases = [
        (("response_type", ""), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("response_mode", "fragment"), "invalid_request"),
        (("scope", ""), "invalid_scope"),
        (("scope", "profile"), "invalid_scope"),
        (("scope", "openid email"), "invalid_scope"),
        (("scope", "openid offline_access"), "invalid_scope"),
        (("scope", "openid clients:read"), "invalid_scope"),
        (("nonce", ""), "invalid_request"),
        (("code_challenge", ""), "invalid_request"),
        (("prompt", "none"), "login_required"),
        (("request", unsigned), "request_not_supported"),
        (("request", "x"), "request_not_supported"),
        (
            ("request_uri", "https://app.example/request.jwt"),
            "request_uri_not_supported",
        ),
        (("registration", "{}"), "registration_not_supported"),
        (("dpop_jkt", "x"), "invalid_request"),
        (("id_token_hint", "x"), "invalid_request"),
    ];
    for (change, code) in cases {
        let page = browser.get(&client.url(&[change])).await;
        let page = crate::support::relying_party::follow_to_client(&mut browser, page).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{change:?}: {page:?}");
        assert!(
            page.location().starts_with("https://app.example/callback?error="),
            "{page:?}"
        );
        let answer = answered(&page);
        assert_eq!(field(&answer, "error").unwrap(), code, "{change:?}");
        assert!(field(&answer, "error_description").is_some() && field(&answer, "code").is_none());
        assert_eq!(field(&answer, "state").unwrap(), "where they were");
        assert_eq!(field(&answer, "iss").unwrap(), app.portal);
    }
    app.stop().await;
}

#[actix_web::test]
async fn errors_of_nobody_stand_on_a_page() {
    let app = TestApp::start().await;
    let client = app.relying_party("carnet", json!({})).await;
    app.relying_party("parti", json!({})).await;
    let lab = app.lab();
    let mut tx = app.core.db.begin().await.unwrap();
    assert!(
        vestibule::store::oauth::clients::disable(&mut tx, &lab, &"parti".parse().unwrap(), app.now())
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    let cases = [
        (("client_id", ""), "invalid_request"),
        (("client_id", "nobody"), "invalid_client"),
        (("client_id", "parti"), "invalid_client"),
        (("client_id", "Carnet"), "invalid_client"),
        (("redirect_uri", ""), "invalid_request"),
        (("redirect_uri", "https://app.example/other"), "invalid_request"),
        (
            ("request_uri", "urn:ietf:params:oauth:request_uri:vst_p_x"),
            "request_uri_not_supported",
        ),
    ];
    for (at, (change, code)) in cases.iter().enumerate() {
        let mut french = app.browser();
        let page = french.get(&client.url(&[*change])).await;
        if at == 6 {
            assert_eq!(field(&answered(&page), "error").unwrap(), *code, "{page:?}");
            continue;
        }
        assert_eq!(
            (page.status, code_on_page(&page).as_str()),
            (StatusCode::BAD_REQUEST, *code),
            "{change:?}"
        );
        assert!(page.text().contains("Vous n’avez rien fait de mal"), "{page:?}");
        let english = app
            .server(&[("Accept-Language", "en")])
            .get(&client.url(&[*change]))
            .await;
        assert!(english.text().contains("You did nothing wrong"), "{english:?}");
    }
    app.stop().await;
}
