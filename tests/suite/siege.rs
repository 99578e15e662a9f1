//! A whole lab is under a guessing attack: unknown browsers show two codes in a row, it gives nothing away, and it ends
//! by itself.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use vestibule::admin::installation;
use vestibule::config::Config;
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::kernel::ids::LabId;
use vestibule::server;
use vestibule::service::{Core, siege};
use vestibule::store::audit;

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::oathtool;
use crate::support::operator::hire;
use crate::support::patient::Patient;

on_both_databases![
    r20_a_flood_of_failures_asks_unknown_browsers_for_two_codes_in_a_row,
    r21_during_a_siege_every_identifier_is_answered_alike_and_nothing_is_counted,
    only_two_neighbouring_codes_in_their_order_sign_in,
    a_recovery_code_alone_suffices_and_an_enrolment_goes_on_as_always,
    coming_back_without_a_password_takes_two_codes_too,
    a_trusted_device_is_not_asked_and_only_for_its_own_account,
    two_wrong_codes_are_one_failure,
    what_stands_on_an_open_list_is_tried_five_times_a_day_known_or_not,
    a_siege_ends_by_itself_after_half_an_hour_of_quiet,
    a_siege_survives_a_restart_and_other_servers_see_it,
    the_realm_of_operators_has_sieges_of_its_own,
    the_desk_the_doctor_and_the_metrics_show_it,
];

const AT_LEAST: u64 = 5;

/// So that a handful of failures is a flood.
async fn besiegeable(mut app: TestApp) -> TestApp {
    app.restart_with(|config| config.siege.at_least = u32::try_from(AT_LEAST).unwrap())
        .await;
    app
}

/// Through the real form, one more than is borne.
async fn besiege(app: &TestApp) {
    let mut browser = app.browser();
    for n in 0..=AT_LEAST {
        let page = app
            .attempt(&mut browser, &format!("P-90000{n}"), "password", "123456")
            .await;
        assert_eq!(page.status, 401);
    }
    assert!(app.core.is_besieged(&app.lab()), "at once, not at the next turn");
    siege::turn(&app.core).await.unwrap();
    assert!(app.core.is_besieged(&app.lab()));
}

fn code_at(app: &TestApp, patient: &Patient, steps: i64) -> String {
    oathtool::code(&patient.secret, app.now().unix_seconds() + 30 * steps)
}

async fn post(app: &TestApp, browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let url = format!("{}{path}", app.portal);
    let csrf = browser.visit(&url).await.field("csrf").unwrap();
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
    browser.post(&url, &fields).await
}

async fn with_two(app: &TestApp, patient: &Patient, first: &str, second: &str) -> Page {
    let fields = [
        ("identifier", patient.identifier.as_str()),
        ("password", &patient.password),
        ("code", first),
        ("next_code", second),
    ];
    post(app, &mut app.browser(), "/login", &fields).await
}

/// What a stranger can see of an answer, but for what changes with every request.
fn seen(page: &Page) -> (u16, String, Vec<(String, String)>) {
    let csrf = page.field("csrf").unwrap();
    let identifier = page.field("identifier").unwrap();
    let body = page.text().replace(&csrf, "CSRF");
    let body = body.replace(&format!("value=\"{identifier}\""), "IDENTIFIER");
    let headers = page.headers.iter();
    let headers = headers.filter(|(name, _)| *name != "date" && *name != "content-length");
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    (page.status.as_u16(), body, headers)
}

async fn kinds(core: &Core, lab: &LabId) -> Vec<String> {
    let mut tx = core.db.begin_read().await.unwrap();
    let events = audit::find_newest(&mut tx, lab, 1_000).await.unwrap();
    events.into_iter().rev().map(|event| event.kind).collect()
}

async fn number_of(core: &Core, lab: &LabId, kind: &str) -> usize {
    kinds(core, lab).await.iter().filter(|found| *found == kind).count()
}

async fn r20_a_flood_of_failures_asks_unknown_browsers_for_two_codes_in_a_row(app: TestApp) {
    let app = besiegeable(app).await;
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    let form = browser.get(&format!("{}/login", app.portal)).await;
    assert_eq!(form.text().matches("name=\"next_code\"").count(), 0);
    besiege(&app).await;
    let form = browser.get(&format!("{}/login", app.portal)).await;
    assert_eq!(form.text().matches("name=\"next_code\"").count(), 1);
    assert!(form.element("error").is_none(), "it is nobody's mistake");
    // With the form of before.
    let one = app.code(&patient);
    let page = app
        .attempt(&mut browser, &patient.identifier, &patient.password, &one)
        .await;
    assert_eq!(page.status, 401);
    assert!(page.element("error").is_some() && page.text().contains("name=\"next_code\""));
    app.advance(Duration::from_secs(30));
    let page = with_two(&app, &patient, &one, &app.code(&patient)).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/account"));
    app.stop().await;
}

