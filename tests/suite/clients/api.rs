//! The admin API over real sockets: who may do what, in which lab.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use vestibule::kernel::ids::LabId;
use vestibule::store::audit;

use super::support::{Program, add, api_entry, entry, json_of, token};
use crate::desk::roles::with_second_lab;
use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;

on_both_databases![
    a_scope_opens_what_the_golden_table_says,
    nobody_hands_on_more_than_they_have,
    a_body_that_cannot_work_is_answered_with_every_place,
    what_cannot_be_read_or_is_not_there_is_a_problem_with_a_code,
    what_is_done_is_told_and_written_down,
    a_client_that_is_disabled_or_changed_is_so_at_once,
];

const OPERATIONS: [(&str, &str); 6] = [
    ("GET", "/clients"),
    ("POST", "/clients"),
    ("GET", "/clients/{id}"),
    ("PUT", "/clients/{id}"),
    ("POST", "/clients/{id}/rotate"),
    ("DELETE", "/clients/{id}"),
];

/// What each is answered, in the order of the callers: no token, an invalid one, a person's token, a client of another
/// lab, clients:read, clients:write, both.
const GOLDEN: &str = "\
GET /clients: 401 401 401 401 200 403 200
POST /clients: 401 401 401 401 403 201 201
GET /clients/{id}: 401 401 401 401 200 403 200
PUT /clients/{id}: 401 401 401 401 403 200 200
POST /clients/{id}/rotate: 401 401 401 401 403 200 200
DELETE /clients/{id}: 401 401 401 401 403 204 204
";

const ELSEWHERE: &str = "https://results.localhost";

async fn a_scope_opens_what_the_golden_table_says(mut app: TestApp) {
    app.restart_with(with_second_lab).await;
    let (lab, portal, vallee) = (app.lab(), app.portal.clone(), "vallee".parse::<LabId>().unwrap());
    let patient = app.patient("70114202", "12").await;
    let carnet = app.relying_party("carnet", json!({})).await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    let code = carnet.code(&mut browser, &[]).await;
    let (_, tokens) = carnet.redeem(&app, &code).await;
    let of_person = tokens["access_token"].as_str().unwrap();
    let secret = add(&app, &vallee, "abroad", api_entry("clients:read clients:write")).await;
    let abroad = json_of(&token(&app, ELSEWHERE, "abroad", &secret.unwrap()).await);
    let abroad = abroad["access_token"].as_str().unwrap();
    let mut at_home = Program::with_token(&app, ELSEWHERE, abroad);
    assert_eq!(at_home.call("GET", "/clients", None).await.status, 200);
    let mut callers = [
        Program::nobody(&app, &portal),
        Program::with_token(&app, &portal, "e30.e30.e30"),
        Program::with_token(&app, &portal, of_person),
        Program::with_token(&app, &portal, abroad),
        Program::of(&app, &lab, &portal, "reader", "clients:read").await,
        Program::of(&app, &lab, &portal, "writer", "clients:write").await,
        Program::of(&app, &lab, &portal, "both", "clients:read clients:write").await,
    ];
    for id in ["c4", "c5", "c6"] {
        add(&app, &lab, id, entry()).await;
    }
    let mut table = String::new();
    for (method, path) in OPERATIONS {
        write!(table, "{method} {path}:").unwrap();
        for (number, caller) in callers.iter_mut().enumerate() {
            let id = format!("c{}", number.max(4));
            let body = match (method, path) {
                ("POST", "/clients") => Some(json!({ "client_id": format!("new-{number}"), "policy": entry() })),
                ("PUT", _) => Some(json!({ "policy": entry() })),
                _ => None,
            };
            let page = caller.call(method, &path.replace("{id}", &id), body.as_ref()).await;
            write!(table, " {}", page.status.as_u16()).unwrap();
            if page.status == 401 {
                assert!(
                    page.header("www-authenticate").unwrap().starts_with("Bearer "),
                    "{page:?}"
                );
            }
            assert!(!page.text().contains("abroad"), "another lab's client: {page:?}");
        }
        table.push('\n');
    }
    assert_eq!(table, GOLDEN, "\n{table}");
    app.stop().await;
}

