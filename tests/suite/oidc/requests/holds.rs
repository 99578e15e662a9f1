//! A hold reaches the protocol: no code while one stands, and the way goes on when it is over.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::relying_party::{RelyingParty, answered, field, follow_to_client};

on_both_databases![
    a_held_person_rotates_and_goes_on_to_the_client,
    no_code_where_a_list_lands_on_the_way,
];

async fn asked(client: &RelyingParty, browser: &mut Browser, changes: &[(&str, &str)]) -> Page {
    let page = browser.get(&client.url(changes)).await;
    follow_to_client(browser, page).await
}

async fn a_held_person_rotates_and_goes_on_to_the_client(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    app.require_rotation(&patient).await;
    let mut browser = app.browser();
    let login = asked(&client, &mut browser, &[]).await;
    let held = app.fill_in(&mut browser, &login, &patient).await;
    assert!(
        held.url.path() == "/password" && held.element("held").is_some(),
        "{held:?}"
    );
    let policy = held.header("content-security-policy").unwrap();
    assert!(
        policy.contains("https://app.example"),
        "the form leads there in the end: {policy}"
    );

    // The client may ask as often as it likes.
    let silent = asked(&client, &mut browser, &[("prompt", "none")]).await;
    assert_eq!(field(&answered(&silent), "error").unwrap(), "interaction_required");
    let again = asked(&client, &mut browser, &[]).await;
    assert_eq!(again.url.path(), "/password", "{again:?}");
    let elsewhere = asked(&client, &mut app.browser(), &[("prompt", "none")]).await;
    assert_eq!(
        field(&answered(&elsewhere), "error").unwrap(),
        "login_required",
        "nothing is told of others"
    );

    let fields = [
        ("new_password", "trois tortues sous la pluie"),
        ("csrf", &held.field("csrf").unwrap()),
    ];
    let done = browser.post(&format!("{}/password", app.portal), &fields).await;
    let consent = follow_to_client(&mut browser, done).await;
    assert!(consent.element("consent").is_some(), "{consent:?}");
    let back = client.consent(&mut browser, &consent, "allow").await;
    let (status, tokens) = client.redeem(&app, &field(&answered(&back), "code").unwrap()).await;
    assert_eq!(status, 200, "{tokens}");
    app.stop().await;
}

async fn no_code_where_a_list_lands_on_the_way(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let consent = asked(&client, &mut browser, &[]).await;
    assert!(consent.element("consent").is_some());
    let mut other = app.signed_in(&patient).await;
    let code = client.code(&mut other, &[]).await;
    let tokens = client.tokens(&app, &mut other, &[]).await;
    app.advance(std::time::Duration::from_secs(1));
    app.require_rotation(&patient).await;

    let page = client.consent(&mut browser, &consent, "allow").await;
    assert_eq!(
        page.url.path(),
        "/login",
        "a yes of before the list opens nothing: {page:?}"
    );
    let silent = asked(&client, &mut other, &[("prompt", "none")]).await;
    assert_eq!(field(&answered(&silent), "error").unwrap(), "login_required");
    // What was under way already ends as well.
    let (status, told) = client.redeem(&app, &code).await;
    assert_eq!((status.as_u16(), &told["error"]), (400, &json!("invalid_grant")));
    assert_eq!(client.unrefreshed(&app, tokens.refresh()).await, "invalid_grant");
    assert_eq!(app.userinfo(tokens.access()).await.status, 401);
    assert!(!client.is_active(&app, tokens.access()).await);
    app.stop().await;
}
