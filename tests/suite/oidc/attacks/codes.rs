//! Codes and answers that get into the wrong hands, or come from the wrong ones.

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::browser::Page;
use crate::support::databases::on_both_databases;
use crate::support::relying_party::{CALLBACK, RelyingParty, VERIFIER, answered, claims, field};

on_both_databases![
    s4_05_a_code_serves_its_client_and_verifier_once,
    s4_05_two_who_bring_one_code_at_once,
];

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const OTHER_VERIFIER: &str = "a-verifier-of-somebody-else-that-is-long-enough";

async fn redeemed(client: &RelyingParty, app: &TestApp, code: &str, verifier: Option<&str>) -> (StatusCode, Value) {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
    ];
    fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
    client.call(app, "/oauth2/token", &fields).await
}

fn refused((status, told): &(StatusCode, Value), code: &str) {
    assert_eq!(
        (*status, &told["error"]),
        (StatusCode::BAD_REQUEST, &json!(code)),
        "{told}"
    );
}

#[actix_web::test]
async fn s4_04_every_answer_says_who_gave_it() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({ "consent": "first-party" })).await;
    let mut browser = app.signed_in(&patient).await;
    let discovered = browser
        .get(&format!("{}/.well-known/openid-configuration", app.portal))
        .await;
    let discovered: Value = serde_json::from_slice(&discovered.body).unwrap();
    assert_eq!(discovered["authorization_response_iss_parameter_supported"], true);
    let issuer = discovered["issuer"].as_str().unwrap();

    let answer = client.answer(&mut browser, &[]).await;
    assert_eq!(field(&answer, "iss").unwrap(), issuer);
    let (_, tokens) = client.redeem(&app, &field(&answer, "code").unwrap()).await;
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["iss"], issuer);
    let refused = browser.get(&client.url(&[("scope", "profile")])).await;
    assert_eq!(field(&answered(&refused), "iss").unwrap(), issuer);
    for changes in [
        [("response_mode", "form_post"), ("scope", "openid")],
        [("response_mode", "form_post"), ("scope", "profile")],
    ] {
        let page = browser.get(&client.url(&changes)).await;
        let page = crate::support::relying_party::follow_to_client(&mut browser, page).await;
        assert_eq!(page.field("iss").as_deref(), Some(issuer), "{page:?}");
    }
    app.stop().await;
}

async fn s4_05_a_code_serves_its_client_and_verifier_once(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let thief = app.relying_party("voleur", json!({})).await;
    let mut browser = app.signed_in(&patient).await;

    let code = client.code(&mut browser, &[]).await;
    refused(&thief.redeem(&app, &code).await, "invalid_grant");
    for verifier in [None, Some(OTHER_VERIFIER), Some(CHALLENGE), Some(&VERIFIER[..42])] {
        refused(&redeemed(&client, &app, &code, verifier).await, "invalid_grant");
    }
    let (status, tokens) = client.redeem(&app, &code).await;
    assert_eq!(status, StatusCode::OK, "whoever failed took nothing away: {tokens}");
    let access = tokens["access_token"].as_str().unwrap();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(app.userinfo(access).await.status, StatusCode::OK);

    // Of the thief's try with a code that served nothing comes; of the client's own, the end.
    refused(&thief.redeem(&app, &code).await, "invalid_grant");
    assert!(client.is_active(&app, access).await);
    refused(&client.redeem(&app, &code).await, "invalid_grant");
    assert_eq!(app.userinfo(access).await.status, StatusCode::UNAUTHORIZED);
    assert!(!client.is_active(&app, access).await && !client.is_active(&app, refresh).await);
    assert_eq!(client.unrefreshed(&app, refresh).await, "invalid_grant");
    let mut tx = app.core.db.begin_read().await.unwrap();
    let trail = vestibule::store::audit::find_newest(&mut tx, &app.lab(), 20)
        .await
        .unwrap();
    assert_eq!(trail.iter().filter(|entry| entry.kind == "grant-replayed").count(), 1);
    drop(tx);
    app.stop().await;
}

async fn s4_05_two_who_bring_one_code_at_once(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let code = client.code(&mut browser, &[]).await;
    let (one, two) = futures_util::future::join(client.redeem(&app, &code), client.redeem(&app, &code)).await;
    let (lucky, late) = if one.0 == StatusCode::OK {
        (one, two)
    } else {
        (two, one)
    };
    assert_eq!(lucky.0, StatusCode::OK, "{}", lucky.1);
    refused(&late, "invalid_grant");
    let access = lucky.1["access_token"].as_str().unwrap();
    assert!(
        !client.is_active(&app, access).await,
        "nobody knows which of them was the client"
    );
    app.stop().await;
}

