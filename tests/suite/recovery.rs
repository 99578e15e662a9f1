//! The ways back: after a password was disabled, and without one.

use std::time::Duration;

use vestibule::store::audit;

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::patient::Patient;

on_both_databases![
    r14_a_disabled_password_opens_nothing_without_a_recovery_code,
    r27_a_disabled_password_with_a_recovery_code_as_the_code_needs_the_lab,
    r14_without_recovery_codes_only_the_lab_helps,
    r26_r27_a_code_and_a_recovery_code_lead_to_a_new_password,
    r20_recovery_and_sign_in_share_one_bucket,
    r22_parallel_recoveries_with_one_pair_of_codes_give_one_hold,
    r11_a_variant_of_a_leaked_password_is_refused_at_every_password_set,
];

const NEW: &str = "trois tortues sous la pluie";
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn recover(app: &TestApp, browser: &mut Browser, identifier: &str, code: &str, recovery: &str) -> Page {
    let url = format!("{}/recover", app.portal);
    let csrf = browser.get(&url).await.field("csrf").unwrap();
    let fields = [
        ("identifier", identifier),
        ("code", code),
        ("recovery_code", recovery),
        ("csrf", &csrf),
    ];
    browser.post(&url, &fields).await
}

/// Sends the form of `/password`.
async fn choose(app: &TestApp, browser: &mut Browser, password: &str, recovery: &str) -> Page {
    let url = format!("{}/password", app.portal);
    let csrf = browser.get(&url).await.field("csrf").unwrap_or_default();
    let fields = [("new_password", password), ("recovery_code", recovery), ("csrf", &csrf)];
    browser.post(&url, &fields).await
}

async fn held(app: &TestApp, patient: &Patient, code: &str) -> (Browser, Page) {
    let mut browser = app.browser();
    let answer = app
        .attempt(&mut browser, &patient.identifier, &patient.password, code)
        .await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/password"));
    let page = browser.follow(answer).await;
    assert!(page.element("held").is_some(), "{}", page.text());
    (browser, page)
}

async fn is_signed_in(app: &TestApp, browser: &mut Browser) -> bool {
    browser.get(&format!("{}/account", app.portal)).await.status == 200
}

async fn leaked_a_day_ago(app: &TestApp) -> Patient {
    let patient = app.patient("P-1", "1").await;
    app.require_rotation(&patient).await;
    app.advance(DAY + Duration::from_secs(60));
    patient
}

async fn r14_a_disabled_password_opens_nothing_without_a_recovery_code(app: TestApp) {
    let patient = leaked_a_day_ago(&app).await;
    let (mut browser, page) = held(&app, &patient, &app.code(&patient)).await;
    assert!(page.text().contains("name=\"recovery_code\""), "{}", page.text());
    for (typed, status) in [("", 401), ("ABCD-EFGH-JKMN-PQRS", 401)] {
        let page = choose(&app, &mut browser, NEW, typed).await;
        assert_eq!(page.status.as_u16(), status, "{typed}");
        assert!(page.element("error").is_some() && page.element("held").is_some());
    }
    let near = format!("{}1", patient.password);
    let page = choose(&app, &mut browser, &near, &patient.recovery_codes[0]).await;
    assert_eq!(
        page.status, 422,
        "an unfit password is said before the code is looked at"
    );
    app.advance(Duration::from_secs(60));
    let page = choose(&app, &mut browser, NEW, &patient.recovery_codes[0]).await;
    assert_eq!(page.status, 303, "{}", page.text());
    assert!(is_signed_in(&app, &mut browser).await);

    app.advance(Duration::from_secs(60));
    let mut other = app.browser();
    let used = &patient.recovery_codes[0];
    let again = app.attempt(&mut other, &patient.identifier, NEW, used).await;
    assert_eq!(again.status, 401, "the recovery code went with the rotation");
    let code = app.code(&patient);
    let old = app
        .attempt(&mut other, &patient.identifier, &patient.password, &code)
        .await;
    assert_eq!(old.status, 401);
    let new = app.attempt(&mut other, &patient.identifier, NEW, &code).await;
    assert_eq!((new.status.as_u16(), new.location()), (303, "/account"));
    app.stop().await;
}

