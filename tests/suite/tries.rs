//! Whose try an attempt takes, and what becomes of it where the attempt does not come to its end.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use vestibule::auth::arrival::Arrival;
use vestibule::auth::browser::Browser as From;
use vestibule::auth::enrolment::invited;
use vestibule::auth::sign_in::{Form, sign_in};
use vestibule::crypto::blind_index::BlindIndex;
use vestibule::crypto::cookie_tag::untagged;
use vestibule::crypto::password_hash::Cost;
use vestibule::crypto::token::{HashedToken, PlainToken, TokenKind};
use vestibule::domain::audit::Actor;
use vestibule::domain::backoff::Backoff;
use vestibule::domain::birth_date::BirthDate;
use vestibule::domain::identifier::Identifier;
use vestibule::domain::password::Password;
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::machinery::hashing::{HashPool, Tools};
use vestibule::service::Core;
use vestibule::service::act::Act;
use vestibule::service::attempts::{Codes, Outcome};
use vestibule::store::sign_in::{devices, sessions, throttle};

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::patient::Patient;

on_both_databases![
    r19_a_browser_that_hangs_up_while_its_password_is_hashed_has_had_its_try,
    a_trusted_device_loses_and_gets_back_tries_of_its_own,
    a_link_that_is_not_ours_is_seen_by_the_alerts,
];

const DEVICE: &str = "__Host-vst_device";

fn visitor() -> Actor {
    Actor::Visitor {
        address: "198.51.100.7".to_owned(),
    }
}

/// The installation with a pool of its own, of one thread, and with nothing counted for alerts.
fn with_pool(core: &Core, cost: Cost, longest_wait: Duration) -> Core {
    let tools = Tools {
        keyring: Arc::clone(&core.keyring),
        entropy: Arc::new(SystemEntropy),
        metrics: Arc::clone(&core.metrics),
        cost,
    };
    Core {
        hashing: Arc::new(HashPool::start(tools, 1, longest_wait).unwrap()),
        detector: Arc::default(),
        ..core.clone()
    }
}

fn cheap() -> Cost {
    Cost {
        memory_kib: 1024,
        iterations: 1,
        parallelism: 1,
    }
}

async fn come(core: &Core, app: &TestApp, patient: &Patient, password: &str, from: From) -> Outcome<Arrival> {
    let (lab, actor) = (app.lab(), visitor());
    let (code, password) = (SecretString::from(app.code(patient)), SecretString::from(password));
    let form = Form {
        identifier: &patient.identifier,
        password: &password,
        codes: Codes::one(&code),
        browser: from,
        return_to: None,
    };
    sign_in(Act::of(core, &lab, &actor), form).await.unwrap().outcome()
}

fn index(app: &TestApp, patient: &Patient) -> BlindIndex {
    let identifier = Identifier::parse(&patient.identifier).unwrap();
    app.core.identifier_index(&app.lab(), &identifier)
}

async fn public(app: &TestApp, patient: &Patient) -> Backoff {
    let mut tx = app.core.db.begin().await.unwrap();
    throttle::lock(&mut tx, &app.lab(), &index(app, patient), app.now())
        .await
        .unwrap()
}

async fn of_device(app: &TestApp, patient: &Patient, token: &HashedToken) -> Backoff {
    let mut tx = app.core.db.begin().await.unwrap();
    let since = app.core.devices_used_since();
    let found = devices::lock(&mut tx, &app.lab(), &index(app, patient), token, since).await;
    found.unwrap().unwrap().1
}

async fn open_sessions(app: &TestApp, patient: &Patient) -> usize {
    let mut tx = app.core.db.begin_read().await.unwrap();
    let found = sessions::find_open(&mut tx, &app.lab(), patient.account).await;
    found.unwrap().len()
}

fn ends(core: &Core, result: &str) -> String {
    let start = format!("vestibule_attempts_total{{door=\"sign_in\",result=\"{result}\"}} ");
    let metrics = core.metrics.encode().unwrap();
    let value = metrics.lines().find_map(|line| line.strip_prefix(&start));
    value.unwrap().to_owned()
}

