//! A hold reaches the protocol: no code while there is one, and the way continues when it is over.

use serde_json::json;
use vestibule::crypto::token::{PlainToken, TokenKind};
use vestibule::domain::audit::Actor;
use vestibule::oidc::authorize::proceed::{Step, Visitor, proceed};
use vestibule::store::sign_in::sessions;

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::relying_party::{RelyingParty, answered, field, follow_to_client};

on_both_databases![
    a_held_person_rotates_and_goes_on_to_the_client,
    no_code_where_a_list_lands_on_the_way,
    a_list_may_land_in_the_very_moment,
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

/// Between the look at the session and the code.
async fn a_list_may_land_in_the_very_moment(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({ "consent": "first-party" })).await;
    let mut browser = app.signed_in(&patient).await;
    let mut tx = app.core.db.begin_read().await.unwrap();
    let open = sessions::find_open(&mut tx, &app.lab(), patient.account).await.unwrap();
    drop(tx);
    let mut handles = Vec::new();
    for prompt in ["", "none"] {
        let page = browser.get(&client.url(&[("prompt", prompt)])).await;
        let handle = page.location().split_once("request=").unwrap().1.to_owned();
        handles.push(PlainToken::parse(TokenKind::Authorization, &handle).unwrap().hashed());
    }
    let token = browser.cookie("localhost", "__Host-vst_browser").unwrap();
    let visitor = Visitor {
        browser: &PlainToken::parse(TokenKind::Browser, token).unwrap().hashed(),
        session: Some(&open[0]),
        is_held: false,
        said: None,
        actor: &Actor::Vestibule,
    };
    app.advance(std::time::Duration::from_secs(1));
    app.require_rotation(&patient).await;
    let step = proceed(&app.core, &app.lab(), &handles[0], &visitor).await.unwrap();
    assert!(matches!(step, Step::SignInAgain), "{step:?}");
    let step = proceed(&app.core, &app.lab(), &handles[1], &visitor).await.unwrap();
    let Step::Answer(answer) = step else {
        panic!("a silent request shows nothing: {step:?}")
    };
    assert_eq!(answer.fields[0], ("error", "interaction_required".to_owned()));
    app.stop().await;
}
