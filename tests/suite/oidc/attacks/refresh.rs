//! 4.14: refresh tokens that get into other hands.

use std::time::Duration;

use actix_web::http::StatusCode;
use futures_util::future::join;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::oidc::Tokens;

on_both_databases![
    s4_14_a_token_that_comes_again_ends_everything,
    s4_14_a_lost_answer_and_two_windows_lose_nothing,
    s4_14_tokens_of_two_clients_are_kept_apart,
];

async fn s4_14_a_token_that_comes_again_ends_everything(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let first = client.tokens(&app, &mut browser, &[]).await;
    let kept = client.tokens(&app, &mut browser, &[]).await;
    let second = client.refreshed(&app, first.refresh()).await;
    assert!(second.refresh() != first.refresh() && second.refresh().starts_with("vst_"));
    assert!(client.is_active(&app, second.refresh()).await && !client.is_active(&app, first.refresh()).await);
    app.advance(Duration::from_secs(31));
    // Whichever of the two is the thief: neither continues.
    assert_eq!(client.unrefreshed(&app, first.refresh()).await, "invalid_grant");
    assert_eq!(client.unrefreshed(&app, second.refresh()).await, "invalid_grant");
    assert_eq!(app.userinfo(second.access()).await.status, StatusCode::UNAUTHORIZED);
    client.refreshed(&app, kept.refresh()).await; // another sign-in's, untouched
    app.stop().await;
}

async fn s4_14_a_lost_answer_and_two_windows_lose_nothing(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let first = client.tokens(&app, &mut browser, &[]).await;
    let (one, two) = join(
        client.refreshed(&app, first.refresh()),
        client.refreshed(&app, first.refresh()),
    )
    .await;
    assert_ne!(one.refresh(), two.refresh());
    app.advance(Duration::from_secs(29));
    let third = client.refreshed(&app, first.refresh()).await;
    // Each window continues with what it got, for as long as it likes.
    for mut tokens in [one, two, third] {
        for _ in 0..3 {
            app.advance(Duration::from_secs(240));
            tokens = client.refreshed(&app, tokens.refresh()).await;
            assert_eq!(app.userinfo(tokens.access()).await.status, StatusCode::OK);
        }
    }
    app.stop().await;
}

async fn s4_14_tokens_of_two_clients_are_kept_apart(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let thief = app.relying_party("voleur", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    let own = thief.tokens(&app, &mut browser, &[]).await;
    assert_eq!(thief.unrefreshed(&app, tokens.refresh()).await, "invalid_grant");
    assert!(!thief.is_active(&app, tokens.refresh()).await);
    let (status, _) = thief.call(&app, "/oauth2/revoke", &[("token", tokens.refresh())]).await;
    assert_eq!(status, StatusCode::OK, "and nothing was ended by it");
    let next = client.refreshed(&app, tokens.refresh()).await;

    // Nor does a stranger's replay end what is not the stranger's.
    app.advance(Duration::from_secs(60));
    assert_eq!(thief.unrefreshed(&app, tokens.refresh()).await, "invalid_grant");
    client.refreshed(&app, next.refresh()).await;
    thief.refreshed(&app, own.refresh()).await;
    app.stop().await;
}

#[actix_web::test]
async fn s4_14_no_more_than_was_granted() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let tokens = client.tokens(&app, &mut browser, &[("scope", "openid profile")]).await;
    let narrowed = |token: String, scope: &'static str| {
        let (client, app) = (&client, &app);
        async move {
            let fields = [
                ("grant_type", "refresh_token"),
                ("refresh_token", token.as_str()),
                ("scope", scope),
            ];
            client.call(app, "/oauth2/token", &fields).await
        }
    };
    for wider in [
        "openid profile email",
        "openid records",
        "openid offline_access",
        "openid x",
        " ",
    ] {
        let (status, told) = narrowed(tokens.refresh().to_owned(), wider).await;
        assert_eq!(
            (status, &told["error"]),
            (StatusCode::BAD_REQUEST, &json!("invalid_scope")),
            "{wider}"
        );
    }
    let (status, told) = narrowed(tokens.refresh().to_owned(), "openid").await;
    assert_eq!((status, &told["scope"]), (StatusCode::OK, &json!("openid")));
    let narrow = Tokens(told);
    let page = app.userinfo(narrow.access()).await;
    assert!(!page.text().contains("Odette"), "{page:?}");
    // What was granted stays granted (RFC 6749 6).
    let whole = client.refreshed(&app, narrow.refresh()).await;
    assert_eq!(whole.0["scope"], "openid profile");
    app.stop().await;
}
