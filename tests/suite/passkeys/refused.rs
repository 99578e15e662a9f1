//! What is refused, and that the reason is never told.

use vestibule::domain::account::AccountState;
use vestibule::store::account::{canaries, locked, passkeys};

use super::{causes, lines, seen, set_state, trail};
use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::passkey::SoftKey;

on_both_databases![
    r23_a_wrong_page_and_an_unverified_person_are_refused,
    r23_a_removed_passkey_and_a_disabled_account_are_refused_alike,
    r06_a_canary_with_a_passkey_opens_an_incident_and_nothing_else,
];

async fn r23_a_wrong_page_and_an_unverified_person_are_refused(app: TestApp) {
    let (patient, mut key) = app.patient_with_passkey("P-102477", "102477").await;
    let mut expected = None;
    let port = app.portal.rsplit(':').next().unwrap();
    for (origin, verified) in [
        ("https://1ocalhost:8443".to_owned(), true),
        (format!("https://results.localhost:{port}"), true),
        (format!("http://localhost:{port}"), true),
        ("https://localhost".to_owned(), true),
        (app.portal.clone(), false),
    ] {
        (key.origin, key.verified) = (origin.clone(), verified);
        let page = app.sign_in_with(&mut app.browser(), &mut key).await;
        assert_eq!(page.status, 401, "{origin} {verified}");
        assert_eq!(expected.get_or_insert_with(|| seen(&page)), &seen(&page), "{origin}");
    }
    (key.origin, key.verified) = (app.portal.clone(), true);
    // An unknown key, another person's name on it, and no answer at all.
    let mut unknown = SoftKey::new(&app.portal);
    unknown.handle = key.handle.clone();
    let page = app.sign_in_with(&mut app.browser(), &mut unknown).await;
    assert_eq!(Some(seen(&page)), expected);
    let handle = std::mem::replace(&mut key.handle, vec![7; 16]);
    let page = app.sign_in_with(&mut app.browser(), &mut key).await;
    assert_eq!(Some(seen(&page)), expected);
    key.handle = Vec::new();
    let page = app.sign_in_with(&mut app.browser(), &mut key).await;
    assert_eq!(Some(seen(&page)), expected);
    key.handle = handle;
    for answer in ["", "{}", "null", "[", &"x".repeat(10_000)] {
        let mut browser = app.browser();
        let asked = app.ask_for_passkey(&mut browser).await;
        let page = app.answer_passkey(&mut browser, &asked, answer).await;
        assert_eq!(Some(seen(&page)), expected);
    }
    assert_eq!(
        app.sign_in_with(&mut app.browser(), &mut key).await.status,
        303,
        "the passkey itself is right"
    );
    // The same lies when one is to be made.
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    for (origin, verified) in [("https://evil.example", true), (app.portal.as_str(), false)] {
        let mut key = SoftKey::new(origin);
        key.verified = verified;
        let page = app.try_passkey(&mut browser, &patient, "", &mut key).await;
        assert_eq!(page.status, 422, "{origin} {verified}");
        assert!(page.element("error").is_some());
    }
    assert_eq!(lines(&app, &patient).await.len(), 1);
    app.stop().await;
}

async fn r23_a_removed_passkey_and_a_disabled_account_are_refused_alike(app: TestApp) {
    let (patient, mut key) = app.patient_with_passkey("P-102477", "102477").await;
    set_state(&app, &patient, AccountState::Disabled).await;
    let disabled = app.sign_in_with(&mut app.browser(), &mut key).await;
    assert_eq!(disabled.status, 401);
    set_state(&app, &patient, AccountState::Active).await;
    assert_eq!(app.sign_in_with(&mut app.browser(), &mut key).await.status, 303);
    let mut tx = app.core.db.begin().await.unwrap();
    let holder = locked::lock(&mut tx, &app.lab(), patient.account).await.unwrap();
    passkeys::delete_all(&mut holder.unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    let removed = app.sign_in_with(&mut app.browser(), &mut key).await;
    assert_eq!(seen(&removed), seen(&disabled));
    assert_eq!(causes(&app).await, ["not-active", "unknown"]);
    app.stop().await;
}

async fn r06_a_canary_with_a_passkey_opens_an_incident_and_nothing_else(app: TestApp) {
    let (patient, mut key) = app.patient_with_passkey("P-102477", "102477").await;
    let mut tx = app.core.db.begin().await.unwrap();
    canaries::insert(&mut tx, &app.lab(), patient.account, app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let page = app.sign_in_with(&mut app.browser(), &mut key).await;
    assert_eq!(page.status, 401);
    let trail = trail(&app).await;
    assert!(trail.iter().any(|event| event.kind == "canary-touched"));
    assert_eq!(causes(&app).await, ["not-active"]);
    app.stop().await;
}