async fn nobody_hands_on_more_than_they_have(app: TestApp) {
    let (lab, portal) = (app.lab(), app.portal.clone());
    let mut writer = Program::of(&app, &lab, &portal, "writer", "clients:write").await;
    let mut both = Program::of(&app, &lab, &portal, "both", "clients:read clients:write").await;
    let new = |id: &str, scopes: &str| json!({ "client_id": id, "policy": api_entry(scopes) });
    for (body, expected) in [
        (new("other-writer", "clients:write"), 201),
        (new("other-reader", "clients:read"), 403),
        (new("other-both", "clients:read clients:write"), 403),
    ] {
        let page = writer.call("POST", "/clients", Some(&body)).await;
        assert_eq!(page.status, expected, "{page:?}");
    }
    let raised = json!({ "policy": api_entry("clients:read clients:write") });
    let lowered = json!({ "policy": api_entry("clients:write") });
    for (method, path, body, expected) in [
        ("PUT", "/clients/other-writer", Some(&raised), 403),
        // With another client's secret they would be that client; and no one can disable those above them.
        ("PUT", "/clients/both", Some(&lowered), 403),
        ("POST", "/clients/both/rotate", None, 403),
        ("DELETE", "/clients/both", None, 403),
        ("POST", "/clients/other-writer/rotate", None, 200),
    ] {
        let page = writer.call(method, path, body).await;
        assert_eq!(page.status, expected, "{method} {path}: {page:?}");
        if expected == 403 {
            assert_eq!(json_of(&page)["code"], "beyond_scopes");
        }
    }
    let page = both.call("PUT", "/clients/other-writer", Some(&raised)).await;
    assert_eq!(page.status, 200, "{page:?}");
    app.stop().await;
}

async fn a_body_that_cannot_work_is_answered_with_every_place(app: TestApp) {
    let (lab, portal) = (app.lab(), app.portal.clone());
    let mut program = Program::of(&app, &lab, &portal, "writer", "clients:write clients:read").await;
    let mut bad = entry();
    for (field, value) in [
        ("name", json!(" ")),
        ("redirect_uris", json!(["http://app.example/cb"])),
        ("site", json!("elsewhere")),
        ("backchannel_ca", json!("no certificate")),
    ] {
        bad[field] = value;
    }
    let page = program
        .call("POST", "/clients", Some(&json!({ "client_id": "bad", "policy": bad })))
        .await;
    assert_eq!(page.status, 422, "{page:?}");
    let problem = json_of(&page);
    let places = problem["problems"].as_array().unwrap().iter().map(|problem| {
        assert!(problem["remedy"].as_str().unwrap().len() > 10, "{problem}");
        problem["place"].as_str().unwrap().to_owned()
    });
    let places: Vec<String> = places.collect();
    assert_eq!(
        places,
        [
            "policy.name",
            "policy.redirect_uris",
            "policy.site",
            "policy.backchannel_ca"
        ]
    );
    let mut private = entry();
    private["authentication"] = json!({ "method": "private_key_jwt", "jwks": { "keys": [
        { "kty": "EC", "crv": "P-256", "x": "a", "y": "a", "d": "never-to-be-repeated" }
    ] } });
    let page = program
        .call(
            "POST",
            "/clients",
            Some(&json!({ "client_id": "bad", "policy": private })),
        )
        .await;
    assert!(page.status == 422 && page.text().contains("private half"), "{page:?}");
    assert!(!page.text().contains("never-to-be-repeated"));
    app.stop().await;
}

async fn what_cannot_be_read_or_is_not_there_is_a_problem_with_a_code(app: TestApp) {
    let (lab, portal) = (app.lab(), app.portal.clone());
    let mut program = Program::of(&app, &lab, &portal, "writer", "clients:write clients:read").await;
    for (body, code) in [
        (json!({}), "malformed"),
        (json!({ "client_id": "Bad Name", "policy": entry() }), "malformed"),
        (json!({ "client_id": "ok", "policy": entry(), "more": 1 }), "malformed"),
        (
            json!({ "client_id": "ok", "policy": entry(), "secret_days": 0 }),
            "unfit",
        ),
        (
            json!({ "client_id": "ok", "policy": entry(), "x": "x".repeat(70_000) }),
            "too_long",
        ),
        (json!({ "client_id": "writer", "policy": entry() }), "client_taken"),
    ] {
        let page = program.call("POST", "/clients", Some(&body)).await;
        assert_eq!(json_of(&page)["code"], code, "{page:?}");
    }
    for (method, path, status) in [
        ("GET", "/clients/nobody", 404),
        ("GET", "/clients/NOBODY", 404),
        ("DELETE", "/clients/nobody", 404),
        ("PATCH", "/clients/writer", 405),
        ("GET", "/nothing", 404),
        ("GET", "/clients/bad", 404),
    ] {
        let page = program.call(method, path, None).await;
        assert_eq!(page.status, status, "{method} {path}");
        assert_eq!(page.header("content-type"), Some("application/problem+json"));
        assert_eq!(page.header("allow").is_some(), status == 405);
    }
    app.stop().await;
}