/// Whether one refusal is enough to be seen where one is what is looked for.
fn is_seen_by_alerts(core: &Core) -> bool {
    let mut limits = core.config.alerts.clone();
    limits.network_identifiers = 1;
    !core.detector.evaluate(&limits, core.now()).is_empty()
}

/// Everything was right, and yet it costs the try: otherwise hanging up would be a way to guess for nothing.
async fn r19_a_browser_that_hangs_up_while_its_password_is_hashed_has_had_its_try(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    app.advance(Duration::from_secs(60));
    let (before, sessions) = (public(&app, &patient).await, open_sessions(&app, &patient).await);
    let cost = Cost {
        memory_kib: 64 * 1024,
        iterations: 8,
        ..cheap()
    };
    let core = &with_pool(&app.core, cost, Duration::from_secs(120));
    let hung_up = async {
        while core.hashing.callers() < 2 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        _ = core.hashing.make(Password::typed("occupe le seul fil").unwrap()) => panic!("the thread is not busy"),
        outcome = come(core, &app, &patient, &patient.password, From::unknown()) => panic!("{outcome:?}"),
        () = hung_up => {}
    }
    assert_eq!(public(&app, &patient).await, before.with_attempt(app.now()));
    assert_eq!(open_sessions(&app, &patient).await, sessions);
    assert_eq!(ends(core, "abandoned"), "1");
    app.stop().await;
}

async fn a_trusted_device_loses_and_gets_back_tries_of_its_own(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    app.advance(Duration::from_secs(60));
    let cookie = browser.cookie("localhost", DEVICE).unwrap();
    let token = untagged(&app.core.keyring, TokenKind::Device, cookie).unwrap().hashed();
    let home = || From {
        known_by: Some(token),
        ..From::unknown()
    };
    let (ours, theirs) = (of_device(&app, &patient, &token).await, public(&app, &patient).await);

    // Idle, so that nobody is sent away at the door, and no job is done in time.
    let full = with_pool(&app.core, cheap(), Duration::ZERO);
    let outcome = come(&full, &app, &patient, &patient.password, home()).await;
    assert!(matches!(outcome, Outcome::Busy(_)), "{outcome:?}");
    assert_eq!(of_device(&app, &patient, &token).await, ours, "given back");
    assert!(!is_seen_by_alerts(&full), "nobody failed");

    let core = with_pool(&app.core, cheap(), Duration::from_secs(60));
    let outcome = come(&core, &app, &patient, "quelque chose d'autre", home()).await;
    assert!(matches!(outcome, Outcome::Refused), "{outcome:?}");
    let failed = of_device(&app, &patient, &token).await;
    assert_eq!(failed, ours.clone().with_attempt(app.now()));
    assert!(is_seen_by_alerts(&core), "a device is no way around the alerts");
    assert_eq!(public(&app, &patient).await, theirs, "strangers learn nothing of it");

    app.advance(Duration::from_secs(60));
    let outcome = come(&core, &app, &patient, &patient.password, home()).await;
    assert!(matches!(outcome, Outcome::Passed(_)), "{outcome:?}");
    app.stop().await;
}

async fn a_link_that_is_not_ours_is_seen_by_the_alerts(app: TestApp) {
    let core = with_pool(&app.core, cheap(), Duration::from_secs(60));
    let (lab, actor) = (app.lab(), visitor());
    let form = invited::Form {
        invitation: &PlainToken::generate(TokenKind::Invitation, &SystemEntropy),
        birth_date: BirthDate::parse("12/05/1944").unwrap(),
        password: &SecretString::from("ce qui circule"),
    };
    assert!(!is_seen_by_alerts(&core));
    let ended = invited::begin(Act::of(&core, &lab, &actor), &form).await.unwrap();
    assert!(matches!(ended.outcome(), Outcome::Refused));
    assert!(is_seen_by_alerts(&core));
    app.stop().await;
}