#[actix_web::test]
async fn s4_05_a_nonce_comes_back_in_the_id_token_alone() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let page = browser.get(&client.url(&[("nonce", "")])).await;
    assert_eq!(
        field(&answered(&page), "error").unwrap(),
        "invalid_request",
        "required by default"
    );
    let nonce = "é\"<&".repeat(100);
    let tokens = client.tokens(&app, &mut browser, &[("nonce", &nonce)]).await;
    assert_eq!(claims(tokens.id())["nonce"], nonce);
    assert_eq!(claims(tokens.access()).get("nonce"), None);
    let again = client.refreshed(&app, tokens.refresh()).await;
    assert_eq!(claims(again.id()).get("nonce"), None, "OpenID Connect Core 12.2");
    app.stop().await;
}

#[actix_web::test]
async fn s4_07_state_comes_back_as_it_was() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({ "consent": "first-party" })).await;
    let mut browser = app.signed_in(&patient).await;
    let printable: String = (' '..='~').chain("é\u{a0}漢🗝\t\r\n".chars()).collect();
    let states = [
        "s".repeat(128),
        "0".repeat(2000),
        printable,
        "\"><script>alert(1)</script>".to_owned(),
        "%26code%3Dforged&code=forged".to_owned(),
    ];
    for state in &states {
        let answer = client.answer(&mut browser, &[("state", state)]).await;
        assert_eq!(field(&answer, "state").as_ref(), Some(state));
        assert_eq!(answer.len(), 3, "{answer:?}");
        let refused = browser.get(&client.url(&[("state", state), ("scope", "x")])).await;
        assert_eq!(field(&answered(&refused), "state").as_ref(), Some(state));
        let page = browser
            .get(&client.url(&[("state", state), ("response_mode", "form_post"), ("scope", "x")]))
            .await;
        assert_eq!(
            form_field(&page, "state"),
            state.replace('\r', ""),
            "a form has its own line ends"
        );
    }
    let answer = client.answer(&mut browser, &[("state", "")]).await;
    assert_eq!(field(&answer, "state"), None);
    app.stop().await;
}

/// What a browser would send; of line ends it makes its own.
fn form_field(page: &Page, name: &str) -> String {
    page.field(name).unwrap_or_else(|| panic!("{page:?}")).replace('\r', "")
}

#[actix_web::test]
async fn s4_08_pkce_cannot_be_left_out_or_made_weaker() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let strict = app.relying_party("carnet", json!({ "consent": "first-party" })).await;
    let waived = json!({ "consent": "first-party", "pkce": { "waived-because": "a client of 2014" } });
    let waived = app.relying_party("ancien", waived).await;
    let mut browser = app.signed_in(&patient).await;

    let no_pkce = [("code_challenge", ""), ("code_challenge_method", "")];
    let cases: [&[(&str, &str)]; 7] = [
        &no_pkce,
        &[("code_challenge", "")],
        &[("code_challenge_method", "")],
        &[("code_challenge_method", "plain")],
        &[("code_challenge_method", "s256")],
        &[("code_challenge", VERIFIER), ("code_challenge_method", "plain")],
        &[("code_challenge", "tooshort")],
    ];
    for (at, changes) in cases.iter().enumerate() {
        let page = browser.get(&strict.url(changes)).await;
        assert_eq!(
            field(&answered(&page), "error").unwrap(),
            "invalid_request",
            "{changes:?}"
        );
        if at > 0 {
            let page = browser.get(&waived.url(changes)).await;
            assert_eq!(
                field(&answered(&page), "error").unwrap(),
                "invalid_request",
                "{changes:?}"
            );
        }
    }
    // A verifier where there was no challenge, and the reverse (RFC 9700 2.1.1).
    let code = waived.code(&mut browser, &no_pkce).await;
    refused(&redeemed(&waived, &app, &code, Some(VERIFIER)).await, "invalid_grant");
    let code = waived.code(&mut browser, &[]).await;
    refused(&redeemed(&waived, &app, &code, None).await, "invalid_grant");
    let code = waived.code(&mut browser, &no_pkce).await;
    assert_eq!(redeemed(&waived, &app, &code, None).await.0, StatusCode::OK);
    let metadata = browser
        .get(&format!("{}/.well-known/oauth-authorization-server", app.portal))
        .await;
    let metadata: Value = serde_json::from_slice(&metadata.body).unwrap();
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    app.stop().await;
}
