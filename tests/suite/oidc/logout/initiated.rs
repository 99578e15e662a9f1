//! RP-Initiated Logout 1.0, in all its forms.

use std::time::Duration;

use actix_web::http::StatusCode;
use serde_json::json;
use url::Url;
use vestibule::store::sign_in::sessions;

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::oidc::code_on_page;
use crate::support::relying_party::{CALLBACK, answered, claims, field};

on_both_databases![a_client_signs_its_own_person_out];

const BYE: &str = "https://app.example/bye";

async fn asked(app: &TestApp, browser: &mut Browser, fields: &[(&str, &str)]) -> Page {
    let url = Url::parse_with_params(&format!("{}/oauth2/logout", app.portal), fields).unwrap();
    browser.get(url.as_str()).await
}

async fn is_signed_in(app: &TestApp, browser: &mut Browser) -> bool {
    browser.get(&format!("{}/account", app.portal)).await.status == StatusCode::OK
}

/// Presses the button of the page that asks.
async fn confirm(app: &TestApp, browser: &mut Browser, page: &Page) -> Page {
    assert_eq!(
        (page.status, page.header("location")),
        (StatusCode::OK, None),
        "{page:?}"
    );
    let fields = [
        ("csrf", page.field("csrf").unwrap()),
        ("asked", page.field("asked").unwrap()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser
        .post(&format!("{}/oauth2/logout/confirm", app.portal), &fields)
        .await
}

fn leads_back(page: &Page, state: Option<&str>) {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{page:?}");
    assert!(page.location().starts_with(BYE), "{page:?}");
    assert_eq!(field(&answered(page), "state").as_deref(), state);
}

async fn a_client_signs_its_own_person_out(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    let site = browser.visit(&format!("{}/dossiers/12/sommaire", app.site)).await;
    assert_eq!(site.status, StatusCode::OK, "{site:?}");
    let state = "a b&c=d\"é";
    let hint = [
        ("id_token_hint", tokens.id()),
        ("post_logout_redirect_uri", BYE),
        ("state", state),
    ];
    let page = asked(&app, &mut browser, &hint).await;
    leads_back(&page, Some(state));
    assert!(!is_signed_in(&app, &mut browser).await);
    let site = browser.get(&format!("{}/dossiers/12/sommaire", app.site)).await;
    assert_eq!(site.status, StatusCode::SEE_OTHER, "everywhere where it was used");
    assert_eq!(client.unrefreshed(&app, tokens.refresh()).await, "invalid_grant");
    leads_back(&asked(&app, &mut browser, &hint).await, Some(state)); // once more does no harm

    // Where nothing says where to, our own page says that it is done.
    app.sign_in_again(&mut browser, &patient).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    let page = asked(
        &app,
        &mut browser,
        &[("id_token_hint", tokens.id()), ("client_id", "carnet")],
    )
    .await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/logout"));
    assert!(!is_signed_in(&app, &mut browser).await);

    // The browser's window was closed, but the session is the one that the client means.
    let mut browser = app.signed_in(&patient).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    let by_form = [("id_token_hint", tokens.id()), ("post_logout_redirect_uri", BYE)];
    let mut elsewhere = app.browser();
    let sent = elsewhere.post(&format!("{}/oauth2/logout", app.portal), &by_form).await;
    leads_back(&sent, None);
    assert!(!is_signed_in(&app, &mut browser).await);

    // Once the session is forgotten its token names no one, and still appears in no address.
    app.advance(Duration::from_secs(13 * 3600));
    let mut tx = app.core.db.begin().await.unwrap();
    sessions::delete_expired(&mut tx, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    let sent = elsewhere.post(&format!("{}/oauth2/logout", app.portal), &by_form).await;
    let asks = format!(
        "/oauth2/logout?client_id=carnet&post_logout_redirect_uri={}",
        "https%3A%2F%2Fapp.example%2Fbye"
    );
    assert_eq!(sent.location(), asks);
    app.stop().await;
}

#[actix_web::test]
async fn without_a_hint_the_person_is_asked() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let named = [
        ("client_id", "carnet"),
        ("post_logout_redirect_uri", BYE),
        ("state", "s"),
    ];
    for fields in [&[][..], &[("client_id", "carnet")], &[("ui_locales", "fr")], &named] {
        let page = asked(&app, &mut browser, fields).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        assert!(page.text().contains("Voulez-vous vous déconnecter"), "{page:?}");
        assert!(is_signed_in(&app, &mut browser).await, "a link alone signs nobody out");
    }
    // With a form of another page no cookie comes along, and the person is asked all the same.
    let form = app
        .server(&[("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")])
        .post(&format!("{}/oauth2/logout", app.portal), &named)
        .await;
    assert_eq!((form.status, form.header("set-cookie")), (StatusCode::SEE_OTHER, None));
    let page = browser.get(form.url.join(form.location()).unwrap().as_str()).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("https://app.example"),
        "the button leads there in the end: {policy}"
    );

    let forged = [("csrf", "x"), ("asked", "")];
    let confirm_at = format!("{}/oauth2/logout/confirm", app.portal);
    browser.post(&confirm_at, &forged).await;
    let mut from_elsewhere = page.field("csrf").unwrap();
    from_elsewhere.insert(0, 'x');
    browser.post(&confirm_at, &[("csrf", &from_elsewhere)]).await;
    assert!(is_signed_in(&app, &mut browser).await);
    leads_back(&confirm(&app, &mut browser, &page).await, Some("s"));
    assert!(!is_signed_in(&app, &mut browser).await);

    // What the form says is checked again.
    app.sign_in_again(&mut browser, &patient).await;
    let page = asked(&app, &mut browser, &[]).await;
    let csrf = page.field("csrf").unwrap();
    let evil = "client_id=carnet&post_logout_redirect_uri=https%3A%2F%2Fevil.example";
    let page = browser.post(&confirm_at, &[("csrf", &csrf), ("asked", evil)]).await;
    assert_eq!(page.location(), "/logout");
    assert!(!is_signed_in(&app, &mut browser).await);

    // No one is signed in: nothing to ask.
    leads_back(&asked(&app, &mut browser, &named).await, Some("s"));
    assert_eq!(asked(&app, &mut browser, &[]).await.location(), "/logout");
    app.stop().await;
}

#[actix_web::test]
async fn anothers_hint_asks_and_a_wrong_one_is_refused() {
    let app = TestApp::start().await;
    let (hers, his) = (app.patient("70114202", "12").await, app.patient("70114203", "13").await);
    let client = app.relying_party("carnet", json!({})).await;
    let other = json!({ "post_logout_redirect_uris": ["https://other.example/bye"] });
    let other = app.relying_party("autre", other).await;
    let mut browser = app.signed_in(&hers).await;
    let mut his_browser = app.signed_in(&his).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    let his_tokens = client.tokens(&app, &mut his_browser, &[]).await;
    let others = other.tokens(&app, &mut browser, &[]).await;

    let page = asked(&app, &mut browser, &[("id_token_hint", his_tokens.id())]).await;
    assert!(page.text().contains("Voulez-vous vous déconnecter"), "{page:?}");
    assert!(is_signed_in(&app, &mut browser).await && is_signed_in(&app, &mut his_browser).await);

    let (message, signature) = tokens.id().rsplit_once('.').unwrap();
    let forged = format!("{message}.{}{}", &signature[1..], &signature[..1]);
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", message.split_once('.').unwrap().1);
    let hint = ("id_token_hint", tokens.id());
    let back = ("post_logout_redirect_uri", BYE);
    let cases: [&[(&str, &str)]; 13] = [
        &[("id_token_hint", "x"), back],
        &[("id_token_hint", &forged), back],
        &[("id_token_hint", &unsigned), back],
        &[("id_token_hint", tokens.access()), back],
        &[("id_token_hint", tokens.refresh()), back],
        &[hint, ("client_id", "autre"), back],
        &[hint, ("post_logout_redirect_uri", "https://other.example/bye")],
        &[hint, ("post_logout_redirect_uri", "https://app.example/bye/")],
        &[hint, ("post_logout_redirect_uri", "https://app.example/bye?x=1")],
        &[hint, ("post_logout_redirect_uri", CALLBACK)],
        &[("id_token_hint", others.id()), back],
        &[hint, back, back],
        &[back],
    ];
    for fields in cases {
        let page = asked(&app, &mut browser, fields).await;
        assert_eq!(
            (page.status, code_on_page(&page).as_str()),
            (StatusCode::BAD_REQUEST, "invalid_request"),
            "{fields:?}"
        );
    }
    assert!(is_signed_in(&app, &mut browser).await, "what is refused does nothing");

    // Of a session that is over, where another one is open: asked.
    let old = tokens.id().to_owned();
    let page = asked(&app, &mut browser, &[hint, back]).await;
    leads_back(&page, None);
    app.sign_in_again(&mut browser, &hers).await;
    let page = asked(&app, &mut browser, &[("id_token_hint", &old), back]).await;
    leads_back(&confirm(&app, &mut browser, &page).await, None);
    assert!(is_signed_in(&app, &mut his_browser).await);
    assert_ne!(claims(&old)["sid"], claims(his_tokens.id())["sid"]);
    app.stop().await;
}
