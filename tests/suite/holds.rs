//! A held sign-in: right in every factor, and no further than its own page.

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;

on_both_databases![r14_a_required_rotation_holds_the_sign_in_until_the_password_is_new,];

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
