//! Passkeys: added after being asked again, a complete sign-in by themselves, refused in one way.

use std::time::Duration;

use serde_json::json;
use vestibule::admin::operators as staff;
use vestibule::domain::account::AccountState;
use vestibule::domain::audit::Actor;
use vestibule::domain::operator::Role;
use vestibule::store::{accounts, audit, canaries, passkeys, throttle};

use crate::support::app::{TestApp, Wish};
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::oathtool;
use crate::support::operator::hire;
use crate::support::passkey::{SoftKey, options};
use crate::support::patient::{PASSWORD, Patient};

on_both_databases![
    r23_a_passkey_signs_in_with_nothing_typed,
    r40_a_passkey_is_added_and_removed_only_after_password_and_code,
    r40_asking_again_counts_in_the_identifiers_bucket,
    r23_what_a_passkey_signed_serves_once_here_and_now,
    r23_parallel_answers_to_one_challenge_give_one_session,
    r23_a_wrong_page_and_an_unverified_person_are_refused,
    r23_a_copied_passkey_is_refused,
    r23_a_removed_passkey_and_a_disabled_account_are_refused_alike,
    r06_a_canary_with_a_passkey_opens_an_incident_and_nothing_else,
    r14_a_listed_account_is_held_for_a_new_password,
    r14_a_disabled_password_and_a_passkey_ask_for_a_new_password_alone,
    r20_a_passkey_is_a_way_in_while_strangers_hammer_the_identifier,
    enrolment_by_lab_code_ends_every_passkey_and_a_rotation_none,
    an_account_has_twenty_passkeys_and_no_more,
    nothing_of_a_passkey_is_readable_in_the_database,
];

async fn signed_in(browser: &mut Browser, app: &TestApp) -> bool {
    browser.get(&format!("{}/account", app.portal)).await.status == 200
}

async fn trail(app: &TestApp) -> Vec<audit::Stored> {
    let mut tx = app.core.db.begin_read().await.unwrap();
    let found = audit::find_newest(&mut tx, &app.lab(), 200).await.unwrap();
    tx.commit().await.unwrap();
    found
}

async fn causes(app: &TestApp) -> Vec<String> {
    let refused = trail(app)
        .await
        .into_iter()
        .filter(|event| event.kind == "passkey-refused");
    let detail = |event: audit::Stored| serde_json::from_str::<serde_json::Value>(&event.detail).unwrap();
    let mut causes: Vec<String> = refused
        .map(|event| detail(event)["cause"].as_str().unwrap().to_owned())
        .collect();
    // What happens at one moment of the test's clock has no order.
    causes.sort();
    causes
}

/// What a stranger can see of a refusal, but for what changes with every request.
fn seen(page: &Page) -> (u16, String, Vec<(String, String)>) {
    let csrf = page.field("csrf").unwrap();
    let headers = page.headers.iter().filter(|(name, _)| *name != "date");
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let mut headers: Vec<_> = headers.collect();
    headers.sort();
    (page.status.as_u16(), page.text().replace(&csrf, "CSRF"), headers)
}

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

async fn lines(app: &TestApp, patient: &Patient) -> Vec<passkeys::Line> {
    let mut tx = app.core.db.begin_read().await.unwrap();
    let found = passkeys::find(&mut tx, &app.core.sealer, &app.lab(), patient.account)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    found
}

