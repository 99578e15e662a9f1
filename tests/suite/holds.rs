//! A held sign-in: right in every factor, and no further than its own page.

use std::time::Duration;

use vestibule::crypto::token::{PlainToken, TokenKind};

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;

on_both_databases![
    r14_a_required_rotation_holds_the_sign_in_until_the_password_is_new,
    what_was_begun_is_found_again_and_no_other_page_ends_it,
];

async fn r14_a_required_rotation_holds_the_sign_in_until_the_password_is_new(app: TestApp) {
    let mut patient = app.patient("P-1", "1").await;
    let mut earlier = app.browser();
    app.sign_in(&mut earlier, &patient).await;
    app.advance(std::time::Duration::from_secs(30));
    app.require_rotation(&patient).await;
    let mut browser = app.browser();
    let held = app.sign_in(&mut browser, &patient).await;
    let page = browser.follow(held).await;
    assert!(page.element("held").is_some(), "{}", page.text());
    for closed in ["/account", "/"] {
        let page = browser.get(&format!("{}{closed}", app.portal)).await;
        assert_eq!((page.status.as_u16(), page.location()), (303, "/login"), "{closed}");
    }
    let csrf = page.field("csrf").unwrap();
    let password = format!("{}/password", app.portal);
    let fields = [("new_password", patient.password.as_str()), ("csrf", &csrf)];
    let same = browser.post(&password, &fields).await;
    assert_eq!(same.status, 422, "the old password is not a new one");
    assert!(same.element("held").is_some() && same.element("error").is_some());
    let fields = [("new_password", "trois tortues sous la pluie"), ("csrf", csrf.as_str())];
    let done = browser.post(&password, &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(browser.follow(done).await.status, 200);
    let account = format!("{}/account", app.portal);
    assert_eq!(
        earlier.get(&account).await.status,
        401,
        "R-39: an old cookie is worth nothing after the change"
    );
    assert_eq!(browser.get(&password).await.location(), "/login", "the hold is over");
    app.advance(std::time::Duration::from_secs(30));
    let mut next = app.browser();
    let code = app.code(&patient);
    assert_eq!(
        app.attempt(&mut next, &patient.identifier, &patient.password, &code)
            .await
            .status,
        401
    );
    patient.password = "trois tortues sous la pluie".to_owned();
    assert_eq!(
        app.attempt(&mut next, &patient.identifier, &patient.password, &code)
            .await
            .status,
        303
    );
    app.stop().await;
}

async fn what_was_begun_is_found_again_and_no_other_page_ends_it(app: TestApp) {
    const PENDING: &str = "__Host-vst_pending";
    let patient = app.patient("P-1", "1").await;
    app.require_rotation(&patient).await;
    let mut browser = app.browser();
    let held = app.sign_in(&mut browser, &patient).await;
    assert_eq!(held.location(), "/password");
    let at = |path: &str| format!("{}{path}", app.portal);
    assert_eq!(browser.get(&at("/login")).await.location(), "/password");
    assert!(browser.get(&at("/login?again=1")).await.field("identifier").is_some());

    let token = PlainToken::generate(TokenKind::Invitation, &*app.core.entropy);
    let invite = at(&format!("/invite?token={}", token.expose()));
    let begun = browser.cookie("localhost", PENDING).cloned();
    assert_eq!(
        browser.get(&invite).await.location(),
        "/password",
        "another site sent it here"
    );
    assert_eq!(browser.cookie("localhost", PENDING).cloned(), begun);
    let (person, code) = app.imported("P-2", "2").await;
    let mut enrolling = app.browser();
    let csrf = enrolling.get(&at("/activate")).await.field("csrf").unwrap();
    let fields = [
        ("lab_code", code.as_str()),
        ("birth_date", &person.birth_date),
        ("csrf", &csrf),
    ];
    enrolling.post(&at("/activate"), &fields).await;
    assert_eq!(enrolling.get(&invite).await.location(), "/activate");
    assert!(enrolling.visit(&at("/activate")).await.text().contains("new_password"));

    // One that nobody of ours made is as good as none.
    let bare = begun.as_deref().unwrap().split('.').next().unwrap().to_owned();
    browser
        .jar
        .get_mut("localhost")
        .unwrap()
        .insert(PENDING.to_owned(), bare);
    assert_eq!(browser.get(&at("/password")).await.location(), "/login");
    browser
        .jar
        .get_mut("localhost")
        .unwrap()
        .insert(PENDING.to_owned(), begun.unwrap());
    app.advance(Duration::from_secs(44 * 60));
    assert_eq!(
        browser.get(&at("/password")).await.status,
        200,
        "time enough to ask somebody"
    );
    app.advance(Duration::from_secs(2 * 60));
    assert_eq!(browser.get(&at("/password")).await.location(), "/login");
    let over = browser.get(&at("/login")).await;
    assert!(over.status == 200 && over.element("error").is_some(), "{over:?}");
    assert!(browser.get(&at("/login")).await.element("error").is_none(), "said once");
    let over = enrolling.get(&at("/activate")).await;
    assert!(
        over.element("error").is_some() && over.field("lab_code").is_some(),
        "{over:?}"
    );
    app.stop().await;
}