async fn r21_during_a_siege_every_identifier_is_answered_alike_and_nothing_is_counted(app: TestApp) {
    let app = besiegeable(app).await;
    let patient = app.patient("P-102477", "102477").await;
    let waiting = app.imported("P-200000", "200000").await.0;
    besiege(&app).await;
    let refused = number_of(&app.core, &app.lab(), "sign-in-refused").await;
    let right = app.code(&patient);
    let mut expected = None;
    for (what, identifier, password, code) in [
        (
            "everything right but for the second code",
            patient.identifier.as_str(),
            patient.password.as_str(),
            right.as_str(),
        ),
        ("unknown identifier", "P-999999", patient.password.as_str(), &right),
        ("wrong code", &patient.identifier, &patient.password, "000000"),
        ("not enrolled yet", &waiting.identifier, "a wrong password", "000000"),
        ("no identifier at all", "", "", ""),
        ("no code", &patient.identifier, &patient.password, ""),
        (
            "half a recovery code",
            &patient.identifier,
            &patient.password,
            "ABCD-EFGH",
        ),
    ] {
        for _ in 0..5 {
            let page = app.attempt(&mut app.browser(), identifier, password, code).await;
            assert_eq!(page.status, 401, "{what}");
            let page = seen(&page);
            assert_eq!(expected.get_or_insert(page.clone()), &page, "{what}");
        }
    }
    let after = number_of(&app.core, &app.lab(), "sign-in-refused").await;
    assert_eq!(after, refused, "nothing was evaluated");
    // Nothing was counted against the patient either: no wait, and the step is not used up.
    let page = with_two(&app, &patient, &code_at(&app, &patient, -1), &right).await;
    assert_eq!(page.status, 303, "{}", page.text());
    app.stop().await;
}

async fn only_two_neighbouring_codes_in_their_order_sign_in(app: TestApp) {
    let app = besiegeable(app).await;
    let patient = app.patient("P-102477", "102477").await;
    // Two steps further, so that the enrolment's own code is not one of those tried.
    app.advance(Duration::from_secs(60));
    besiege(&app).await;
    let hashes = app.metric("vestibule_password_hashes_total").await;
    for (what, first, second) in [
        ("the wrong order", 0, -1),
        ("the same twice", 0, 0),
        ("not neighbours", -2, 0),
        ("both too old", -3, -2),
        ("the second not yet", 0, 1),
    ] {
        let (first, second) = (code_at(&app, &patient, first), code_at(&app, &patient, second));
        let page = with_two(&app, &patient, &first, &second).await;
        assert_eq!(page.status, 401, "{what}");
        app.advance(Duration::from_secs(3600));
    }
    assert_eq!(
        app.metric("vestibule_password_hashes_total").await,
        hashes,
        "no hash without both"
    );
    // Hours have gone by: the siege is over, and a person who still sees two fields gets in with two.
    siege::turn(&app.core).await.unwrap();
    let (first, second) = (code_at(&app, &patient, -2), code_at(&app, &patient, -1));
    let page = with_two(&app, &patient, &first, &second).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let page = with_two(&app, &patient, &first, &second).await;
    assert_eq!(page.status, 401, "and serves once");
    app.stop().await;
}

async fn a_recovery_code_alone_suffices_and_an_enrolment_goes_on_as_always(app: TestApp) {
    let app = besiegeable(app).await;
    let patient = app.patient("P-102477", "102477").await;
    besiege(&app).await;
    let page = with_two(&app, &patient, &patient.recovery_codes[0], "").await;
    assert_eq!(page.status, 303, "{}", page.text());
    let page = with_two(&app, &patient, &patient.recovery_codes[0], "").await;
    assert_eq!(page.status, 401, "and serves once");
    let (mut other, lab_code) = app.imported("P-200000", "200000").await;
    let mut browser = app.browser();
    app.enrol(&mut browser, &mut other, &lab_code).await;
    assert_eq!(browser.get(&format!("{}/account", app.portal)).await.status, 200);
    app.stop().await;
}

