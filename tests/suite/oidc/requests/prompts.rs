//! Who is asked for what, and when: `prompt` and `max_age`.

use std::time::Duration;

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::relying_party::{RelyingParty, answered, claims, field, follow_to_client};

on_both_databases![prompt_none_shows_nothing_ever, a_fresh_sign_in_is_asked_for_once,];

async fn asked(client: &RelyingParty, browser: &mut Browser, changes: &[(&str, &str)]) -> Page {
    let page = browser.get(&client.url(changes)).await;
    follow_to_client(browser, page).await
}

fn error(page: &Page) -> String {
    field(&answered(page), "error").unwrap_or_else(|| panic!("{page:?}"))
}

async fn prompt_none_shows_nothing_ever(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let own = app.relying_party("labo", json!({ "consent": "first-party" })).await;
    let none = [("prompt", "none")];
    let mut browser = app.browser();
    for client in [&client, &own] {
        assert_eq!(error(&asked(client, &mut browser, &none).await), "login_required");
    }
    app.sign_in(&mut browser, &patient).await;
    assert_eq!(error(&asked(&client, &mut browser, &none).await), "consent_required");
    assert!(
        field(&own.answer(&mut browser, &none).await, "code").is_some(),
        "the lab's own asks nobody"
    );

    // Consent once given counts for what it was given for, and less.
    client.code(&mut browser, &[("scope", "openid profile")]).await;
    for scope in ["openid profile", "openid"] {
        let changes = [("prompt", "none"), ("scope", scope)];
        assert!(field(&client.answer(&mut browser, &changes).await, "code").is_some());
    }
    let more = [("prompt", "none"), ("scope", "openid email")];
    assert_eq!(error(&asked(&client, &mut browser, &more).await), "consent_required");
    let later = [("prompt", "none"), ("max_age", "60")];
    app.advance(Duration::from_secs(61));
    assert_eq!(error(&asked(&client, &mut browser, &later).await), "login_required");
    for bad in ["none login", "none none", "create", "None"] {
        assert_eq!(
            error(&asked(&client, &mut browser, &[("prompt", bad)]).await),
            "invalid_request",
            "{bad}"
        );
    }
    app.stop().await;
}

async fn a_fresh_sign_in_is_asked_for_once(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let own = app.relying_party("labo", json!({ "consent": "first-party" })).await;
    let mut browser = app.signed_in(&patient).await;
    let first = own.tokens(&app, &mut browser, &[("max_age", "10000")]).await;
    let at = |id_token: &str| claims(id_token)["auth_time"].as_i64().unwrap();
    let mut last = at(first.id());
    assert_eq!(last, app.now().unix_seconds() - 1);
    for changes in [
        [("prompt", "login"), ("max_age", "")],
        [("prompt", "select_account"), ("max_age", "")],
        [("prompt", ""), ("max_age", "0")],
        [("prompt", ""), ("max_age", "1")],
    ] {
        app.advance(Duration::from_millis(1200));
        let login = asked(&own, &mut browser, &changes).await;
        assert!(
            login.field("password").is_some() || login.text().contains("name=\"password\""),
            "{login:?}"
        );
        let back = app.fill_in(&mut browser, &login, &patient).await;
        let code = field(&answered(&back), "code").unwrap_or_else(|| panic!("{changes:?}: {back:?}"));
        let (_, tokens) = own.redeem(&app, &code).await;
        let now = at(tokens["id_token"].as_str().unwrap());
        assert!(now > last, "{changes:?}");
        last = now;
    }
    app.advance(Duration::from_secs(100));
    let again = own.tokens(&app, &mut browser, &[("max_age", "10000")]).await;
    assert_eq!(at(again.id()), last, "recent enough");
    for bad in ["soon", "-1", "1.5"] {
        assert_eq!(
            error(&asked(&own, &mut browser, &[("max_age", bad)]).await),
            "invalid_request"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn consent_is_asked_for_shown_whole_and_remembered() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let public = json!({ "subject": "public", "name": "Agenda" });
    let public = app.relying_party("agenda", public).await;
    let own = app.relying_party("labo", json!({ "consent": "first-party" })).await;
    let mut browser = app.signed_in(&patient).await;

    let page = asked(&client, &mut browser, &[("scope", "openid email records")]).await;
    let shown = page.element("consent").unwrap();
    assert!(
        shown.contains("odette@example.org") && shown.contains("<dd>12</dd>") && shown.contains("non"),
        "{shown}"
    );
    assert!(
        !shown.contains("Odette") && !shown.contains("1944"),
        "no more than is asked for: {shown}"
    );
    assert!(shown.contains("chez Carnet de santé seulement") && page.text().contains("Laboratoire du Port"));
    let denied = client.consent(&mut browser, &page, "deny").await;
    assert_eq!(error(&denied), "access_denied");
    assert_eq!(field(&answered(&denied), "state").unwrap(), "where they were");
    let page = asked(&client, &mut browser, &[("scope", "openid email records")]).await;
    assert!(page.element("consent").is_some(), "a no is not kept as a yes");
    client.consent(&mut browser, &page, "allow").await;

    let page = asked(&client, &mut browser, &[("scope", "openid email")]).await;
    assert!(field(&answered(&page), "code").is_some(), "asked before");
    for client in [&client, &own] {
        let page = asked(client, &mut browser, &[("prompt", "consent")]).await;
        assert!(
            page.element("consent").is_some(),
            "asked because the client wants it: {page:?}"
        );
        let other_word = client.consent(&mut browser, &page, "perhaps").await;
        assert!(other_word.element("consent").is_some(), "{other_word:?}");
        client.consent(&mut browser, &page, "allow").await;
    }
    let page = asked(&public, &mut browser, &[]).await;
    let shown = page.element("consent").unwrap();
    assert!(shown.contains("le même pour plusieurs services"), "{shown}");

    // A no counts, even where the person agreed in another window meanwhile.
    public.code(&mut browser, &[]).await;
    assert_eq!(
        error(&public.consent(&mut browser, &page, "deny").await),
        "access_denied"
    );
    app.stop().await;
}

#[actix_web::test]
async fn consent_counts_for_whom_it_was_shown_to() {
    let app = TestApp::start().await;
    let (patient, other) = (app.patient("70114202", "12").await, app.patient("70114203", "13").await);
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let page = asked(&client, &mut browser, &[("scope", "openid records")]).await;
    assert!(page.element("consent").unwrap().contains("<dd>12</dd>"));
    // In another tab another family member signs in.
    app.sign_in_again(&mut browser, &other).await;
    let shown = client.consent(&mut browser, &page, "allow").await;
    let told = shown.element("consent").unwrap_or_else(|| panic!("{shown:?}"));
    assert!(told.contains("<dd>13</dd>"), "asked for themselves: {told}");
    let mut forged = page.field("csrf").unwrap();
    forged.replace_range(..1, if forged.starts_with('a') { "b" } else { "a" });
    let fields = [
        ("csrf", forged.as_str()),
        ("request", &page.field("request").unwrap()),
        ("person", &shown.field("person").unwrap()),
        ("decision", "allow"),
    ];
    let address = format!("{}/oauth2/authorize/continue", app.portal);
    assert!(
        browser.post(&address, &fields).await.element("consent").is_some(),
        "no form of ours"
    );
    app.stop().await;
}
