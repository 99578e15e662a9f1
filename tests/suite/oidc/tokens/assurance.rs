//! `acr`, `amr` and `auth_time` say what the person showed, and when.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::passkey::options;
use crate::support::relying_party::{answered, claims, field, follow_to_client};

on_both_databases![r43_tokens_say_by_which_means_and_when];

async fn r43_tokens_say_by_which_means_and_when(mut app: TestApp) {
    let (patient, mut key) = app.patient_with_passkey("70114202", "12").await;
    app.restart_with(|config| config.labs[0].eidas2_means = vec!["passkey".to_owned()])
        .await;
    let client = app.relying_party("carnet", json!({ "consent": "first-party" })).await;
    let check = |token: &str, amr: Value, acr: &str, at: i64| {
        let told = claims(token);
        assert_eq!((&told["amr"], &told["acr"], &told["auth_time"]), (&amr, &json!(acr), &json!(at)), "{told}");
    };

    let mut browser = app.signed_in(&patient).await;
    let at = app.now().unix_seconds() - 1;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    for token in [tokens.id(), tokens.access()] {
        check(token, json!(["pwd", "otp", "mfa"]), "eidas1", at);
    }
    app.advance(std::time::Duration::from_secs(100));
    check(client.refreshed(&app, tokens.refresh()).await.id(), json!(["pwd", "otp", "mfa"]), "eidas1", at);

    let mut browser = app.browser();
    let (password, code) = (&patient.password, &patient.recovery_codes[0]);
    let page = app.attempt(&mut browser, &patient.identifier, password, code).await;
    assert_eq!(page.status, 303, "{page:?}");
    let at = app.now().unix_seconds();
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    check(tokens.id(), json!(["pwd", "mfa"]), "eidas1", at);

    // By passkey, on the client's way.
    let mut browser = app.browser();
    let page = browser.get(&client.url(&[("claims", "{\"id_token\":{\"acr\":{\"essential\":true,\"values\":[\"eidas2\"]}}}")])).await;
    let login = follow_to_client(&mut browser, page).await;
    let (csrf, request) = (login.field("csrf").unwrap(), login.field("request").unwrap());
    let fields = [("csrf", csrf.as_str()), ("request", &request)];
    let asked = browser.post(&format!("{}/login/passkey", app.portal), &fields).await;
    assert!(asked.header("content-security-policy").unwrap().contains("https://app.example"), "{asked:?}");
    let (challenge, answer) = (asked.field("challenge").unwrap(), key.get(&options(&asked)));
    let mut fields = fields.to_vec();
    fields.extend([("challenge", challenge.as_str()), ("answer", &answer)]);
    let page = browser.post(&format!("{}/login/passkey/answer", app.portal), &fields).await;
    let back = follow_to_client(&mut browser, page).await;
    let (_, tokens) = client.redeem(&app, &field(&answered(&back), "code").unwrap()).await;
    let at = app.now().unix_seconds();
    check(tokens["id_token"].as_str().unwrap(), json!(["pop", "user", "mfa"]), "eidas2", at);
    app.stop().await;
}
