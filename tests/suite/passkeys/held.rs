//! A leaked password and a passkey.

use std::time::Duration;

use super::signed_in;
use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::databases::on_both_databases;

on_both_databases![
    r14_a_listed_account_is_held_for_a_new_password,
    r14_a_disabled_password_and_a_passkey_ask_for_a_new_password_alone,
];

async fn r14_a_listed_account_is_held_for_a_new_password(app: TestApp) {
    let (patient, mut key) = app.patient_with_passkey("P-102477", "102477").await;
    app.require_rotation(&patient).await;
    app.advance(Duration::from_secs(1));
    let mut browser = app.browser();
    let held = app.sign_in_with(&mut browser, &mut key).await;
    assert_eq!((held.status.as_u16(), held.location()), (303, "/password"), "{held:?}");
    assert!(!signed_in(&mut browser, &app).await);
    rotate(&app, &mut browser).await;
    // The passkey is as good as before.
    assert_eq!(
        app.sign_in_with(&mut app.browser(), &mut key).await.location(),
        "/account"
    );
    app.stop().await;
}

/// From the page of a hold to a session, with a new password and nothing else.
async fn rotate(app: &TestApp, browser: &mut Browser) {
    let password = format!("{}/password", app.portal);
    let page = browser.get(&password).await;
    assert!(
        page.element("held").is_some() && page.field("recovery_code").is_none(),
        "{page:?}"
    );
    let csrf = page.field("csrf").unwrap();
    let fields = [("new_password", "trois tortues sous la pluie"), ("csrf", csrf.as_str())];
    let page = browser.post(&password, &fields).await;
    assert_eq!(page.status, 303, "{page:?}");
    assert!(signed_in(browser, app).await);
}

async fn r14_a_disabled_password_and_a_passkey_ask_for_a_new_password_alone(app: TestApp) {
    let (patient, mut key) = app.patient_with_passkey("P-102477", "102477").await;
    app.require_rotation(&patient).await;
    app.advance(Duration::from_secs(25 * 3600));
    let mut browser = app.browser();
    assert_eq!(app.sign_in_with(&mut browser, &mut key).await.location(), "/password");
    rotate(&app, &mut browser).await;
    app.stop().await;
}
