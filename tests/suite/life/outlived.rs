//! What is under way when a means ends, ends with it, however right it was when it began.

use std::time::Duration;

use vestibule::auth::{passkeys, session};

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::passkey::{SoftKey, options};
use crate::support::patient::{Patient, operator};

on_both_databases![
    a_hold_ends_when_another_browser_rotated,
    a_hold_of_a_recovery_ends_when_its_holder_enrolled_again,
    a_hold_ends_with_a_sign_out_everywhere,
    an_enrolment_that_the_lab_allowed_outlives_a_rotation,
    a_passkey_being_made_ends_with_the_password,
    a_session_ends_with_the_passkey_that_opened_it,
    a_list_that_lands_meanwhile_tightens_a_hold,
];

const OURS: &str = "trois tortues sous la pluie";
const THEIRS: &str = "neuf corbeaux dans la neige";

async fn is_in(app: &TestApp, browser: &mut Browser) -> bool {
    browser.get(&format!("{}/account", app.portal)).await.status == 200
}

/// A browser with the page of its hold.
async fn held(app: &TestApp, patient: &Patient) -> (Browser, Page) {
    let mut browser = app.browser();
    let answer = app.sign_in(&mut browser, patient).await;
    assert_eq!(answer.location(), "/password");
    let page = browser.follow(answer).await;
    assert!(page.element("held").is_some(), "{}", page.text());
    (browser, page)
}

async fn choose(app: &TestApp, browser: &mut Browser, page: &Page, password: &str) -> Page {
    let csrf = page.field("csrf").unwrap();
    let fields = [("new_password", password), ("csrf", &csrf)];
    browser.post(&format!("{}/password", app.portal), &fields).await
}

/// It let nobody in, and the password that it asked for is not the account's.
async fn came_to_nothing(app: &TestApp, browser: &mut Browser, patient: &mut Patient, password: &str) {
    assert!(!is_in(app, browser).await);
    app.advance(Duration::from_secs(60));
    let own = std::mem::replace(&mut patient.password, password.to_owned());
    let code = app.code(patient);
    let mut other = app.browser();
    let answer = app.attempt(&mut other, &patient.identifier, password, &code).await;
    assert_eq!(answer.status, 401, "the password of the hold was set");
    patient.password = own;
}

async fn a_hold_ends_when_another_browser_rotated(app: TestApp) {
    let mut patient = app.patient("P-1", "1").await;
    app.require_rotation(&patient).await;
    let (mut thief, page) = held(&app, &patient).await;
    app.advance(Duration::from_secs(60));
    let (mut holder, own) = held(&app, &patient).await;
    assert_eq!(choose(&app, &mut holder, &own, OURS).await.status, 303);
    patient.password = OURS.to_owned();
    choose(&app, &mut thief, &page, THEIRS).await;
    came_to_nothing(&app, &mut thief, &mut patient, THEIRS).await;
    assert!(is_in(&app, &mut holder).await, "the holder is in still");
    app.stop().await;
}

async fn a_hold_of_a_recovery_ends_when_its_holder_enrolled_again(app: TestApp) {
    let mut patient = app.patient("P-1", "1").await;
    let mut thief = app.browser();
    let url = format!("{}/recover", app.portal);
    let csrf = thief.get(&url).await.field("csrf").unwrap();
    let (code, recovery) = (app.code(&patient), patient.recovery_codes[0].clone());
    let fields = [
        ("identifier", patient.identifier.as_str()),
        ("code", &code),
        ("recovery_code", &recovery),
        ("csrf", &csrf),
    ];
    let answer = thief.post(&url, &fields).await;
    let page = thief.follow(answer).await;
    assert!(page.element("held").is_some());
    let lab_code = app.new_lab_code(&patient).await;
    let mut holder = app.browser();
    patient.password = OURS.to_owned();
    app.enrol(&mut holder, &mut patient, &lab_code).await;
    choose(&app, &mut thief, &page, THEIRS).await;
    came_to_nothing(&app, &mut thief, &mut patient, THEIRS).await;
    assert!(is_in(&app, &mut holder).await, "the holder is in still");
    app.stop().await;
}

async fn a_hold_ends_with_a_sign_out_everywhere(app: TestApp) {
    let mut patient = app.patient("P-1", "1").await;
    app.require_rotation(&patient).await;
    let (mut thief, page) = held(&app, &patient).await;
    session::end_all(&app.core, &app.lab(), patient.account, &operator("first"))
        .await
        .unwrap();
    choose(&app, &mut thief, &page, THEIRS).await;
    came_to_nothing(&app, &mut thief, &mut patient, THEIRS).await;
    app.stop().await;
}

