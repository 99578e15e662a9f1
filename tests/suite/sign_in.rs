//! The sign-in, from outside: code first, single use. That all refusals are one is shown by `enumeration.rs`.

use std::time::Duration;

use vestibule::crypto::totp::Step;
use vestibule::store::account::authenticators;

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::databases::on_both_databases;

on_both_databases![
    a_patient_signs_in_and_reads_their_own_record_only,
    no_stranger_makes_the_server_hash,
    r22_a_code_serves_once,
    r22_parallel_uses_of_one_code_give_one_session,
    a_mistyped_password_may_be_corrected_with_the_same_code_but_not_for_ever,
    r26_a_recovery_code_goes_in_the_code_field_and_uses_itself_up,
    r20_after_a_few_failures_the_next_try_waits_and_a_success_ends_it,
    r19_back_off_survives_a_restart,
    r38_r39_a_session_is_new_at_every_sign_in_and_ends_where_it_should,
    a_form_from_elsewhere_is_not_taken,
    a_clock_that_ran_ahead_keeps_no_holder_out,
];

async fn signed_in(browser: &mut Browser, app: &TestApp) -> bool {
    browser.get(&format!("{}/account", app.portal)).await.status == 200
}

async fn a_patient_signs_in_and_reads_their_own_record_only(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    let wanted = format!("{}/dossiers/102477/sommaire?page=1", app.site);
    let first = browser.get(&wanted).await;
    assert_eq!(first.status, 303, "without a session the person is led to the portal");
    assert!(
        first.location().starts_with(&format!("{}/login?", app.portal)),
        "{}",
        first.location()
    );
    let form = browser.follow(first).await;
    let hidden = |name| form.field(name).unwrap();
    let (csrf, site, to, via, code) = (
        hidden("csrf"),
        hidden("site"),
        hidden("to"),
        hidden("via"),
        app.code(&patient),
    );
    let fields = [
        ("identifier", patient.identifier.as_str()),
        ("password", &patient.password),
        ("code", &code),
        ("csrf", &csrf),
        ("site", &site),
        ("to", &to),
        ("via", &via),
    ];
    let answer = browser.post(&format!("{}/login", app.portal), &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let result = browser.follow(answer).await;
    assert_eq!(result.status, 200);
    assert_eq!(result.url.as_str(), wanted, "the person is where they were going");
    assert_eq!(result.header("cache-control"), Some("no-store"));
    for other in ["/dossiers/102478/sommaire", "/imprimer.php?dossier=102478"] {
        assert_eq!(
            browser.get(&format!("{}{other}", app.site)).await.status,
            403,
            "{other}"
        );
    }
    app.stop().await;
}

async fn no_stranger_makes_the_server_hash(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let before = app.metric("vestibule_password_hashes_total").await;
    let mut browser = app.browser();
    for n in 0..20 {
        app.attempt(&mut browser, &format!("P-9000{n}"), "password", "123456")
            .await;
    }
    app.attempt(&mut browser, &patient.identifier, &patient.password, "000000")
        .await;
    assert_eq!(app.metric("vestibule_password_hashes_total").await, before);
    assert!(app.metric("vestibule_sign_ins_total{result=\"refused\"}").await >= 21.0);
    app.sign_in(&mut browser, &patient).await;
    assert_eq!(app.metric("vestibule_password_hashes_total").await, before + 1.0);
    app.stop().await;
}

async fn r22_a_code_serves_once(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let code = app.code(&patient);
    let (mut one, mut two) = (app.browser(), app.browser());
    assert_eq!(
        app.attempt(&mut one, &patient.identifier, &patient.password, &code)
            .await
            .status,
        303
    );
    assert_eq!(
        app.attempt(&mut two, &patient.identifier, &patient.password, &code)
            .await
            .status,
        401
    );
    assert!(signed_in(&mut one, &app).await && !signed_in(&mut two, &app).await);
    app.advance(Duration::from_secs(30));
    assert_eq!(
        app.attempt(&mut two, &patient.identifier, &patient.password, &app.code(&patient))
            .await
            .status,
        303
    );
    app.stop().await;
}

async fn r22_parallel_uses_of_one_code_give_one_session(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let code = app.code(&patient);
    let attempts = (0..2).map(|_| async {
        let mut browser = app.browser();
        let status = app
            .attempt(&mut browser, &patient.identifier, &patient.password, &code)
            .await
            .status;
        (status.as_u16(), signed_in(&mut browser, &app).await)
    });
    let mut ends = futures_util::future::join_all(attempts).await;
    ends.sort_unstable();
    assert_eq!(ends, [(303, true), (401, false)]);
    app.stop().await;
}

async fn a_mistyped_password_may_be_corrected_with_the_same_code_but_not_for_ever(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let code = app.code(&patient);
    let mut browser = app.browser();
    for _ in 0..2 {
        assert_eq!(
            app.attempt(&mut browser, &patient.identifier, "mistyped", &code)
                .await
                .status,
            401
        );
    }
    assert_eq!(
        app.attempt(&mut browser, &patient.identifier, &patient.password, &code)
            .await
            .status,
        303
    );
    app.advance(Duration::from_secs(60));
    let code = app.code(&patient);
    let mut browser = app.browser();
    let hashes = app.metric("vestibule_password_hashes_total").await;
    for failure in 1..=3 {
        assert_eq!(
            app.attempt(&mut browser, &patient.identifier, "mistyped", &code)
                .await
                .status,
            401,
            "{failure}"
        );
    }
    app.advance(Duration::from_secs(21));
    let page = app
        .attempt(&mut browser, &patient.identifier, &patient.password, &code)
        .await;
    assert_eq!(
        page.status, 401,
        "after three failures the step is used up, even for the right password"
    );
    assert_eq!(app.metric("vestibule_password_hashes_total").await, hashes + 3.0);
    app.stop().await;
}

async fn r26_a_recovery_code_goes_in_the_code_field_and_uses_itself_up(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    assert_eq!(patient.recovery_codes.len(), 10);
    let code = patient.recovery_codes[3].to_lowercase().replace('-', " ");
    let mut browser = app.browser();
    assert_eq!(
        app.attempt(&mut browser, &patient.identifier, &patient.password, &code)
            .await
            .status,
        303
    );
    let account = browser.get(&format!("{}/account", app.portal)).await.text();
    assert!(account.contains("Il vous reste 9 codes de secours."), "{account}");
    let mut other = app.browser();
    assert_eq!(
        app.attempt(&mut other, &patient.identifier, &patient.password, &code)
            .await
            .status,
        401
    );
    app.stop().await;
}

async fn r20_after_a_few_failures_the_next_try_waits_and_a_success_ends_it(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    for _ in 0..5 {
        app.attempt(&mut browser, &patient.identifier, "x", "000000").await;
        app.advance(Duration::from_secs(45));
    }
    let page = app
        .attempt(
            &mut browser,
            &patient.identifier,
            &patient.password,
            &app.code(&patient),
        )
        .await;
    assert_eq!(page.status, 429);
    let seconds: u64 = page.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=80).contains(&seconds), "{seconds}");
    app.advance(Duration::from_secs(seconds));
    app.sign_in(&mut browser, &patient).await;
    let mut stranger = app.browser();
    for _ in 0..4 {
        app.attempt(&mut stranger, "P-unknown", "x", "000000").await;
    }
    let page = app.attempt(&mut stranger, "P-unknown", "x", "000000").await;
    assert_eq!(
        page.status, 429,
        "an identifier that does not exist waits just the same"
    );
    app.stop().await;
}