async fn r27_a_disabled_password_with_a_recovery_code_as_the_code_needs_the_lab(app: TestApp) {
    let patient = leaked_a_day_ago(&app).await;
    let (mut browser, page) = held(&app, &patient, &patient.recovery_codes[0]).await;
    assert!(!page.text().contains("name=\"new_password\""), "{}", page.text());
    assert!(page.text().contains("href=\"/activate\""));
    let csrf = browser
        .get(&format!("{}/login", app.portal))
        .await
        .field("csrf")
        .unwrap();
    let fields = [
        ("new_password", NEW),
        ("recovery_code", &patient.recovery_codes[1]),
        ("csrf", &csrf),
    ];
    browser.post(&format!("{}/password", app.portal), &fields).await;
    assert!(
        !is_signed_in(&app, &mut browser).await,
        "a form that the page does not have opens nothing"
    );
    let mut patient = patient;
    patient.password = NEW.to_owned();
    let lab_code = app.new_lab_code(&patient).await;
    app.enrol(&mut browser, &mut patient, &lab_code).await;
    assert!(is_signed_in(&app, &mut browser).await, "the lab code does");
    app.stop().await;
}

async fn r14_without_recovery_codes_only_the_lab_helps(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    for code in &patient.recovery_codes {
        let mut browser = app.browser();
        let page = app
            .attempt(&mut browser, &patient.identifier, &patient.password, code)
            .await;
        assert_eq!(page.status, 303);
    }
    app.require_rotation(&patient).await;
    app.advance(DAY);
    let (mut browser, page) = held(&app, &patient, &app.code(&patient)).await;
    assert!(!page.text().contains("name=\"new_password\""), "{}", page.text());
    assert_eq!(choose(&app, &mut browser, NEW, "").await.status, 403);
    assert!(!is_signed_in(&app, &mut browser).await);
    app.stop().await;
}

async fn r26_r27_a_code_and_a_recovery_code_lead_to_a_new_password(app: TestApp) {
    let patient = leaked_a_day_ago(&app).await;
    let mut earlier = app.browser();
    let (code, recovery) = (app.code(&patient), patient.recovery_codes[4].to_lowercase());
    let mut browser = app.browser();
    for (code, recovery) in [(code.as_str(), ""), ("", recovery.as_str()), (&recovery, &recovery)] {
        let page = recover(&app, &mut browser, &patient.identifier, code, recovery).await;
        assert_eq!(
            page.status, 401,
            "neither alone, nor a recovery code in the place of both"
        );
        app.advance(Duration::from_secs(30));
    }
    app.advance(Duration::from_secs(120));
    let code = app.code(&patient);
    let page = recover(&app, &mut browser, &patient.identifier, &code, &recovery).await;
    assert_eq!(
        (page.status.as_u16(), page.location()),
        (303, "/password"),
        "{}",
        page.text()
    );
    assert!(!is_signed_in(&app, &mut browser).await, "held, not signed in");
    let page = browser.get(&format!("{}/password", app.portal)).await;
    assert!(!page.text().contains("name=\"recovery_code\""), "it was shown already");
    assert_eq!(
        choose(&app, &mut browser, &patient.password, "").await.status,
        422,
        "the old one"
    );
    assert_eq!(choose(&app, &mut browser, NEW, "").await.status, 303);
    assert!(is_signed_in(&app, &mut browser).await);
    assert!(!is_signed_in(&app, &mut earlier).await);
    for (code, recovery) in [(&code, &patient.recovery_codes[5]), (&app.code(&patient), &recovery)] {
        let page = recover(&app, &mut app.browser(), &patient.identifier, code, recovery).await;
        assert_eq!(page.status, 401, "both codes are used up");
    }
    let mut tx = app.core.db.begin_read().await.unwrap();
    let trail = audit::find_newest(&mut tx, &app.lab(), 100).await.unwrap();
    tx.commit().await.unwrap();
    for kind in ["recovery-refused", "password-rotated"] {
        assert!(trail.iter().any(|event| event.kind == kind), "{kind}");
    }
    app.stop().await;
}

