//! What people and their sessions are called towards clients.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::relying_party::{RelyingParty, claims, field};

const OTHER: &str = "https://other.example/callback";

async fn names(client: &RelyingParty, app: &TestApp, browser: &mut Browser, address: &str) -> (String, String) {
    let changes = [("redirect_uri", address)];
    let code = field(&client.answer(browser, &changes).await, "code").unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", address),
        ("code_verifier", crate::support::relying_party::VERIFIER),
    ];
    let (_, tokens) = client.call(app, "/oauth2/token", &fields).await;
    let text = |name: &str| {
        claims(tokens["id_token"].as_str().unwrap())[name]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(claims(tokens["access_token"].as_str().unwrap())["sub"], text("sub"));
    (text("sub"), text("sid"))
}

#[actix_web::test]
async fn a_subject_is_the_sectors_and_stays() {
    let mut app = TestApp::start().await;
    let (hers, his) = (app.patient("70114202", "12").await, app.patient("70114203", "13").await);
    let own = crate::support::relying_party::CALLBACK;
    let plain = json!({ "consent": "first-party" });
    let elsewhere = json!({ "consent": "first-party", "redirect_uris": [OTHER] });
    let sector = json!({ "consent": "first-party", "redirect_uris": [OTHER], "sector": "app.example" });
    let public = json!({ "consent": "first-party", "subject": "public" });
    let public_elsewhere = json!({ "consent": "first-party", "subject": "public", "redirect_uris": [OTHER] });
    let mut clients = Vec::new();
    for (id, entry, address) in [
        ("one", plain.clone(), own),
        ("same-host", plain, own),
        ("other-host", elsewhere, OTHER),
        ("named-sector", sector, OTHER),
        ("public", public, own),
        ("public-elsewhere", public_elsewhere, OTHER),
    ] {
        clients.push((app.relying_party(id, entry).await, address));
    }
    let mut subjects = Vec::new();
    let mut sids = Vec::new();
    for patient in [&hers, &his] {
        let mut browser = app.signed_in(patient).await;
        for (client, address) in &clients {
            let (subject, sid) = names(client, &app, &mut browser, address).await;
            assert_eq!(
                names(client, &app, &mut browser, address).await,
                (subject.clone(), sid.clone())
            );
            subjects.push(subject);
            sids.push(sid);
        }
    }
    let same = |one: usize, two: usize| subjects[one] == subjects[two];
    assert!(same(0, 1) && same(0, 3), "of one sector: {subjects:?}");
    assert!(!same(0, 2) && !same(0, 4) && !same(2, 4), "{subjects:?}");
    assert!(same(4, 5), "public is public");
    assert!((0..6).all(|at| !same(at, at + 6)), "two people");
    assert!(
        subjects
            .iter()
            .all(|subject| !subject.contains("7011420") && subject.len() == 43)
    );
    let mut unique = sids.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), sids.len(), "a session has another name at each client");

    // Another sign-in, another browser, after a restart: the same person, another session.
    app.restart().await;
    let mut browser = app.signed_in(&hers).await;
    for (at, (client, address)) in clients.iter().enumerate() {
        let (subject, sid) = names(client, &app, &mut browser, address).await;
        assert_eq!(subject, subjects[at]);
        assert!(!sids.contains(&sid));
    }
    app.stop().await;
}
