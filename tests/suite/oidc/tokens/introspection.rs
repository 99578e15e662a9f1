//! A client asks about tokens, and gives them back.

use std::time::Duration;

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::relying_party::{RelyingParty, claims};

on_both_databases![a_client_learns_of_its_own_tokens, a_client_gives_its_tokens_back];

async fn asked(client: &RelyingParty, app: &TestApp, token: &str) -> Value {
    let (status, told) = client.call(app, "/oauth2/introspect", &[("token", token)]).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    told
}

async fn a_client_learns_of_its_own_tokens(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let other = app.relying_party("autre", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let tokens = client.tokens(&app, &mut browser, &[("scope", "openid email")]).await;
    let said = claims(tokens.access());
    let of_access = asked(&client, &app, tokens.access()).await;
    let expected = json!({
        "active": true, "iss": app.portal, "client_id": "carnet", "sub": said["sub"], "scope": "openid email",
        "token_type": "Bearer", "iat": said["iat"], "exp": said["exp"], "jti": said["jti"],
    });
    assert_eq!(of_access, expected);
    let of_refresh = asked(&client, &app, tokens.refresh()).await;
    assert_eq!(
        (&of_refresh["active"], &of_refresh["sub"]),
        (&json!(true), &said["sub"])
    );
    assert_eq!(of_refresh["scope"], "openid email");
    let inactive = json!({ "active": false });
    for token in ["x", "a.b.c", tokens.id(), "vst_r_x"] {
        assert_eq!(asked(&client, &app, token).await, inactive, "{token}");
    }
    for token in [tokens.access(), tokens.refresh()] {
        assert_eq!(
            asked(&other, &app, token).await,
            inactive,
            "others' tokens are nobody's"
        );
        let hinted = [("token", token), ("token_type_hint", "a rumour")];
        let (status, told) = client.call(&app, "/oauth2/introspect", &hinted).await;
        assert_eq!((status, &told["active"]), (StatusCode::OK, &json!(true)));
        let (status, _) = other.call(&app, "/oauth2/revoke", &[("token", token)]).await;
        assert_eq!(status, StatusCode::OK);
    }
    assert!(client.is_active(&app, tokens.access()).await && client.is_active(&app, tokens.refresh()).await);

    let tokens = client.tokens(&app, &mut browser, &[]).await;
    app.advance(Duration::from_secs(301));
    assert_eq!(asked(&client, &app, tokens.access()).await, inactive, "over");
    assert!(client.is_active(&app, tokens.refresh()).await);
    app.stop().await;
}

async fn a_client_gives_its_tokens_back(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    // An access token goes alone, a refresh token with all that came of it.
    let next = client.refreshed(&app, tokens.refresh()).await;
    for _ in 0..2 {
        let (status, _) = client.call(&app, "/oauth2/revoke", &[("token", tokens.access())]).await;
        assert_eq!(status, StatusCode::OK);
    }
    assert!(!client.is_active(&app, tokens.access()).await && client.is_active(&app, next.access()).await);
    assert_eq!(app.userinfo(tokens.access()).await.status, StatusCode::UNAUTHORIZED);
    let (status, _) = client.call(&app, "/oauth2/revoke", &[("token", next.refresh())]).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!client.is_active(&app, next.access()).await && !client.is_active(&app, next.refresh()).await);
    assert_eq!(app.userinfo(next.access()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(client.unrefreshed(&app, next.refresh()).await, "invalid_grant");
    for token in ["x", "a.b.c", tokens.refresh()] {
        let (status, _) = client.call(&app, "/oauth2/revoke", &[("token", token)]).await;
        assert_eq!(status, StatusCode::OK, "RFC 7009 2.2");
    }
    for path in ["/oauth2/revoke", "/oauth2/introspect"] {
        let (status, told) = client.call(&app, path, &[]).await;
        assert_eq!(
            (status, &told["error"]),
            (StatusCode::BAD_REQUEST, &json!("invalid_request"))
        );
    }
    app.stop().await;
}
