//! A complete sign-in by a passkey alone.

use std::time::Duration;

use vestibule::store::sign_in::throttle;

use super::{causes, lines, seen, signed_in, trail};
use crate::support::app::TestApp;
use crate::support::browser::Page;
use crate::support::databases::on_both_databases;
use crate::support::passkey::options;

on_both_databases![
    r23_a_passkey_signs_in_with_nothing_typed,
    r23_what_a_passkey_signed_serves_once_here_and_now,
    r23_parallel_answers_to_one_challenge_give_one_session,
    r23_a_copied_passkey_is_refused,
    r20_a_passkey_is_a_way_in_while_strangers_hammer_the_identifier,
];

async fn r23_a_passkey_signs_in_with_nothing_typed(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    let mut key = app.add_passkey(&mut browser, &patient, "Téléphone <b>").await;
    let list = browser.get(&format!("{}/account/passkeys", app.portal)).await;
    assert!(list.text().contains("Téléphone &#60;b&#62;"), "{list:?}");
    let hashes = app.metric("vestibule_password_hashes_total").await;
    let mut elsewhere = app.browser();
    let page = app.sign_in_with(&mut elsewhere, &mut key).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/account"), "{page:?}");
    assert!(signed_in(&mut elsewhere, &app).await);
    assert_eq!(app.metric("vestibule_password_hashes_total").await, hashes);
    let trail = trail(&app).await;
    assert!(
        trail
            .iter()
            .any(|event| event.kind == "passkey-added" && event.account == Some(patient.account))
    );
    assert!(
        trail
            .iter()
            .any(|event| event.kind == "signed-in" && event.detail.contains("\"passkey\""))
    );
    let [line] = &lines(&app, &patient).await[..] else {
        panic!("one passkey");
    };
    assert_eq!(line.last_used_at, Some(app.now()));
    // Towards a page of a site, as a sign-in with a password.
    let mut elsewhere = app.browser();
    let login = elsewhere.visit(&format!("{}/dossiers/102477/sommaire", app.site)).await;
    let field = |page: &Page, name| page.field(name).unwrap();
    let [csrf, site, to, via] = ["csrf", "site", "to", "via"].map(|name| field(&login, name));
    let destination = [("site", site.as_str()), ("to", &to), ("via", &via)];
    let fields = [&destination[..], &[("csrf", &csrf)]].concat();
    let asked = elsewhere.post(&format!("{}/login/passkey", app.portal), &fields).await;
    let (challenge, answer) = (field(&asked, "challenge"), key.get(&options(&asked)));
    assert_eq!(field(&asked, "to"), to);
    let fields = [
        &destination[..],
        &[("csrf", &csrf), ("challenge", &challenge), ("answer", &answer)],
    ]
    .concat();
    let page = elsewhere
        .post(&format!("{}/login/passkey/answer", app.portal), &fields)
        .await;
    assert!(
        page.location().starts_with(&format!("{}/.vestibule/enter?", app.site)),
        "{page:?}"
    );
    let page = elsewhere.follow(page).await;
    assert_eq!(page.url.path(), "/dossiers/102477/sommaire");
    app.stop().await;
}

async fn r23_what_a_passkey_signed_serves_once_here_and_now(app: TestApp) {
    let (_, mut key) = app.patient_with_passkey("P-102477", "102477").await;
    // Used before.
    let mut browser = app.browser();
    let asked = app.ask_for_passkey(&mut browser).await;
    let answer = key.get(&options(&asked));
    assert_eq!(app.answer_passkey(&mut browser, &asked, &answer).await.status, 303);
    let replayed = app.answer_passkey(&mut browser, &asked, &answer).await;
    assert_eq!(replayed.status, 401);
    // Another challenge of the same browser.
    let next = app.ask_for_passkey(&mut browser).await;
    assert_eq!(app.answer_passkey(&mut browser, &next, &answer).await.status, 401);
    // Asked of another browser: its form is not ours, and neither is its challenge.
    let (mut one, mut two) = (app.browser(), app.browser());
    let asked = app.ask_for_passkey(&mut one).await;
    let answer = key.get(&options(&asked));
    assert_eq!(app.answer_passkey(&mut two, &asked, &answer).await.status, 403);
    let own = app.ask_for_passkey(&mut two).await;
    let (csrf, challenge) = (own.field("csrf").unwrap(), asked.field("challenge").unwrap());
    let fields = [("csrf", csrf.as_str()), ("challenge", &challenge), ("answer", &answer)];
    let foreign = two.post(&format!("{}/login/passkey/answer", app.portal), &fields).await;
    assert_eq!(seen(&foreign), seen(&replayed));
    assert!(!signed_in(&mut two, &app).await);
    // Too late.
    app.advance(Duration::from_secs(300));
    let late = app.answer_passkey(&mut one, &asked, &answer).await;
    assert_eq!(seen(&late), seen(&replayed));
    assert_eq!(causes(&app).await, ["challenge", "challenge", "challenge", "signature"]);
    app.stop().await;
}

