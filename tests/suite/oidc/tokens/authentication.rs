//! Clients prove who they are in the one way of their entry.

use std::time::Duration;

use actix_web::http::StatusCode;
use data_encoding::BASE64;
use serde_json::{Value, json};
use vestibule::crypto::token::{PlainToken, TokenKind};
use vestibule::kernel::ids::SecretId;
use vestibule::store::oauth::clients::{self, Secret};

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;

on_both_databases![a_secret_serves_until_its_end_and_a_client_until_it_is_disabled];

const ENDPOINTS: [&str; 4] = ["/oauth2/token", "/oauth2/par", "/oauth2/introspect", "/oauth2/revoke"];

/// What it is, the Authorization header, the fields, and the error if it is one.
type Case<'a> = (&'a str, Option<String>, Vec<(&'a str, &'a str)>, Option<&'a str>);

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{id}:{secret}").as_bytes()))
}

#[actix_web::test]
async fn one_way_and_the_right_one() {
    let app = TestApp::start().await;
    let client = app.relying_party("carnet", json!({})).await;
    let other = app.relying_party("autre", json!({})).await;
    let by_post = json!({ "authentication": { "method": "client_secret_post" } });
    let by_post = app.relying_party("formulaire", by_post).await;
    let (secret, id) = (client.secret.as_str(), client.id.as_str());
    let right = client.basic();
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
    let cases: Vec<Case<'_>> = vec![
        ("right", Some(right.clone()), vec![], None),
        ("lower case", Some(right.replace("Basic", "basic")), vec![], None),
        (
            "form-encoded",
            Some(basic(&encoded(id), &encoded(secret))),
            vec![],
            None,
        ),
        ("and named", Some(right.clone()), vec![("client_id", id)], None),
        (
            "by form",
            None,
            vec![("client_id", "formulaire"), ("client_secret", &by_post.secret)],
            None,
        ),
        ("nobody", None, vec![], Some("invalid_client")),
        ("a name alone", None, vec![("client_id", id)], Some("invalid_client")),
        (
            "a secret alone",
            None,
            vec![("client_secret", secret)],
            Some("invalid_client"),
        ),
        (
            "another name beside",
            Some(right.clone()),
            vec![("client_id", "autre")],
            Some("invalid_client"),
        ),
        (
            "wrong secret",
            Some(basic(id, &other.secret)),
            vec![],
            Some("invalid_client"),
        ),
        (
            "half a secret",
            Some(basic(id, &secret[..20])),
            vec![],
            Some("invalid_client"),
        ),
        ("no secret", Some(basic(id, "")), vec![], Some("invalid_client")),
        ("unknown", Some(basic("nobody", secret)), vec![], Some("invalid_client")),
        (
            "upper case",
            Some(basic("CARNET", secret)),
            vec![],
            Some("invalid_client"),
        ),
        (
            "not its way: form",
            None,
            vec![("client_id", id), ("client_secret", secret)],
            Some("invalid_client"),
        ),
        (
            "not its way: header",
            Some(by_post.basic()),
            vec![],
            Some("invalid_client"),
        ),
        (
            "two ways",
            Some(right.clone()),
            vec![("client_secret", secret)],
            Some("invalid_request"),
        ),
        (
            "two ways",
            Some(right.clone()),
            vec![("client_assertion", "x")],
            Some("invalid_request"),
        ),
        (
            "an assertion of nobody",
            None,
            vec![("client_assertion", "x")],
            Some("invalid_request"),
        ),
        (
            "bearer",
            Some(format!("Bearer {secret}")),
            vec![],
            Some("invalid_client"),
        ),
        (
            "no colon",
            Some(format!("Basic {}", BASE64.encode(b"carnet"))),
            vec![],
            Some("invalid_client"),
        ),
        (
            "no base64",
            Some("Basic !!!".to_owned()),
            vec![],
            Some("invalid_client"),
        ),
        (
            "nothing in it",
            Some("Basic".to_owned()),
            vec![],
            Some("invalid_client"),
        ),
    ];
    let mut refusals = Vec::new();
    for (what, header, fields, error) in &cases {
        let headers: Vec<(&str, &str)> = header.iter().map(|value| ("Authorization", value.as_str())).collect();
        let mut fields = fields.clone();
        fields.push(("token", "x"));
        let page = app.send("/oauth2/introspect", &headers, &fields).await;
        let told: Value = serde_json::from_slice(&page.body).unwrap();
        let Some(error) = error else {
            assert_eq!(
                (page.status, &told["active"]),
                (StatusCode::OK, &json!(false)),
                "{what}: {page:?}"
            );
            continue;
        };
        assert_eq!(told["error"], *error, "{what}: {page:?}");
        if *error == "invalid_client" {
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{what}");
            assert_eq!(
                page.header("www-authenticate"),
                Some("Basic realm=\"client\""),
                "{what}"
            );
            assert_eq!(page.header("cache-control"), Some("no-store"));
            refusals.push(page.text());
        }
    }
    refusals.dedup();
    assert_eq!(refusals.len(), 1, "which part was wrong is not said: {refusals:?}");
    for path in ENDPOINTS {
        let page = app.send(path, &[], &[("client_id", id)]).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        let in_address = format!("{path}?client_id={id}&client_secret={secret}");
        let page = app.send(&in_address, &[], &[("token", "x")]).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}: no secret in an address");
    }
    app.stop().await;
}

