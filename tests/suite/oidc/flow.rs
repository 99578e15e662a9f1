//! The whole way: from a client's link to its tokens.

use actix_web::http::StatusCode;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::relying_party::{answered, claims, field, follow_to_client};

on_both_databases![a_person_signs_in_for_a_client_and_it_refreshes_on];

async fn a_person_signs_in_for_a_client_and_it_refreshes_on(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.browser();

    let page = browser.get(&client.url(&[("scope", "openid profile records")])).await;
    let page = follow_to_client(&mut browser, page).await;
    assert!(
        page.url.path() == "/login" && page.field("request").is_some(),
        "{page:?}"
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self' https://results.localhost") && policy.contains("https://app.example"));

    let fields = [
        ("identifier", patient.identifier.clone()),
        ("password", patient.password.clone()),
        ("code", app.code(&patient)),
        ("csrf", page.field("csrf").unwrap()),
        ("request", page.field("request").unwrap()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = browser.post(&format!("{}/login", app.portal), &fields).await;
    let page = follow_to_client(&mut browser, page).await;
    let told = page.element("consent").unwrap_or_else(|| panic!("{page:?}"));
    assert!(
        told.contains("Odette Lema") && told.contains("1944-05-12") && told.contains("12"),
        "{told}"
    );
    assert!(!told.contains("odette@example.org"), "not asked for: {told}");

    let page = client.consent(&mut browser, &page, "allow").await;
    let answer = answered(&page);
    assert_eq!(field(&answer, "state").unwrap(), "where they were");
    assert_eq!(field(&answer, "iss").unwrap(), app.portal);

    let (status, tokens) = client.redeem(&app, &field(&answer, "code").unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    let id_token = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(
        (&id_token["iss"], &id_token["aud"]),
        (&json!(app.portal), &json!("carnet"))
    );
    assert_eq!(
        (&id_token["nonce"], &id_token["acr"]),
        (&json!("n-0S6_WzA2Mj"), &json!("eidas1"))
    );
    assert_eq!(id_token["amr"], json!(["pwd", "otp", "mfa"]));
    assert!(id_token.get("given_name").is_none(), "userinfo gives it");

    let (status, again) = client.refresh(&app, tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{again}");
    assert_ne!(again["refresh_token"], tokens["refresh_token"]);
    assert_eq!(claims(again["id_token"].as_str().unwrap())["sub"], id_token["sub"]);

    // Signed in, and asked before: nothing is shown any more.
    let answer = client
        .answer(&mut browser, &[("scope", "openid profile"), ("prompt", "none")])
        .await;
    assert!(field(&answer, "code").is_some(), "{answer:?}");
}