async fn coming_back_without_a_password_takes_two_codes_too(app: TestApp) {
    let app = besiegeable(app).await;
    let patient = app.patient("P-102477", "102477").await;
    besiege(&app).await;
    let (before, now) = (code_at(&app, &patient, -1), app.code(&patient));
    let attempt = async |identifier: &str, code: &str, next: &str| {
        let fields = [
            ("identifier", identifier),
            ("code", code),
            ("next_code", next),
            ("recovery_code", patient.recovery_codes[0].as_str()),
        ];
        post(&app, &mut app.browser(), "/recover", &fields).await
    };
    let known = attempt(&patient.identifier, &now, "").await;
    let unknown = attempt("P-999999", &now, "").await;
    let recovery = attempt("P-999998", &patient.recovery_codes[1], "").await;
    assert_eq!(known.status, 401);
    assert!(known.text().contains("name=\"next_code\""));
    assert_eq!(seen(&known), seen(&unknown));
    assert_eq!(seen(&known), seen(&recovery));
    assert_eq!(attempt(&patient.identifier, &now, &before).await.status, 401);
    let page = attempt(&patient.identifier, &before, &now).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/password"));
    app.stop().await;
}

async fn a_trusted_device_is_not_asked_and_only_for_its_own_account(app: TestApp) {
    let app = besiegeable(app).await;
    let patient = app.patient("P-102477", "102477").await;
    let other = app.patient("P-200000", "200000").await;
    let mut home = app.browser();
    app.sign_in(&mut home, &patient).await;
    let jar = home.jar.get_mut("localhost").unwrap();
    jar.retain(|name, _| name == "__Host-vst_device");
    app.advance(Duration::from_secs(60));
    besiege(&app).await;
    let form = home.get(&format!("{}/login", app.portal)).await;
    assert!(!form.text().contains("name=\"next_code\""));
    // For another account it is unknown, and treated as every stranger is.
    let mut stranger = app.browser();
    let alien = app
        .attempt(&mut home, &other.identifier, &other.password, &app.code(&other))
        .await;
    let nobody = app.attempt(&mut stranger, &other.identifier, "x", "123456").await;
    assert_eq!(seen(&alien), seen(&nobody));
    let unknown = app.attempt(&mut home, "P-999999", "x", "123456").await;
    assert_eq!(seen(&unknown), seen(&nobody));
    // A mistake at home asks for no second code either, and the next try is the usual one.
    let page = app
        .attempt(&mut home, &patient.identifier, &patient.password, "000000")
        .await;
    assert!(page.status == 401 && !page.text().contains("name=\"next_code\""));
    let page = app
        .attempt(&mut home, &patient.identifier, &patient.password, &app.code(&patient))
        .await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/account"));
    app.stop().await;
}

async fn what_stands_on_an_open_list_is_tried_five_times_a_day_known_or_not(app: TestApp) {
    let known = app.patient("P-1", "1").await;
    app.patient("P-2", "2").await;
    let leak = app.leak("P-1;ce qui circule\nP-3;ce qui circule\n").await;
    app.leak("P-9;ce qui circule\n").await;
    // So many tries a day are looked at, an hour apart.
    let looked_at = async |identifier: &str| {
        let mut looked_at = 0;
        for _ in 0..8 {
            let page = app.attempt(&mut app.browser(), identifier, "x", "000000").await;
            looked_at += u32::from(page.status == 401);
            app.advance(Duration::from_secs(3600));
        }
        looked_at
    };
    assert_eq!(looked_at(&known.identifier).await, 5);
    assert_eq!(looked_at("P-3").await, 5, "no account");
    assert_eq!(looked_at("P-2").await, 8, "on no list");
    assert_eq!(looked_at("P-4").await, 8, "neither");
    vestibule::leak::campaign::close(&app.core, &app.lab(), leak, &crate::support::patient::operator("first"))
        .await
        .unwrap();
    app.advance(Duration::from_secs(86_400));
    assert_eq!(looked_at("P-3").await, 8, "the leak is closed");
    app.stop().await;
}

async fn two_wrong_codes_are_one_failure(app: TestApp) {
    let app = besiegeable(app).await;
    let patient = app.patient("P-102477", "102477").await;
    besiege(&app).await;
    // Two failures are free, the third makes the next one wait.
    for status in [401, 401, 401, 429] {
        let page = with_two(&app, &patient, "000000", "111111").await;
        assert_eq!(page.status, status);
    }
    app.stop().await;
}