/// A second one beside the first, which ends in an hour.
async fn second_secret(app: &TestApp) -> String {
    let (lab, now, id) = (app.lab(), app.now(), "carnet".parse().unwrap());
    let second = PlainToken::generate(TokenKind::ClientSecret, &*app.core.entropy);
    let kept = Secret {
        id: SecretId::generate(&*app.core.entropy),
        created_at: now,
        expires_at: now.plus(Duration::from_secs(30 * 24 * 3600)),
    };
    let mut tx = app.core.db.begin().await.unwrap();
    let hour = now.plus(Duration::from_secs(3600));
    clients::expire_secrets(&mut tx, &lab, &id, hour).await.unwrap();
    clients::insert_secret(&mut tx, &lab, &id, &kept, &second.hashed())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    second.expose().to_owned()
}

async fn a_secret_serves_until_its_end_and_a_client_until_it_is_disabled(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let mut client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;

    let second = second_secret(&app).await;
    let first = client.secret.clone();
    for secret in [&first, &second] {
        client.secret.clone_from(secret);
        assert!(client.is_active(&app, tokens.access()).await);
    }
    app.advance(Duration::from_secs(3601));
    client.secret = first;
    let fields = [("token", tokens.access())];
    let (status, _) = client.call(&app, "/oauth2/introspect", &fields).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "over");
    client.secret = second;
    app.sign_in_again(&mut browser, &patient).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    assert_eq!(app.userinfo(tokens.access()).await.status, StatusCode::OK);

    let mut tx = app.core.db.begin().await.unwrap();
    assert!(
        clients::disable(&mut tx, &app.lab(), &"carnet".parse().unwrap(), app.now())
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    for (path, fields) in [
        (
            "/oauth2/token",
            [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh())],
        ),
        ("/oauth2/introspect", [("token", tokens.access()), ("x", "y")]),
        (
            "/oauth2/par",
            [("redirect_uri", "https://app.example/callback"), ("x", "y")],
        ),
    ] {
        let (status, told) = client.call(&app, path, &fields).await;
        assert_eq!(
            (status, &told["error"]),
            (StatusCode::UNAUTHORIZED, &json!("invalid_client")),
            "{path}"
        );
    }
    assert_eq!(
        app.userinfo(tokens.access()).await.status,
        StatusCode::UNAUTHORIZED,
        "its tokens neither"
    );
    app.stop().await;
}
