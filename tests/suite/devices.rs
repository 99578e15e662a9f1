//! Trusted devices: hammering an identifier does not slow its holder down.

use std::time::Duration;

use secrecy::SecretString;
use vestibule::auth::browser::Browser as From;
use vestibule::auth::sign_in::{Form, sign_in};
use vestibule::domain::audit::Actor;
use vestibule::leak::campaign;
use vestibule::service::act::Act;
use vestibule::service::attempts::{Codes, Outcome};
use vestibule::service::siege;
use vestibule::store::sign_in::devices;

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::databases::on_both_databases;
use crate::support::patient::{Patient, operator};

on_both_databases![
    r21_a_patient_at_home_gets_in_at_the_first_try_while_strangers_hammer_the_identifier,
    r19_a_closed_public_bucket_opens_again_when_the_holder_comes_in_from_a_known_device,
    a_device_serves_its_own_account_alone_and_a_made_up_one_nobody,
    a_family_shares_a_tablet,
    r20_a_known_device_has_limits_of_its_own_and_then_is_a_strangers,
    r37_the_holder_sees_their_devices_and_removes_one,
    a_list_in_effect_ends_the_devices_of_those_on_it_alone,
    a_device_that_was_not_used_for_long_is_none,
    a_new_enrolment_forgets_devices_and_failures,
    a_rotation_forgets_devices,
];

const DEVICE: &str = "__Host-vst_device";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A browser in which the patient once signed in, and now is signed out.
async fn at_home(app: &TestApp, patient: &Patient) -> Browser {
    let mut browser = app.browser();
    app.sign_in(&mut browser, patient).await;
    leave(&mut browser);
    app.advance(Duration::from_secs(60));
    browser
}

/// The window is closed: what is kept is the device's cookie.
fn leave(browser: &mut Browser) {
    browser
        .jar
        .get_mut("localhost")
        .unwrap()
        .retain(|name, _| name == DEVICE);
}

fn device(browser: &Browser) -> String {
    browser.cookie("localhost", DEVICE).unwrap().clone()
}

/// Attempts from nowhere known, without the pages around them; how many were evaluated.
async fn hammer(app: &TestApp, identifier: &str, times: u32, every: Duration) -> u32 {
    let lab = app.lab();
    let mut evaluated = 0;
    for n in 0..times {
        let code = SecretString::from("000000");
        let form = Form {
            identifier,
            password: &SecretString::from("ce qui circule"),
            codes: Codes::one(&code),
            browser: From::unknown(),
            return_to: None,
        };
        let actor = Actor::Visitor {
            address: format!("198.51.100.{}", n % 250),
        };
        match sign_in(Act::of(&app.core, &lab, &actor), form).await.unwrap().outcome() {
            Outcome::Refused => evaluated += 1,
            Outcome::Wait(_) => {}
            other => panic!("{other:?}"),
        }
        app.advance(every);
    }
    evaluated
}

/// The status of a right sign-in.
async fn tries(app: &TestApp, browser: &mut Browser, patient: &Patient) -> u16 {
    let code = app.code(patient);
    let page = app
        .attempt(browser, &patient.identifier, &patient.password, &code)
        .await;
    page.status.as_u16()
}

async fn r21_a_patient_at_home_gets_in_at_the_first_try_while_strangers_hammer_the_identifier(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut home = at_home(&app, &patient).await;
    let evaluated = hammer(&app, "P-1", 500, Duration::from_secs(60)).await;
    assert!((10..=25).contains(&evaluated), "{evaluated}");
    assert_eq!(
        tries(&app, &mut app.browser(), &patient).await,
        429,
        "elsewhere one waits"
    );
    assert_eq!(tries(&app, &mut home, &patient).await, 303);
    app.advance(Duration::from_secs(60));
    assert_eq!(
        tries(&app, &mut app.browser(), &patient).await,
        429,
        "a success at home tells those who wait nothing"
    );
    app.stop().await;
}