async fn a_siege_ends_by_itself_after_half_an_hour_of_quiet(app: TestApp) {
    let app = besiegeable(app).await;
    besiege(&app).await;
    let lab = app.lab();
    for _ in 0..3 {
        app.advance(Duration::from_secs(8 * 60));
        // Who comes without a second code holds it up.
        for n in 0..AT_LEAST {
            let page = app
                .attempt(&mut app.browser(), &format!("P-80000{n}"), "password", "123456")
                .await;
            assert!(page.text().contains("name=\"next_code\""));
        }
        siege::turn(&app.core).await.unwrap();
    }
    app.advance(Duration::from_secs(29 * 60));
    siege::turn(&app.core).await.unwrap();
    assert!(app.core.is_besieged(&lab), "half an hour is not over");
    app.advance(Duration::from_secs(12 * 60));
    siege::turn(&app.core).await.unwrap();
    assert!(!app.core.is_besieged(&lab));
    let form = app.browser().get(&format!("{}/login", app.portal)).await;
    assert!(!form.text().contains("name=\"next_code\""));
    assert_eq!(number_of(&app.core, &lab, "siege-began").await, 1);
    assert_eq!(number_of(&app.core, &lab, "siege-ended").await, 1);
    app.stop().await;
}

async fn a_siege_survives_a_restart_and_other_servers_see_it(app: TestApp) {
    let mut app = besiegeable(app).await;
    besiege(&app).await;
    app.restart().await;
    assert!(app.core.is_besieged(&app.lab()), "before the first turn");
    // A second server on the same database, which counted nothing itself.
    let mut config = Config::clone(&app.core.config);
    config.server.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    config.server.internal_listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let clock = Arc::clone(&app.clock) as _;
    let core = installation::open(config, clock, Arc::new(SystemEntropy))
        .await
        .unwrap();
    let second = server::start(core.clone()).unwrap();
    let form = Browser::new(&app.ca_file, second.public);
    let mut form = form;
    let form = form.get(&format!("{}/login", app.portal)).await;
    assert!(form.text().contains("name=\"next_code\""));
    // It ends for both, and begins for both by what either counted.
    app.advance(Duration::from_secs(3600));
    siege::turn(&app.core).await.unwrap();
    siege::turn(&core).await.unwrap();
    assert!(!core.is_besieged(&app.lab()) && !app.core.is_besieged(&app.lab()));
    let mut here = app.browser();
    let mut there = Browser::new(&app.ca_file, second.public);
    for n in 0..AT_LEAST / 2 + 1 {
        for browser in [&mut here, &mut there] {
            app.attempt(browser, &format!("P-70000{n}"), "password", "123456").await;
        }
    }
    for core in [&app.core, &core, &app.core] {
        siege::turn(core).await.unwrap();
    }
    assert!(core.is_besieged(&app.lab()) && app.core.is_besieged(&app.lab()));
    assert_eq!(number_of(&core, &app.lab(), "siege-began").await, 2);
    second.stop().await;
    app.stop().await;
}

async fn the_realm_of_operators_has_sieges_of_its_own(app: TestApp) {
    let app = besiegeable(app).await;
    besiege(&app).await;
    let desk = app.browser().get(&format!("{}/desk/login", app.portal)).await;
    assert!(!desk.text().contains("name=\"next_code\""));
    for n in 0..=AT_LEAST {
        app.desk_attempt(&mut app.browser(), &format!("nobody-{n}"), "password", "123456")
            .await;
    }
    let desk = app.browser().get(&format!("{}/desk/login", app.portal)).await;
    assert!(desk.text().contains("name=\"next_code\""));
    app.stop().await;
}

async fn the_desk_the_doctor_and_the_metrics_show_it(app: TestApp) {
    use vestibule::admin::doctor::{Status, examine};
    use vestibule::domain::operator::Role;
    let app = besiegeable(app).await;
    let colleague = hire(&app.core, "claire", &[("port", Role::Desk)]).await;
    let mut browser = app.at_desk(&colleague).await;
    let gauge = format!("vestibule_siege{{lab=\"{}\"}}", app.lab());
    let file = app.directory.path().join("vestibule.toml");
    let check = async || {
        let checks = examine(&file, Config::load(&file), &*app.clock).await;
        checks.into_iter().find(|check| check.name == "siege").unwrap()
    };
    assert_eq!(check().await.status, Status::Ok);
    assert!(
        !browser
            .get(&format!("{}/desk", app.portal))
            .await
            .text()
            .contains("siege-title")
    );
    assert!(app.metric(&gauge).await < 0.5);
    besiege(&app).await;
    let home = browser.get(&format!("{}/desk", app.portal)).await;
    assert!(home.element("siege-title").is_some(), "{}", home.text());
    let check = check().await;
    assert_eq!(check.status, Status::Warning);
    assert!(
        check.what.contains("lab port") && check.what.contains("6 sign-ins failed"),
        "{}",
        check.what
    );
    assert!(app.metric(&gauge).await > 0.5);
    app.stop().await;
}