async fn r19_back_off_survives_a_restart(app: TestApp) {
    let mut app = app;
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    for _ in 0..3 {
        app.attempt(&mut browser, &patient.identifier, "x", "000000").await;
    }
    app.restart().await;
    let mut browser = app.browser();
    let page = app
        .attempt(
            &mut browser,
            &patient.identifier,
            &patient.password,
            &app.code(&patient),
        )
        .await;
    assert_eq!(page.status, 429);
    app.stop().await;
}

async fn r38_r39_a_session_is_new_at_every_sign_in_and_ends_where_it_should(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let account = format!("{}/account", app.portal);
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    let first = browser.cookie("localhost", "__Host-vst_session").unwrap().clone();
    app.advance(Duration::from_secs(30));
    app.sign_in(&mut browser, &patient).await;
    let second = browser.cookie("localhost", "__Host-vst_session").unwrap().clone();
    assert_ne!(first, second);
    let mut old = app.browser();
    old.jar
        .entry("localhost".to_owned())
        .or_default()
        .insert("__Host-vst_session".to_owned(), first);
    assert_eq!(
        old.get(&account).await.status,
        401,
        "the earlier session of this browser is over"
    );
    app.advance(Duration::from_secs(29 * 60));
    assert_eq!(browser.get(&account).await.status, 200);
    app.advance(Duration::from_secs(31 * 60));
    assert_eq!(
        browser.get(&account).await.status,
        401,
        "half an hour of idleness ends it"
    );
    app.stop().await;
}

async fn a_form_from_elsewhere_is_not_taken(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    let csrf = browser
        .get(&format!("{}/login", app.portal))
        .await
        .field("csrf")
        .unwrap();
    let code = app.code(&patient);
    let fields = |csrf| {
        [
            ("identifier", patient.identifier.as_str()),
            ("password", patient.password.as_str()),
            ("code", code.as_str()),
            ("csrf", csrf),
        ]
    };
    let login = format!("{}/login", app.portal);
    assert_eq!(browser.post(&login, &fields("")).await.status, 403);
    assert_eq!(
        app.browser().post(&login, &fields(&csrf)).await.status,
        403,
        "another browser's form"
    );
    browser
        .headers
        .push(("Origin".to_owned(), "https://evil.example".to_owned()));
    assert_eq!(browser.post(&login, &fields(&csrf)).await.status, 403);
    browser.headers.clear();
    browser
        .headers
        .push(("Sec-Fetch-Site".to_owned(), "cross-site".to_owned()));
    assert_eq!(browser.post(&login, &fields(&csrf)).await.status, 403);
    browser.headers.clear();
    assert_eq!(browser.post(&login, &fields(&csrf)).await.status, 303);
    app.stop().await;
}

async fn a_clock_that_ran_ahead_keeps_no_holder_out(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let step = app.now().unix_seconds() / 30;
    for (ahead, status) in [(1, 401), (120, 303)] {
        let mut tx = app.core.db.begin().await.unwrap();
        let used = Step::from_number(step + ahead);
        assert!(
            authenticators::try_step(&mut tx, &app.lab(), patient.account, used)
                .await
                .unwrap()
        );
        assert!(
            authenticators::consume_step(&mut tx, &app.lab(), patient.account, used)
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();
        let code = app.code(&patient);
        let page = app
            .attempt(&mut app.browser(), &patient.identifier, &patient.password, &code)
            .await;
        assert_eq!(page.status, status, "{ahead}");
    }
    let code = app.code(&patient);
    let again = app
        .attempt(&mut app.browser(), &patient.identifier, &patient.password, &code)
        .await;
    assert_eq!(again.status, 401, "R-22: each once");
    app.stop().await;
}