async fn what_is_done_is_told_and_written_down(app: TestApp) {
    let (lab, portal) = (app.lab(), app.portal.clone());
    let mut program = Program::of(&app, &lab, &portal, "terraform", "clients:write clients:read").await;
    let body = json!({ "client_id": "carnet", "policy": entry(), "secret_days": 30 });
    let added = program.call("POST", "/clients", Some(&body)).await;
    assert_eq!(added.location(), "/api/v1/clients/carnet");
    let added = json_of(&added);
    let secret = added["client_secret"].as_str().unwrap().to_owned();
    assert!(
        secret.starts_with("vst_k_") && added["policy"]["pkce"] == "required",
        "{added}"
    );
    let mut shown = json_of(&program.call("GET", "/clients/carnet", None).await);
    assert_eq!(shown["secrets"][0]["expires_at"], added["client_secret_expires_at"]);

    // What was shown can be sent back.
    shown["policy"]["scopes"] = json!("openid");
    shown["policy"]["consent"] = json!("first-party");
    let page = program
        .call("PUT", "/clients/carnet", Some(&json!({ "policy": shown["policy"] })))
        .await;
    assert_eq!(json_of(&page)["policy"], shown["policy"]);
    let rotated = json_of(
        &program
            .call("POST", "/clients/carnet/rotate", Some(&json!({ "overlap_days": 1 })))
            .await,
    );
    assert_ne!(rotated["client_secret"], secret.as_str());
    for _ in 0..2 {
        assert_eq!(program.call("DELETE", "/clients/carnet", None).await.status, 204);
    }
    let disabled = program.call("POST", "/clients/carnet/rotate", None).await;
    assert_eq!(json_of(&disabled)["code"], "client_disabled");

    let listed = program.call("GET", "/clients", None).await.text();
    let mut tx = app.core.db.begin_read().await.unwrap();
    let trail = audit::find_newest(&mut tx, &lab, 100).await.unwrap();
    drop(tx);
    let by_program: Vec<_> = trail.iter().filter(|event| event.actor == "client:terraform").collect();
    let mut kinds: Vec<&str> = by_program.iter().map(|event| event.kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        [
            "client-added",
            "client-changed",
            "client-disabled",
            "client-secret-issued",
            "client-secret-issued"
        ]
    );
    let details: String = trail.iter().map(|event| event.detail.as_str()).collect();
    assert!(details.contains(r#""fields":["consent","scopes"]"#), "{details}");
    for secret in [secret.as_str(), rotated["client_secret"].as_str().unwrap()] {
        assert!(!listed.contains(secret) && !details.contains(secret));
    }
    app.stop().await;
}

async fn a_client_that_is_disabled_or_changed_is_so_at_once(app: TestApp) {
    let (lab, portal) = (app.lab(), app.portal.clone());
    let mut above = Program::of(&app, &lab, &portal, "above", "clients:write clients:read").await;
    let mut below = Program::of(&app, &lab, &portal, "below", "clients:write clients:read").await;
    let lowered = json!({ "policy": api_entry("clients:read") });
    assert_eq!(above.call("PUT", "/clients/below", Some(&lowered)).await.status, 200);
    // Its token still says both.
    let page = below.call("DELETE", "/clients/above", None).await;
    assert_eq!(
        (page.status.as_u16(), &json_of(&page)["code"]),
        (403, &json!("insufficient_scope"))
    );
    assert!(
        page.header("www-authenticate")
            .unwrap()
            .contains("scope=\"clients:write\"")
    );
    assert_eq!(below.call("GET", "/clients", None).await.status, 200);
    assert_eq!(above.call("DELETE", "/clients/below", None).await.status, 204);
    assert_eq!(below.call("GET", "/clients", None).await.status, 401);
    let listed = json_of(&above.call("GET", "/clients", None).await);
    let state = |at: usize| {
        (
            listed["clients"][at]["client_id"].clone(),
            listed["clients"][at]["disabled_at"].is_null(),
        )
    };
    assert_eq!([state(0), state(1)], [(json!("above"), true), (json!("below"), false)]);
    app.advance(Duration::from_secs(301));
    let page = above.call("GET", "/clients", None).await;
    assert_eq!(page.status, 401, "a token ends");
    let told: Value = json_of(&page);
    assert_eq!(told["type"], "about:blank");
    app.stop().await;
}