/// Or whoever has the leaked pair could keep the holder from enrolling again.
async fn an_enrolment_that_the_lab_allowed_outlives_a_rotation(app: TestApp) {
    let mut patient = app.patient("P-1", "1").await;
    app.require_rotation(&patient).await;
    let lab_code = app.new_lab_code(&patient).await;
    let mut holder = app.browser();
    let start = holder.get(&format!("{}/activate", app.portal)).await;
    let csrf = start.field("csrf").unwrap();
    let fields = [
        ("lab_code", lab_code.as_str()),
        ("birth_date", &patient.birth_date),
        ("csrf", &csrf),
    ];
    holder.post(&format!("{}/activate", app.portal), &fields).await;
    let (mut thief, page) = held(&app, &patient).await;
    assert_eq!(choose(&app, &mut thief, &page, THEIRS).await.status, 303);
    patient.password = OURS.to_owned();
    app.finish_enrolment(&mut holder, &mut patient).await;
    assert!(is_in(&app, &mut holder).await && !is_in(&app, &mut thief).await);
    app.stop().await;
}

async fn a_passkey_being_made_ends_with_the_password(app: TestApp) {
    let mut patient = app.patient("P-1", "1").await;
    let mut thief = app.browser();
    app.sign_in(&mut thief, &patient).await;
    app.advance(Duration::from_secs(60));
    let (add, code) = ("/account/passkeys/add", app.code(&patient));
    let answer = app.again(&mut thief, add, &patient.password, &code, &[]).await;
    let page = thief.follow(answer).await;
    let made = SoftKey::new(&app.portal).create(&options(&page));
    let lab_code = app.new_lab_code(&patient).await;
    let mut holder = app.browser();
    patient.password = OURS.to_owned();
    app.enrol(&mut holder, &mut patient, &lab_code).await;
    // Not even in a browser that is signed in to the account.
    let token = thief.cookie("localhost", "__Host-vst_passkey").unwrap().clone();
    let jar = holder.jar.get_mut("localhost").unwrap();
    jar.insert("__Host-vst_passkey".to_owned(), token);
    let csrf = holder
        .get(&format!("{}/account/passkeys/add", app.portal))
        .await
        .field("csrf")
        .unwrap();
    let fields = [("answer", made.as_str()), ("name", "x"), ("csrf", &csrf)];
    holder
        .post(&format!("{}/account/passkeys/new", app.portal), &fields)
        .await;
    let found = passkeys::list(&app.core, &app.lab(), patient.account).await;
    assert!(found.unwrap().is_empty());
    app.stop().await;
}

async fn a_session_ends_with_the_passkey_that_opened_it(app: TestApp) {
    let (patient, mut key) = app.patient_with_passkey("P-1", "1").await;
    let mut thief = app.browser();
    app.sign_in_with(&mut thief, &mut key).await;
    assert!(is_in(&app, &mut thief).await);
    app.advance(Duration::from_secs(60));
    let mut holder = app.browser();
    app.sign_in(&mut holder, &patient).await;
    app.advance(Duration::from_secs(60));
    let lines = passkeys::list(&app.core, &app.lab(), patient.account).await.unwrap();
    let (id, code) = (lines[0].id.to_string(), app.code(&patient));
    let remove = "/account/passkeys/remove";
    let done = app
        .again(&mut holder, remove, &patient.password, &code, &[("passkey", &id)])
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(is_in(&app, &mut holder).await, "the session of password and code stays");
    assert!(!is_in(&app, &mut thief).await, "the passkey's ends");
    app.stop().await;
}

async fn a_list_that_lands_meanwhile_tightens_a_hold(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    app.require_rotation(&patient).await;
    app.advance(Duration::from_secs(24 * 3600 - 300));
    let (mut browser, page) = held(&app, &patient).await;
    assert!(page.field("recovery_code").is_none());
    app.advance(Duration::from_secs(600));
    let answer = choose(&app, &mut browser, &page, OURS).await;
    assert_ne!(
        answer.status, 303,
        "the time to rotate is over: the password alone counts for nothing"
    );
    assert!(!is_in(&app, &mut browser).await);
    app.stop().await;
}