async fn r19_a_closed_public_bucket_opens_again_when_the_holder_comes_in_from_a_known_device(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut home = at_home(&app, &patient).await;
    while in_a_row(&app).await < 100 {
        hammer(&app, "P-1", 1, DAY / 24).await;
        // So that a failure an hour is not taken for a wave of guesses: the clock runs faster than the server's jobs.
        siege::turn(&app.core).await.unwrap();
    }
    app.advance(DAY);
    assert_eq!(
        tries(&app, &mut app.browser(), &patient).await,
        401,
        "the right code is refused, too"
    );
    app.advance(DAY);
    assert_eq!(tries(&app, &mut home, &patient).await, 303);
    app.advance(DAY);
    assert_eq!(tries(&app, &mut app.browser(), &patient).await, 303);
    app.stop().await;
}

async fn in_a_row(app: &TestApp) -> u64 {
    let (core, lab) = (&app.core, app.lab());
    let identifier = vestibule::domain::identifier::Identifier::parse("P-1").unwrap();
    let index = core.identifier_index(&lab, &identifier);
    let mut tx = core.db.begin().await.unwrap();
    let backoff = vestibule::store::sign_in::throttle::lock(&mut tx, &lab, &index, app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    serde_json::to_value(backoff).unwrap()["in_a_row"].as_u64().unwrap()
}

async fn a_device_serves_its_own_account_alone_and_a_made_up_one_nobody(app: TestApp) {
    let (odette, other) = (app.patient("P-1", "1").await, app.patient("P-2", "2").await);
    let (home, mut elsewhere) = (at_home(&app, &odette).await, at_home(&app, &other).await);
    hammer(&app, "P-1", 6, Duration::from_secs(100)).await;
    assert_eq!(
        tries(&app, &mut elsewhere, &odette).await,
        429,
        "somebody else's device"
    );
    let mut made_up = app.browser();
    let cookies = made_up.jar.entry("localhost".to_owned()).or_default();
    let (token, _) = device(&home)
        .split_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    cookies.insert(DEVICE.to_owned(), format!("{token}.AAAA"));
    assert_eq!(
        tries(&app, &mut made_up, &odette).await,
        429,
        "a token that we did not make"
    );
    app.stop().await;
}

async fn a_family_shares_a_tablet(app: TestApp) {
    let (odette, henri) = (app.patient("P-1", "1").await, app.patient("P-2", "2").await);
    let mut tablet = at_home(&app, &odette).await;
    let first = device(&tablet);
    app.sign_in(&mut tablet, &henri).await;
    leave(&mut tablet);
    assert_ne!(device(&tablet), first, "a new token at every sign-in");
    app.advance(Duration::from_secs(60));
    for (identifier, patient) in [("P-1", &odette), ("P-2", &henri)] {
        hammer(&app, identifier, 5, Duration::ZERO).await;
        assert_eq!(tries(&app, &mut tablet, patient).await, 303);
        leave(&mut tablet);
        app.advance(Duration::from_secs(60));
    }
    let mut stolen = app.browser();
    let cookies = stolen.jar.entry("localhost".to_owned()).or_default();
    cookies.insert(DEVICE.to_owned(), first);
    hammer(&app, "P-1", 6, Duration::from_secs(100)).await;
    assert_eq!(
        tries(&app, &mut stolen, &odette).await,
        429,
        "an earlier token is nobody's"
    );
    app.stop().await;
}

async fn r20_a_known_device_has_limits_of_its_own_and_then_is_a_strangers(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut home = at_home(&app, &patient).await;
    let mut wrong = async |app: &TestApp| {
        let page = app.attempt(&mut home, "P-1", &patient.password, "000000").await;
        page.status.as_u16()
    };
    for _ in 0..3 {
        assert_eq!(wrong(&app).await, 401);
    }
    assert_eq!(wrong(&app).await, 429, "doubling delays here as there");
    assert_eq!(
        tries(&app, &mut app.browser(), &patient).await,
        303,
        "and nobody else waits for it"
    );
    for _ in 0..7 {
        app.advance(Duration::from_secs(3600));
        assert_eq!(wrong(&app).await, 401);
    }
    assert_eq!(in_a_row(&app).await, 0);
    app.advance(Duration::from_secs(3600));
    assert_eq!(wrong(&app).await, 401);
    assert_eq!(in_a_row(&app).await, 1, "the eleventh is counted as a stranger's");
    app.stop().await;
}

async fn r37_the_holder_sees_their_devices_and_removes_one(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut lost = at_home(&app, &patient).await;
    let mut home = app.browser();
    app.sign_in(&mut home, &patient).await;
    let account = format!("{}/account", app.portal);
    let page = home.get(&account).await.text();
    // Where they enrolled, the lost one, and this one.
    assert_eq!(page.matches("name=\"device\"").count(), 3, "{page}");
    let handles: Vec<&str> = page
        .split("name=\"device\" value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let csrf = home.get(&account).await.field("csrf").unwrap();
    // The one used last is this one, which comes first.
    let fields = [("device", handles[1]), ("csrf", csrf.as_str())];
    let done = home.post(&format!("{account}/devices/forget"), &fields).await;
    assert_eq!(done.status, 303);
    assert_eq!(home.get(&account).await.text().matches("name=\"device\"").count(), 2);
    app.advance(Duration::from_secs(60));
    hammer(&app, "P-1", 6, Duration::from_secs(100)).await;
    assert_eq!(tries(&app, &mut lost, &patient).await, 429);
    leave(&mut home);
    assert_eq!(tries(&app, &mut home, &patient).await, 303);
    app.stop().await;
}

async fn a_list_in_effect_ends_the_devices_of_those_on_it_alone(app: TestApp) {
    let (listed, other) = (app.patient("P-1", "1").await, app.patient("P-2", "2").await);
    let (mut home, mut elsewhere) = (at_home(&app, &listed).await, at_home(&app, &other).await);
    let leak = app.leak(&format!("P-1;{}\n", listed.password)).await;
    for identifier in ["P-1", "P-2"] {
        hammer(&app, identifier, 5, Duration::ZERO).await;
    }
    assert_eq!(tries(&app, &mut home, &listed).await, 429);
    assert_eq!(tries(&app, &mut elsewhere, &other).await, 303);
    campaign::undo(&app.core, &app.lab(), leak, &operator("first"))
        .await
        .unwrap();
    assert_eq!(tries(&app, &mut home, &listed).await, 303, "it was no leak");
    app.stop().await;
}

async fn a_device_that_was_not_used_for_long_is_none(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut home = at_home(&app, &patient).await;
    app.advance(DAY * 181);
    hammer(&app, "P-1", 6, Duration::from_secs(100)).await;
    assert_eq!(tries(&app, &mut home, &patient).await, 429);
    app.stop().await;
}

async fn trusted(app: &TestApp, patient: &Patient) -> usize {
    let mut tx = app.core.db.begin_read().await.unwrap();
    let found = devices::find(&mut tx, &app.lab(), patient.account, app.core.devices_used_since()).await;
    found.unwrap().len()
}

async fn a_new_enrolment_forgets_devices_and_failures(app: TestApp) {
    let mut patient = app.patient("P-1", "1").await;
    let (_home, _work) = (at_home(&app, &patient).await, at_home(&app, &patient).await);
    assert_eq!(trusted(&app, &patient).await, 3, "the one of the enrolment, and two");
    hammer(&app, "P-1", 6, Duration::from_secs(100)).await;
    assert_eq!(tries(&app, &mut app.browser(), &patient).await, 429);
    let code = app.new_lab_code(&patient).await;
    app.enrol(&mut app.browser(), &mut patient, &code).await;
    assert_eq!(
        trusted(&app, &patient).await,
        1,
        "the browser of the new enrolment alone"
    );
    app.advance(Duration::from_secs(30));
    let status = tries(&app, &mut app.browser(), &patient).await;
    assert_eq!(status, 303, "what strangers did before keeps nobody waiting");
    app.stop().await;
}

/// After a recovery: a list in effect would end them by itself.
async fn a_rotation_forgets_devices(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let (_home, mut browser) = (at_home(&app, &patient).await, app.browser());
    let recover = format!("{}/recover", app.portal);
    let csrf = browser.get(&recover).await.field("csrf").unwrap();
    let fields = [
        ("identifier", patient.identifier.as_str()),
        ("code", &app.code(&patient)),
        ("recovery_code", &patient.recovery_codes[0]),
        ("csrf", &csrf),
    ];
    assert_eq!(browser.post(&recover, &fields).await.location(), "/password");
    assert_eq!(trusted(&app, &patient).await, 2);
    let fields = [("new_password", "trois tortues sous la pluie"), ("csrf", &csrf)];
    let page = browser.post(&format!("{}/password", app.portal), &fields).await;
    assert_eq!(page.status, 303, "{page:?}");
    assert_eq!(trusted(&app, &patient).await, 1, "the browser of the rotation alone");
    app.stop().await;
}