async fn r20_recovery_and_sign_in_share_one_bucket(app: TestApp) {
    for identifier in ["P-1", "P-unknown"] {
        if identifier == "P-1" {
            app.patient(identifier, "1").await;
        }
        let mut browser = app.browser();
        app.attempt(&mut browser, identifier, "x", "000000").await;
        recover(&app, &mut browser, identifier, "000000", "x").await;
        let page = app.attempt(&mut browser, identifier, "x", "000000").await;
        assert_eq!(page.status, 401, "the third failure, counted together");
        let page = recover(&app, &mut browser, identifier, "000000", "x").await;
        assert_eq!(page.status, 429, "{identifier}");
        assert!(page.header("retry-after").is_some());
        let page = app.attempt(&mut browser, identifier, "x", "000000").await;
        assert_eq!(page.status, 429, "{identifier}");
    }
    app.stop().await;
}

async fn r22_parallel_recoveries_with_one_pair_of_codes_give_one_hold(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let code = app.code(&patient);
    let attempts = (0..2).map(|_| async {
        let mut browser = app.browser();
        let page = recover(
            &app,
            &mut browser,
            &patient.identifier,
            &code,
            &patient.recovery_codes[0],
        )
        .await;
        page.status.as_u16()
    });
    let mut ends = futures_util::future::join_all(attempts).await;
    ends.sort_unstable();
    assert_eq!(ends, [303, 401]);
    app.stop().await;
}

async fn r11_a_variant_of_a_leaked_password_is_refused_at_every_password_set(app: TestApp) {
    const LEAKED: &str = "tortues violettes 2019";
    let patient = app.patient("P-1", "1").await;
    app.leak(&format!(
        "{};{LEAKED}\n{};{}\n",
        patient.identifier, patient.identifier, patient.password
    ))
    .await;
    let (mut browser, _) = held(&app, &patient, &app.code(&patient)).await;
    let mut reasons = Vec::new();
    for near in [
        LEAKED,
        "Tortues Violettes 2019",
        "tortues violettes 2021",
        "TORTUES VIOLETTES 2019!",
    ] {
        let page = choose(&app, &mut browser, near, "").await;
        assert_eq!(page.status, 422, "{near}");
        reasons.push(page.element("error").unwrap());
    }
    reasons.dedup();
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    let same = choose(&app, &mut browser, &patient.password, "").await;
    assert_eq!(same.status, 422);
    assert_ne!(
        same.element("error").unwrap(),
        reasons[0],
        "of the old one it is said that it is the old one"
    );
    let (mut newcomer, lab_code) = app.imported("P-2", "2").await;
    app.draft(&format!("P-2;{LEAKED}\n")).await;
    let mut browser = app.browser();
    newcomer.password = "tortues violettes 2020".to_owned();
    let activate = format!("{}/activate", app.portal);
    let csrf = browser.get(&activate).await.field("csrf").unwrap();
    let fields = [
        ("lab_code", lab_code.as_str()),
        ("birth_date", "1944-05-12"),
        ("csrf", &csrf),
    ];
    browser.post(&activate, &fields).await;
    let fields = [("new_password", newcomer.password.as_str()), ("csrf", &csrf)];
    let page = browser.post(&format!("{activate}/password"), &fields).await;
    assert_eq!(page.status, 422, "a list that is only drafted counts: {}", page.text());
    assert_eq!(page.element("error").as_ref(), reasons.first());
    app.stop().await;
}
