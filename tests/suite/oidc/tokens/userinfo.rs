//! What a token tells of its person.

use std::time::Duration;

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use vestibule::store::account::records::{self, Relation};
use vestibule::store::oauth::clients;

use crate::support::app::{TestApp, Wish};
use crate::support::browser::Page;
use crate::support::databases::on_both_databases;
use crate::support::relying_party::{RelyingParty, claims, policy};

on_both_databases![
    userinfo_gives_what_was_granted_and_no_more,
    what_the_lab_takes_from_an_entry_its_tokens_lose,
    records_are_those_that_the_person_may_read_now,
];

/// Numbers do not say at which site they count.
#[actix_web::test]
async fn of_several_sites_none_is_told_the_others_records() {
    let second = "[[site]]\nid = \"second\"\nlab = \"port\"\norigin = \"https://second.localhost\"\n\
                  upstream = \"http://127.0.0.1:9\"\nmode = \"learn\"\n";
    let app = TestApp::wishing(Wish {
        extra: second.to_owned(),
        ..Wish::default()
    })
    .await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let tokens = client.tokens(&app, &mut browser, &[("scope", "openid records")]).await;
    assert_eq!(members(&told(&app.userinfo(tokens.access()).await)), "sub");
}

fn told(page: &Page) -> Value {
    assert_eq!(page.status, StatusCode::OK, "{page:?}");
    serde_json::from_slice(&page.body).unwrap()
}

fn members(claims: &Value) -> String {
    let mut names: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names.join(" ")
}

async fn userinfo_gives_what_was_granted_and_no_more(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    for (scope, more) in [
        ("openid", json!({})),
        (
            "openid profile",
            json!({
                "name": "Odette Lemaître", "given_name": "Odette", "family_name": "Lemaître",
                "birthdate": "1944-05-12"
            }),
        ),
        (
            "openid email",
            json!({ "email": "odette@example.org", "email_verified": false }),
        ),
        ("openid records", json!({ "records": ["12"] })),
    ] {
        let tokens = client.tokens(&app, &mut browser, &[("scope", scope)]).await;
        let mut expected = more;
        let id_token = claims(tokens.id());
        expected["sub"] = id_token["sub"].clone();
        assert_eq!(told(&app.userinfo(tokens.access()).await), expected, "{scope}");
        let of_the_sign_in = "acr amr aud auth_time exp iat iss nonce sid sub";
        assert_eq!(
            members(&id_token),
            of_the_sign_in,
            "{scope}: nothing of the person travels in it"
        );
        let of_the_token = "acr amr aud auth_time client_id exp iat iss jti scope sub";
        assert_eq!(members(&claims(tokens.access())), of_the_token);
    }
    app.stop().await;
}

