//! Enrolment through the pages: the lab code proves the person, and only a finished enrolment uses it up.

use std::time::Duration;

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;

on_both_databases![
    r18_a_lab_code_serves_once_and_only_with_the_birth_date,
    an_abandoned_enrolment_changes_nothing_and_may_be_begun_again,
    r09_r11_an_unfit_password_is_refused_with_the_reason,
    a_lab_code_expires_and_allows_few_birth_dates,
    r26_recovery_codes_are_shown_until_they_are_kept,
];

async fn r18_a_lab_code_serves_once_and_only_with_the_birth_date(app: TestApp) {
    let (mut patient, code) = app.imported("P-1", "1").await;
    let mut browser = app.browser();
    let activate = format!("{}/activate", app.portal);
    let csrf = browser.get(&activate).await.field("csrf").unwrap();
    let fields = [
        ("lab_code", code.as_str()),
        ("birth_date", "13/05/1944"),
        ("csrf", &csrf),
    ];
    let wrong_date = browser.post(&activate, &fields).await;
    let fields = [
        ("lab_code", "ABCD-EFGH-JKMN-PQRS"),
        ("birth_date", "12/05/1944"),
        ("csrf", &csrf),
    ];
    let wrong_code = browser.post(&activate, &fields).await;
    assert_eq!((wrong_date.status.as_u16(), wrong_code.status.as_u16()), (401, 401));
    assert_eq!(wrong_date.element("error"), wrong_code.element("error"));
    let fields = [("lab_code", code.as_str()), ("birth_date", "the 12th"), ("csrf", &csrf)];
    assert_eq!(
        browser.post(&activate, &fields).await.status,
        422,
        "what is no date is said to be none"
    );

    let welcome = app.enrol(&mut browser, &mut patient, &code).await;
    assert_eq!(welcome.status, 200);
    assert_eq!(patient.recovery_codes.len(), 10);
    assert_eq!(
        browser.get(&format!("{}/account", app.portal)).await.status,
        200,
        "enrolled is signed in"
    );
    let mut thief = app.browser();
    let csrf = thief.get(&activate).await.field("csrf").unwrap();
    let fields = [
        ("lab_code", code.as_str()),
        ("birth_date", "12/05/1944"),
        ("csrf", &csrf),
    ];
    assert_eq!(
        thief.post(&activate, &fields).await.status,
        401,
        "a used code is worth nothing"
    );
    app.stop().await;
}

async fn an_abandoned_enrolment_changes_nothing_and_may_be_begun_again(app: TestApp) {
    let mut patient = app.patient("P-1", "1").await;
    let code = app.new_lab_code(&patient).await;
    let mut browser = app.browser();
    let activate = format!("{}/activate", app.portal);
    let csrf = browser.get(&activate).await.field("csrf").unwrap();
    let fields = [
        ("lab_code", code.as_str()),
        ("birth_date", "1944-05-12"),
        ("csrf", &csrf),
    ];
    let page = browser.post(&activate, &fields).await;
    assert!(browser.follow(page).await.text().contains("new_password"));
    let mut elsewhere = app.browser();
    app.sign_in(&mut elsewhere, &patient).await;
    app.enrol(&mut app.browser(), &mut patient, &code).await;
    let account = format!("{}/account", app.portal);
    assert_eq!(elsewhere.get(&account).await.status, 401, "new means end every session");
    assert!(
        browser.get(&account).await.status == 303,
        "a pending enrolment opens no page but its own"
    );
    app.stop().await;
}

async fn r09_r11_an_unfit_password_is_refused_with_the_reason(app: TestApp) {
    let (_, code) = app.imported("P-1", "1").await;
    let mut browser = app.browser();
    let activate = format!("{}/activate", app.portal);
    let csrf = browser.get(&activate).await.field("csrf").unwrap();
    let fields = [
        ("lab_code", code.as_str()),
        ("birth_date", "1944-05-12"),
        ("csrf", &csrf),
    ];
    browser.post(&activate, &fields).await;
    let mut reasons = std::collections::BTreeSet::new();
    for unfit in ["zqk1vw", "azertyuiop", "Lemaitre1944", "aaaaaaaaaaaa"] {
        let fields = [("new_password", unfit), ("csrf", &csrf)];
        let page = browser.post(&format!("{activate}/password"), &fields).await;
        assert_eq!(page.status, 422, "{unfit}");
        assert!(!page.text().contains(unfit), "what was typed is not sent back");
        reasons.insert(page.element("error").unwrap());
    }
    assert_eq!(reasons.len(), 4, "{reasons:?}");
    app.stop().await;
}

async fn a_lab_code_expires_and_allows_few_birth_dates(app: TestApp) {
    let activate = format!("{}/activate", app.portal);
    let (_, code) = app.imported("P-1", "1").await;
    let mut browser = app.browser();
    let csrf = browser.get(&activate).await.field("csrf").unwrap();
    for day in 1..=5 {
        let date = format!("{day:02}/01/1950");
        let fields = [("lab_code", code.as_str()), ("birth_date", &date), ("csrf", &csrf)];
        assert_eq!(browser.post(&activate, &fields).await.status, 401);
    }
    let right = |code| {
        [
            ("lab_code", code),
            ("birth_date", "1944-05-12"),
            ("csrf", csrf.as_str()),
        ]
    };
    assert_eq!(
        browser.post(&activate, &right(&code)).await.status,
        401,
        "five dates were enough"
    );
    let (_, code) = app.imported("P-2", "2").await;
    app.advance(Duration::from_secs(15 * 24 * 3600));
    assert_eq!(browser.post(&activate, &right(&code)).await.status, 401, "expired");
    app.stop().await;
}

async fn r26_recovery_codes_are_shown_until_they_are_kept(app: TestApp) {
    let (mut patient, code) = app.imported("P-1", "1").await;
    let mut browser = app.browser();
    let first = app.enrol(&mut browser, &mut patient, &code).await;
    let shown = first.element("recovery-codes").unwrap();
    let own = format!("{}/account/recovery-codes", app.portal);
    assert_eq!(first.url.as_str(), own, "the form was answered with a redirect");
    // A refresh, and whoever goes back to where they began.
    for again in [
        &own,
        &format!("{}/activate", app.portal),
        &format!("{}/activate/code", app.portal),
    ] {
        let page = browser.visit(again).await;
        assert_eq!(page.element("recovery-codes").as_ref(), Some(&shown), "{again}");
    }
    // They serve already, elsewhere; and nobody else sees them.
    let mut elsewhere = app.browser();
    let signed_in = app
        .attempt(&mut elsewhere, "P-1", &patient.password, &patient.recovery_codes[0])
        .await;
    assert_eq!(signed_in.status, 303, "{signed_in:?}");
    assert!(elsewhere.visit(&own).await.element("recovery-codes").is_none());
    assert!(app.browser().visit(&own).await.element("recovery-codes").is_none());

    let csrf = first.field("csrf").unwrap();
    let kept = browser.post(&own, &[("csrf", &csrf)]).await;
    assert_eq!(kept.status, 303);
    assert_eq!(browser.follow(kept).await.status, 200);
    assert!(browser.visit(&own).await.element("recovery-codes").is_none());
    let open = browser.visit(&format!("{}/activate", app.portal)).await;
    assert!(
        open.text().contains("href=\"/account\"") && open.field("lab_code").is_some(),
        "{open:?}"
    );
    app.stop().await;
}