async fn r23_parallel_answers_to_one_challenge_give_one_session(app: TestApp) {
    let (_, mut key) = app.patient_with_passkey("P-102477", "102477").await;
    let mut browser = app.browser();
    let asked = app.ask_for_passkey(&mut browser).await;
    let answer = key.get(&options(&asked));
    let jar = browser.jar.clone();
    let answers = (0..2).map(|_| async {
        let mut browser = app.browser();
        browser.jar = jar.clone();
        app.answer_passkey(&mut browser, &asked, &answer).await.status.as_u16()
    });
    let mut ends = futures_util::future::join_all(answers).await;
    ends.sort_unstable();
    assert_eq!(ends, [303, 401]);
    app.stop().await;
}

async fn r23_a_copied_passkey_is_refused(app: TestApp) {
    let (patient, mut key) = app.patient_with_passkey("P-102477", "102477").await;
    key.counter = 41;
    assert_eq!(app.sign_in_with(&mut app.browser(), &mut key).await.status, 303);
    assert_eq!(app.sign_in_with(&mut app.browser(), &mut key).await.status, 303);
    // The copy has not counted since.
    key.counter = 41;
    let page = app.sign_in_with(&mut app.browser(), &mut key).await;
    assert_eq!(page.status, 401);
    let trail = trail(&app).await;
    let refused = trail.iter().find(|event| event.kind == "passkey-refused").unwrap();
    assert_eq!(refused.account, Some(patient.account));
    assert_eq!(causes(&app).await, ["cloned"]);
    key.counter = 43;
    assert_eq!(app.sign_in_with(&mut app.browser(), &mut key).await.status, 303);
    app.stop().await;
}

async fn r20_a_passkey_is_a_way_in_while_strangers_hammer_the_identifier(app: TestApp) {
    let (patient, mut key) = app.patient_with_passkey("P-102477", "102477").await;
    // A week of strangers: a day's failures, and more in a row than there may ever be.
    let index = app.core.identifier_index(
        &app.lab(),
        &vestibule::domain::identifier::Identifier::parse(&patient.identifier).unwrap(),
    );
    let mut tx = app.core.db.begin().await.unwrap();
    let mut backoff = throttle::lock(&mut tx, &app.lab(), &index, app.now()).await.unwrap();
    for hours in (0..150).rev() {
        backoff = backoff.with_attempt(app.now().minus(Duration::from_secs(hours * 3600)));
    }
    throttle::store(&mut tx, &app.lab(), &index, &backoff).await.unwrap();
    tx.commit().await.unwrap();
    let by_password = app
        .attempt(
            &mut app.browser(),
            &patient.identifier,
            &patient.password,
            &app.code(&patient),
        )
        .await;
    assert_eq!(by_password.status, 429);
    assert_eq!(app.sign_in_with(&mut app.browser(), &mut key).await.status, 303);
    let stranger = app
        .attempt(&mut app.browser(), &patient.identifier, "x", "000000")
        .await;
    assert_eq!(stranger.status, 429, "a stranger is told what they were told before");
    // A day later the row of failures would have closed the account's means for good.
    app.advance(Duration::from_secs(25 * 3600));
    app.sign_in(&mut app.browser(), &patient).await;
    app.stop().await;
}