async fn what_the_lab_takes_from_an_entry_its_tokens_lose(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let all = [("scope", "openid profile email records")];
    let tokens = client.tokens(&app, &mut browser, &all).await;
    let mut tx = app.core.db.begin().await.unwrap();
    let less = policy(json!({ "scopes": "openid email" }));
    assert!(
        clients::update(&mut tx, &app.lab(), &"carnet".parse().unwrap(), &less, app.now())
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    let now = told(&app.userinfo(tokens.access()).await);
    assert!(
        now.get("email").is_some() && now.get("name").is_none() && now.get("records").is_none(),
        "{now}"
    );
    assert_eq!(
        client.refreshed(&app, tokens.refresh()).await.0["scope"],
        "openid email"
    );
    app.stop().await;
}

async fn records_are_those_that_the_person_may_read_now(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let (core, lab, now) = (&app.core, app.lab(), app.now());
    let child = Relation::Granted {
        scope: "results".to_owned(),
        ends_at: now.plus(Duration::from_secs(200)),
    };
    let index = core.record_index(&lab, "118");
    let mut tx = core.db.begin().await.unwrap();
    records::attach(
        &mut tx,
        &core.sealer,
        &lab,
        patient.account,
        &records::NewRecord {
            index: &index,
            record: "118",
            relation: &child,
            at: now,
        },
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let mut browser = app.signed_in(&patient).await;
    let tokens = client.tokens(&app, &mut browser, &[("scope", "openid records")]).await;
    assert_eq!(
        told(&app.userinfo(tokens.access()).await)["records"],
        json!(["12", "118"])
    );
    app.advance(Duration::from_secs(200));
    assert_eq!(
        told(&app.userinfo(tokens.access()).await)["records"],
        json!(["12"]),
        "that grant is over"
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_token_is_shown_in_one_way() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    let token = tokens.access();
    let path = "/oauth2/userinfo";
    let (bearer, lower) = (format!("Bearer {token}"), format!("bearer {token}"));
    let header = [("Authorization", bearer.as_str())];
    let body = [("access_token", token)];
    let by_get = app.userinfo(token).await;
    for page in [
        &by_get,
        &app.send(path, &header, &[]).await,
        &app.send(path, &[], &body).await,
        &app.send(path, &[("Authorization", &lower)], &[("x", "y")]).await,
    ] {
        assert_eq!(told(page), told(&by_get));
        assert_eq!(page.header("cache-control"), Some("no-store"));
    }
    let twice = app.send(path, &header, &body).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    let basic = client.basic();
    for (what, page) in [
        ("nothing", app.send(path, &[], &[]).await),
        ("a secret", app.send(path, &[("Authorization", &basic)], &[]).await),
        (
            "as DPoP",
            app.send(path, &[("Authorization", &bearer.replace("Bearer", "DPoP"))], &[])
                .await,
        ),
        (
            "in a cookie",
            app.server(&[("Cookie", &format!("access_token={token}"))])
                .get(&format!("{}{path}", app.portal))
                .await,
        ),
    ] {
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{what}");
        assert!(
            page.header("www-authenticate").unwrap().starts_with("Bearer"),
            "{what}: {page:?}"
        );
    }

    // A token that was narrowed to less than openid says nothing of anyone.
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens.refresh()),
        ("scope", "profile"),
    ];
    let wide = client.tokens(&app, &mut browser, &[("scope", "openid profile")]).await;
    let fields = [fields[0], ("refresh_token", wide.refresh()), fields[2]];
    let (status, narrow) = client.call(&app, "/oauth2/token", &fields).await;
    assert_eq!(status, StatusCode::OK, "{narrow}");
    let page = app.userinfo(narrow["access_token"].as_str().unwrap()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        page.header("www-authenticate")
            .unwrap()
            .contains("error=\"insufficient_scope\""),
        "{page:?}"
    );

    app.advance(Duration::from_secs(301));
    let page = app.userinfo(token).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED, "over");
    assert!(
        page.header("www-authenticate")
            .unwrap()
            .contains("error=\"invalid_token\"")
    );
    app.stop().await;
}

#[actix_web::test]
async fn userinfo_is_signed_where_the_entry_says_so() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let mut browser = app.signed_in(&patient).await;
    for algorithm in ["ES256", "EdDSA", "RS256"] {
        let id = format!("signe-{}", algorithm.to_ascii_lowercase());
        let client: RelyingParty = app.relying_party(&id, json!({ "userinfo_algorithm": algorithm })).await;
        let tokens = client.tokens(&app, &mut browser, &[("scope", "openid profile")]).await;
        let page = app.userinfo(tokens.access()).await;
        assert_eq!(
            (page.status, page.header("content-type")),
            (StatusCode::OK, Some("application/jwt"))
        );
        assert_eq!(page.header("cache-control"), Some("no-store"));
        let (header, told) = app.verified(&page.text(), &id).await;
        assert_eq!(format!("{:?}", header.alg), algorithm);
        assert_eq!(
            (&told["sub"], &told["given_name"]),
            (&claims(tokens.id())["sub"], &json!("Odette"))
        );
    }
    app.stop().await;
}