async fn r40_a_passkey_is_added_and_removed_only_after_password_and_code(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    let (add, new) = ("/account/passkeys/add", format!("{}/account/passkeys/new", app.portal));
    assert_eq!(
        browser.get(&new).await.location(),
        "/account/passkeys",
        "nobody was asked again"
    );
    app.advance(Duration::from_secs(30));
    let code = app.code(&patient);
    let hashes = app.metric("vestibule_password_hashes_total").await;
    let wrong_code = app.again(&mut browser, add, &patient.password, "000000", &[]).await;
    assert_eq!(
        app.metric("vestibule_password_hashes_total").await,
        hashes,
        "the code comes first"
    );
    let wrong_password = app.again(&mut browser, add, "not this one", &code, &[]).await;
    assert_eq!(wrong_code.status, 401);
    assert_eq!(
        seen(&wrong_code),
        seen(&wrong_password),
        "which of the two was wrong is not said"
    );
    let right = app.again(&mut browser, add, &patient.password, &code, &[]).await;
    assert_eq!(
        (right.status.as_u16(), right.location()),
        (303, "/account/passkeys/new")
    );
    let again = app.again(&mut browser, add, &patient.password, &code, &[]).await;
    assert_eq!(again.status, 401, "the code is used up");
    // What was begun is of no use to anybody else's session, nor after five minutes.
    let other = app.patient("P-2", "2").await;
    let mut stranger = app.browser();
    app.sign_in(&mut stranger, &other).await;
    let token = browser.cookie("localhost", "__Host-vst_passkey").unwrap().clone();
    let jar = stranger.jar.get_mut("localhost").unwrap();
    jar.insert("__Host-vst_passkey".to_owned(), token);
    assert_eq!(stranger.get(&new).await.location(), "/account/passkeys");
    assert_eq!(browser.get(&new).await.status, 200);
    app.advance(Duration::from_secs(300));
    assert_eq!(browser.get(&new).await.location(), "/account/passkeys");

    app.add_passkey(&mut browser, &patient, "one").await;
    let handle = lines(&app, &patient).await[0].id.to_string();
    let remove = "/account/passkeys/remove";
    let which = [("passkey", handle.as_str())];
    let shown = browser.get(&format!("{}{remove}?passkey={handle}", app.portal)).await;
    assert_eq!(
        (shown.status.as_u16(), shown.field("passkey")),
        (200, Some(handle.clone()))
    );
    app.advance(Duration::from_secs(30));
    let page = app
        .again(&mut browser, remove, "not this one", &app.code(&patient), &which)
        .await;
    assert_eq!((page.status.as_u16(), lines(&app, &patient).await.len()), (401, 1));
    app.advance(Duration::from_secs(30));
    let (code, password) = (app.code(&other), other.password.clone());
    let page = app.again(&mut stranger, remove, &password, &code, &which).await;
    assert_eq!(page.status, 404, "somebody else's does not exist");
    let page = app
        .again(&mut browser, remove, &patient.password, &app.code(&patient), &which)
        .await;
    assert_eq!(
        (page.status.as_u16(), page.location()),
        (303, "/account/passkeys?removed"),
        "{page:?}"
    );
    assert!(lines(&app, &patient).await.is_empty());
    let kinds: Vec<String> = trail(&app).await.into_iter().map(|event| event.kind).collect();
    for kind in ["passkey-removed", "passkey-added", "step-up-refused"] {
        assert!(kinds.iter().any(|found| found == kind), "{kind}: {kinds:?}");
    }
    app.stop().await;
}

