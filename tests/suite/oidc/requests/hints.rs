//! Whom a client expects: `login_hint`, `id_token_hint` and the subject that `claims` may name.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::relying_party::{RelyingParty, answered, claims, field, follow_to_client};

async fn asked(client: &RelyingParty, browser: &mut Browser, changes: &[(&str, &str)]) -> Page {
    let page = browser.get(&client.url(changes)).await;
    follow_to_client(browser, page).await
}

fn error(page: &Page) -> String {
    field(&answered(page), "error").unwrap_or_else(|| panic!("{page:?}"))
}

#[actix_web::test]
async fn an_id_token_names_whom_the_client_expects() {
    let app = TestApp::start().await;
    let (hers, his) = (app.patient("70114202", "12").await, app.patient("70114203", "13").await);
    let client = app.relying_party("carnet", json!({ "consent": "first-party" })).await;
    let other = json!({ "consent": "first-party", "redirect_uris": ["https://other.example/callback"] });
    let other = app.relying_party("autre", other).await;
    let mut browser = app.signed_in(&hers).await;
    let mut his_browser = app.signed_in(&his).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    let his_tokens = client.tokens(&app, &mut his_browser, &[]).await;
    let hint = tokens.id();

    // However old it is.
    app.advance(std::time::Duration::from_secs(1200));
    for prompt in ["none", ""] {
        let page = asked(&client, &mut browser, &[("id_token_hint", hint), ("prompt", prompt)]).await;
        assert!(field(&answered(&page), "code").is_some(), "{page:?}");
    }
    let silent = [("id_token_hint", his_tokens.id()), ("prompt", "none")];
    assert_eq!(error(&asked(&client, &mut browser, &silent).await), "login_required");
    assert_eq!(
        error(
            &asked(
                &client,
                &mut app.browser(),
                &[("id_token_hint", hint), ("prompt", "none")]
            )
            .await
        ),
        "login_required"
    );
    // Another person may sign in; if it is the same one again, they are not the one whom the client expects.
    let login = asked(&client, &mut browser, &[("id_token_hint", his_tokens.id())]).await;
    let back = app.fill_in(&mut browser, &login, &hers).await;
    assert_eq!(error(&back), "login_required");
    let login = asked(&client, &mut browser, &[("id_token_hint", his_tokens.id())]).await;
    let back = app.fill_in(&mut browser, &login, &his).await;
    let (_, told) = client.redeem(&app, &field(&answered(&back), "code").unwrap()).await;
    assert_eq!(
        claims(told["id_token"].as_str().unwrap())["sub"],
        claims(his_tokens.id())["sub"]
    );

    let (message, signature) = hint.rsplit_once('.').unwrap();
    let forged = format!("{message}.{}A{}", &signature[..10], &signature[11..]);
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", message.split_once('.').unwrap().1);
    let garbage = [
        "garbage",
        "a.b.c",
        tokens.access(),
        tokens.refresh(),
        &forged,
        &unsigned,
    ];
    for bad in garbage.into_iter().filter(|bad| *bad != hint) {
        let page = asked(&client, &mut browser, &[("id_token_hint", bad)]).await;
        assert_eq!(error(&page), "invalid_request", "{bad}");
    }
    let elsewhere = [
        ("id_token_hint", hint),
        ("redirect_uri", "https://other.example/callback"),
    ];
    let page = asked(&other, &mut browser, &elsewhere).await;
    assert_eq!(error(&page), "invalid_request", "another client's");
    app.stop().await;
}

#[actix_web::test]
async fn claims_may_name_the_person() {
    let app = TestApp::start().await;
    let (hers, his) = (app.patient("70114202", "12").await, app.patient("70114203", "13").await);
    let client = app.relying_party("carnet", json!({ "consent": "first-party" })).await;
    let mut browser = app.signed_in(&hers).await;
    let mut his_browser = app.signed_in(&his).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    let his_tokens = client.tokens(&app, &mut his_browser, &[]).await;
    let named = |id_token: &str| json!({ "id_token": { "sub": { "value": claims(id_token)["sub"] } } }).to_string();
    let (her_name, his_name) = (named(tokens.id()), named(his_tokens.id()));
    let page = asked(&client, &mut browser, &[("claims", &her_name), ("prompt", "none")]).await;
    assert!(field(&answered(&page), "code").is_some(), "{page:?}");
    let page = asked(&client, &mut browser, &[("claims", &his_name), ("prompt", "none")]).await;
    assert_eq!(error(&page), "login_required");
    let both = [("claims", his_name.as_str()), ("id_token_hint", tokens.id())];
    assert_eq!(error(&asked(&client, &mut browser, &both).await), "invalid_request");
    app.stop().await;
}

#[actix_web::test]
async fn a_login_hint_stands_in_the_form_and_nowhere_else() {
    let app = TestApp::start().await;
    let client = app.relying_party("carnet", json!({})).await;
    for hint in ["70114202", "\"><script>alert(1)</script>", "odette@example.org"] {
        let mut browser = app.browser();
        let login = asked(&client, &mut browser, &[("login_hint", hint)]).await;
        assert_eq!(login.field("identifier").as_deref(), Some(hint));
        assert!(!login.text().contains("<script>alert"), "{login:?}");
        let elsewhere = app.browser().get(login.url.as_str()).await;
        assert_eq!(
            elsewhere.field("identifier").as_deref(),
            Some(""),
            "of another browser's request nothing is shown"
        );
    }
    app.stop().await;
}
