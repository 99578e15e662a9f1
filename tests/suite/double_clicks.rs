//! Two clicks on one button: the browser drops the first answer, and the second click must get it all the same.

use std::sync::Arc;
use std::time::Duration;

use vestibule::admin::installation;
use vestibule::auth::second_click::{self, FirstClick, Turn};
use vestibule::config::Config;
use vestibule::kernel::clock::Timestamp;
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::store::sign_in::{devices, sessions};

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::oathtool;
use crate::support::patient::Patient;

const SESSION: &str = "__Host-vst_session";
const PENDING: &str = "__Host-vst_pending";
const NEW: &str = "quatre hérissons jouent au loto";

on_both_databases![
    two_clicks_on_sign_in_are_one_sign_in,
    a_second_click_is_answered_though_the_first_was_given_up,
    two_clicks_with_a_recovery_code_use_up_one,
    two_clicks_at_the_end_of_an_enrolment_show_the_same_codes,
    two_clicks_on_recovery_and_on_a_new_password_lose_nothing,
    after_ten_seconds_and_in_another_browser_a_code_is_used_up,
    what_was_refused_is_looked_at_again,
    a_second_server_waits_for_the_first,
];

/// The same browser, for the click that it cannot take back.
fn twin(app: &TestApp, browser: &Browser) -> Browser {
    let mut twin = app.browser();
    twin.jar = browser.jar.clone();
    twin
}

/// Two clicks, so far apart. The browser goes on with the answer to the second.
async fn click_twice(
    app: &TestApp,
    browser: &mut Browser,
    path: &str,
    fields: &[(&str, &str)],
    apart: Duration,
) -> (Page, Page) {
    let url = format!("{}{path}", app.portal);
    let mut first = twin(app, browser);
    let second = async {
        tokio::time::sleep(apart).await;
        browser.post(&url, fields).await
    };
    futures_util::join!(first.post(&url, fields), second)
}

async fn csrf(app: &TestApp, browser: &mut Browser, path: &str) -> String {
    let page = browser.visit(&format!("{}{path}", app.portal)).await;
    page.field("csrf").unwrap_or_else(|| panic!("{page:?}"))
}

fn cookie(page: &Page, name: &str) -> String {
    let sent = page.headers.get_all("set-cookie").map(|value| value.to_str().unwrap());
    let found: Vec<&str> = sent.filter(|cookie| cookie.starts_with(&format!("{name}="))).collect();
    assert_eq!(found.len(), 1, "{page:?}");
    found[0].to_owned()
}

async fn sessions_and_devices(app: &TestApp, patient: &Patient) -> (usize, usize) {
    let mut tx = app.core.db.begin_read().await.unwrap();
    let sessions = sessions::find_open(&mut tx, &app.lab(), patient.account).await.unwrap();
    let devices = devices::find(&mut tx, &app.lab(), patient.account, Timestamp::from_seconds(0))
        .await
        .unwrap();
    (sessions.len(), devices.len())
}

async fn two_clicks_on_sign_in_are_one_sign_in(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    for apart in [0, 5, 40, 200, 600] {
        let before = sessions_and_devices(&app, &patient).await;
        let mut browser = app.browser();
        let (csrf, code) = (csrf(&app, &mut browser, "/login").await, app.code(&patient));
        let fields = [
            ("identifier", "P-1"),
            ("password", patient.password.as_str()),
            ("code", &code),
            ("csrf", &csrf),
        ];
        let apart = Duration::from_millis(apart);
        let (first, second) = click_twice(&app, &mut browser, "/login", &fields, apart).await;
        assert_eq!(
            (first.status.as_u16(), second.status.as_u16()),
            (303, 303),
            "{apart:?}: {second:?}"
        );
        assert_eq!(cookie(&first, SESSION), cookie(&second, SESSION), "{apart:?}");
        assert_eq!(first.location(), second.location());
        let after = sessions_and_devices(&app, &patient).await;
        assert_eq!(
            after,
            (before.0 + 1, before.1 + 1),
            "one session, one device: {apart:?}"
        );
        assert_eq!(browser.get(&format!("{}/account", app.portal)).await.status, 200);
        app.advance(Duration::from_secs(60));
    }
    app.stop().await;
}

async fn a_second_click_is_answered_though_the_first_was_given_up(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    for given_up_after in [1, 4, 15] {
        let mut browser = app.browser();
        let (csrf, code) = (csrf(&app, &mut browser, "/login").await, app.code(&patient));
        let fields = [
            ("identifier", "P-1"),
            ("password", patient.password.as_str()),
            ("code", &code),
            ("csrf", &csrf),
        ];
        let url = format!("{}/login", app.portal);
        {
            let mut first = twin(&app, &browser);
            let patience = Duration::from_millis(given_up_after);
            // Either way the answer is lost.
            let _ = tokio::time::timeout(patience, first.post(&url, &fields)).await;
        }
        let answer = browser.post(&url, &fields).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        assert_eq!(browser.get(&format!("{}/account", app.portal)).await.status, 200);
        app.advance(Duration::from_secs(60));
    }
    app.stop().await;
}

async fn two_clicks_with_a_recovery_code_use_up_one(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut browser = app.browser();
    let csrf = csrf(&app, &mut browser, "/login").await;
    let fields = [
        ("identifier", "P-1"),
        ("password", patient.password.as_str()),
        ("code", &patient.recovery_codes[0]),
        ("csrf", &csrf),
    ];
    let (first, second) = click_twice(&app, &mut browser, "/login", &fields, Duration::from_millis(30)).await;
    assert_eq!(cookie(&first, SESSION), cookie(&second, SESSION));
    app.stop().await;
}