async fn r40_asking_again_counts_in_the_identifiers_bucket(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    for _ in 0..3 {
        let page = app
            .again(&mut browser, "/account/passkeys/add", "x", "000000", &[])
            .await;
        assert_eq!(page.status, 401);
    }
    let page = app
        .again(&mut browser, "/account/passkeys/add", "x", "000000", &[])
        .await;
    assert_eq!(page.status, 429);
    assert!(page.header("retry-after").is_some() && page.element("error").is_some());
    let page = app
        .attempt(&mut app.browser(), &patient.identifier, "x", "000000")
        .await;
    assert_eq!(page.status, 429, "it is one bucket");
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
    // A key that nobody has, somebody else's name on it, and no answer at all.
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

async fn r23_a_removed_passkey_and_a_disabled_account_are_refused_alike(app: TestApp) {
    let (patient, mut key) = app.patient_with_passkey("P-102477", "102477").await;
    set_state(&app, &patient, AccountState::Disabled).await;
    let disabled = app.sign_in_with(&mut app.browser(), &mut key).await;
    assert_eq!(disabled.status, 401);
    set_state(&app, &patient, AccountState::Active).await;
    assert_eq!(app.sign_in_with(&mut app.browser(), &mut key).await.status, 303);
    let mut tx = app.core.db.begin().await.unwrap();
    passkeys::delete_all(&mut tx, &app.lab(), patient.account)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let removed = app.sign_in_with(&mut app.browser(), &mut key).await;
    assert_eq!(seen(&removed), seen(&disabled));
    assert_eq!(causes(&app).await, ["not-active", "unknown"]);
    app.stop().await;
}

async fn set_state(app: &TestApp, patient: &Patient, state: AccountState) {
    let mut tx = app.core.db.begin().await.unwrap();
    accounts::set_state(&mut tx, &app.lab(), patient.account, state, app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
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

async fn enrolment_by_lab_code_ends_every_passkey_and_a_rotation_none(app: TestApp) {
    let (mut patient, mut key) = app.patient_with_passkey("P-102477", "102477").await;
    let code = app.new_lab_code(&patient).await;
    app.enrol(&mut app.browser(), &mut patient, &code).await;
    assert!(lines(&app, &patient).await.is_empty());
    assert_eq!(app.sign_in_with(&mut app.browser(), &mut key).await.status, 401);
    app.stop().await;
}

async fn an_account_has_twenty_passkeys_and_no_more(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    let mut first = None;
    for number in 1..=20 {
        let key = app.add_passkey(&mut browser, &patient, &format!("n° {number}")).await;
        first.get_or_insert(key);
    }
    app.advance(Duration::from_secs(30));
    let code = app.code(&patient);
    let page = app
        .again(&mut browser, "/account/passkeys/add", &patient.password, &code, &[])
        .await;
    assert_eq!(page.location(), "/account/passkeys");
    assert!(!browser.follow(page).await.text().contains("/account/passkeys/add"));
    assert_eq!(lines(&app, &patient).await.len(), 20);
    let mut first = first.unwrap();
    assert_eq!(app.sign_in_with(&mut app.browser(), &mut first).await.status, 303);
    app.stop().await;
}

async fn nothing_of_a_passkey_is_readable_in_the_database(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    let key = app.add_passkey(&mut browser, &patient, "a name to look for").await;
    assert_ne!(
        key.handle.as_slice(),
        patient.account.as_bytes(),
        "authenticators learn no id of ours"
    );
    let rows: Vec<Vec<u8>> = match &app.core.db {
        vestibule::store::Db::Sqlite { writer, .. } => {
            let sql = "SELECT CAST(hex(credential) || hex(name) || hex(credential_index) AS BLOB) FROM passkeys";
            sqlx::query_scalar(sql).fetch_all(writer).await.unwrap()
        }
        vestibule::store::Db::Postgres(pool) => {
            let sql =
                "SELECT convert_to(upper(encode(credential || name || credential_index, 'hex')), 'UTF8') FROM passkeys";
            sqlx::query_scalar(sql).fetch_all(pool).await.unwrap()
        }
    };
    let row = String::from_utf8(rows.concat()).unwrap();
    assert!(row.len() > 200);
    let hex = |bytes: &[u8]| data_encoding::HEXUPPER.encode(bytes);
    for secret in [hex(b"a name to look for"), hex(b"cred_id"), hex(&key.handle)] {
        assert!(!row.contains(&secret));
    }
    app.stop().await;
}

/// A server whose role `security` takes a passkey.
async fn strict() -> TestApp {
    TestApp::wishing(Wish {
        security_passkey: true,
        ..Wish::default()
    })
    .await
}

#[actix_web::test]
async fn r23_the_role_security_takes_a_session_opened_with_a_passkey() {
    if !oathtool::present() {
        return;
    }
    let app = strict().await;
    let colleague = hire(&app.core, "claire", &[("port", Role::Security)]).await;
    let mut browser = app.at_desk(&colleague).await;
    let desk = |path: &str| format!("{}/desk{path}", app.portal);
    let home = browser.get(&desk("")).await;
    assert!(
        home.text().contains("/desk/passkeys") && home.text().contains("class=\"notice\""),
        "{home:?}"
    );
    assert_eq!(browser.get(&desk("/leaks/new")).await.status, 403);
    assert_eq!(browser.get(&desk("/leaks")).await.status, 200, "as the desk");
    // One is added at the desk, and signs in there alone.
    app.advance(Duration::from_secs(60));
    let csrf = browser.get(&desk("/passkeys/add")).await.field("csrf").unwrap();
    let code = colleague.code(&app.core);
    let fields = [("csrf", csrf.as_str()), ("password", PASSWORD), ("code", &code)];
    let page = browser.post(&desk("/passkeys/add"), &fields).await;
    let page = browser.follow(page).await;
    let mut key = SoftKey::new(&app.portal);
    let answer = key.create(&options(&page));
    let fields = [("csrf", csrf.as_str()), ("name", ""), ("answer", &answer)];
    let page = browser.post(&desk("/passkeys/new"), &fields).await;
    assert_eq!(page.location(), "/desk/passkeys?added", "{page:?}");
    assert_eq!(
        app.sign_in_with(&mut app.browser(), &mut key).await.status,
        401,
        "not the portal's"
    );
    let mut browser = app.browser();
    let csrf = browser.get(&desk("/login")).await.field("csrf").unwrap();
    let asked = browser.post(&desk("/login/passkey"), &[("csrf", &csrf)]).await;
    let (challenge, answer) = (asked.field("challenge").unwrap(), key.get(&options(&asked)));
    let fields = [("csrf", csrf.as_str()), ("challenge", &challenge), ("answer", &answer)];
    let page = browser.post(&desk("/login/passkey/answer"), &fields).await;
    assert_eq!(page.location(), "/desk", "{page:?}");
    let home = browser.get(&desk("")).await;
    assert!(!home.text().contains("class=\"notice\""), "{home:?}");
    assert_eq!(browser.get(&desk("/leaks/new")).await.status, 200);
    // Whoever has no role here finds no page.
    let lab = app.lab();
    staff::set_role(&app.core, &colleague.name, &lab, None, &Actor::Vestibule)
        .await
        .unwrap();
    assert_eq!(browser.get(&desk("/passkeys")).await.status, 404);
    app.stop().await;
}

#[actix_web::test]
async fn r40_nobody_adds_a_passkey_without_a_session() {
    if !oathtool::present() {
        return;
    }
    let app = TestApp::start().await;
    let (patient, _) = app.patient_with_passkey("P-1", "1").await;
    let mut stranger = app.browser();
    let csrf = stranger
        .get(&format!("{}/login", app.portal))
        .await
        .field("csrf")
        .unwrap();
    let code = app.code(&patient);
    let fields = [
        ("csrf", csrf.as_str()),
        ("password", &patient.password),
        ("code", &code),
    ];
    let page = stranger
        .post(&format!("{}/account/passkeys/add", app.portal), &fields)
        .await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/login"));
    let fields = json!({ "csrf": csrf });
    let page = stranger
        .post(
            &format!("{}/account/passkeys/new", app.portal),
            &[("csrf", fields["csrf"].as_str().unwrap())],
        )
        .await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/login"));
    app.stop().await;
}