async fn two_clicks_at_the_end_of_an_enrolment_show_the_same_codes(app: TestApp) {
    for apart in [0, 100, 600] {
        let (patient, lab_code) = app.imported(&format!("P-{apart}"), &apart.to_string()).await;
        let mut browser = app.browser();
        let csrf = csrf(&app, &mut browser, "/activate").await;
        let fields = [
            ("lab_code", lab_code.as_str()),
            ("birth_date", &patient.birth_date),
            ("csrf", &csrf),
        ];
        let (.., begun) = click_twice(&app, &mut browser, "/activate", &fields, Duration::ZERO).await;
        assert_eq!(begun.status, 303, "{begun:?}");
        let fields = [("new_password", NEW), ("csrf", &csrf)];
        let (.., chosen) = click_twice(&app, &mut browser, "/activate/password", &fields, Duration::ZERO).await;
        let page = browser.follow(chosen).await;
        let secret = page.element("totp-secret").unwrap_or_else(|| panic!("{page:?}"));
        let code = oathtool::code(&secret, app.now().unix_seconds());
        let fields = [("code", code.as_str()), ("csrf", &csrf)];
        let apart = Duration::from_millis(apart);
        let (first, second) = click_twice(&app, &mut browser, "/activate/code", &fields, apart).await;
        assert_eq!(cookie(&first, SESSION), cookie(&second, SESSION), "{apart:?}");
        let page = browser.follow(second).await;
        assert!(page.element("recovery-codes").is_some(), "{page:?}");
        assert_eq!(sessions_and_devices(&app, &patient).await, (1, 1));
    }
    app.stop().await;
}

async fn two_clicks_on_recovery_and_on_a_new_password_lose_nothing(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut browser = app.browser();
    let (csrf, code) = (csrf(&app, &mut browser, "/recover").await, app.code(&patient));
    let fields = [
        ("identifier", "P-1"),
        ("code", code.as_str()),
        ("recovery_code", &patient.recovery_codes[3]),
        ("csrf", &csrf),
    ];
    let (first, second) = click_twice(&app, &mut browser, "/recover", &fields, Duration::from_millis(20)).await;
    assert_eq!(cookie(&first, PENDING), cookie(&second, PENDING));
    let fields = [("new_password", NEW), ("csrf", csrf.as_str())];
    let (first, second) = click_twice(&app, &mut browser, "/password", &fields, Duration::from_millis(20)).await;
    assert_eq!(cookie(&first, SESSION), cookie(&second, SESSION));
    assert_eq!(browser.get(&format!("{}/account", app.portal)).await.status, 200);
    app.stop().await;
}

async fn after_ten_seconds_and_in_another_browser_a_code_is_used_up(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let (mut browser, recovery_code) = (app.browser(), &patient.recovery_codes[0]);
    let csrf = csrf(&app, &mut browser, "/login").await;
    let fields = [
        ("identifier", "P-1"),
        ("password", patient.password.as_str()),
        ("code", recovery_code),
        ("csrf", &csrf),
    ];
    let url = format!("{}/login", app.portal);
    assert_eq!(browser.post(&url, &fields).await.status, 303);
    let elsewhere = app
        .attempt(&mut app.browser(), "P-1", &patient.password, recovery_code)
        .await;
    assert_eq!(elsewhere.status, 401);
    app.advance(Duration::from_secs(9));
    assert_eq!(browser.post(&url, &fields).await.status, 303);
    app.advance(Duration::from_secs(2));
    assert_eq!(browser.post(&url, &fields).await.status, 401);
    app.stop().await;
}

async fn what_was_refused_is_looked_at_again(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut browser = app.browser();
    let (csrf, late) = (csrf(&app, &mut browser, "/login").await, {
        let next = app.now().plus(Duration::from_secs(60)).unix_seconds();
        oathtool::code(&patient.secret, next)
    });
    let fields = [
        ("identifier", "P-1"),
        ("password", patient.password.as_str()),
        ("code", &late),
        ("csrf", &csrf),
    ];
    let url = format!("{}/login", app.portal);
    assert_eq!(browser.post(&url, &fields).await.status, 401, "a code of the future");
    app.advance(Duration::from_secs(60));
    assert_eq!(
        browser.post(&url, &fields).await.status,
        303,
        "the same form, now right"
    );
    app.stop().await;
}

async fn a_second_server_waits_for_the_first(app: TestApp) {
    let config = Config::clone(&app.core.config);
    let other = installation::open(config, Arc::clone(&app.clock) as _, Arc::new(SystemEntropy))
        .await
        .unwrap();
    let (lab, index) = (app.lab(), [7; 32]);
    let Turn::First(sending) = second_click::take_turn(&app.core, &lab, index).await.unwrap() else {
        panic!("it is the first");
    };
    assert!(matches!(
        second_click::take_turn(&other, &lab, index).await.unwrap(),
        Turn::Second
    ));
    let answer = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        second_click::settle(&app.core, sending, Some(b"answer")).await.unwrap();
    };
    let (first, ()) = futures_util::join!(second_click::awaited(&other, &lab, &index), answer);
    assert!(matches!(first.unwrap(), FirstClick::Answered(kept) if kept.as_slice() == b"answer"));
    let turn = second_click::take_turn(&other, &lab, index).await.unwrap();
    assert!(matches!(turn, Turn::Answered(kept) if kept.as_slice() == b"answer"));

    // A server that was killed holds nobody up for long.
    let Turn::First(_lost) = second_click::take_turn(&app.core, &lab, [8; 32]).await.unwrap() else {
        panic!("it is the first");
    };
    app.advance(Duration::from_secs(31));
    assert!(matches!(
        second_click::take_turn(&other, &lab, [8; 32]).await.unwrap(),
        Turn::First(_)
    ));
    app.stop().await;
}
