//! Each rule, raised by what it is made for.

use secrecy::ExposeSecret as _;
use std::time::Duration;

use vestibule::admin::patients;
use vestibule::config::Config;
use vestibule::domain::alert::{Cause, Kind};
use vestibule::domain::operator::Role;
use vestibule::leak::campaign;
use vestibule::leak::report::people;
use vestibule::service::alerts;
use vestibule::store::account::records::{self, Relation};

use super::{all, of_kind, raised, raised_times};
use crate::desk::roles::with_second_lab;
use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::databases::on_both_databases;
use crate::support::operator::hire;
use crate::support::patient::{PASSWORD, operator};

on_both_databases![
    r06_a_list_that_is_tried_raises_one_alert,
    r06_one_address_that_tries_many_accounts_is_named,
    r06_one_account_tried_from_many_addresses_is_named,
    r06_reading_more_than_a_person_does_raises_an_alert,
    r06_changing_numbers_raises_an_alert,
    r06_an_export_raises_an_alert,
    r06_an_operator_from_a_new_network_raises_an_alert,
    r46_asking_for_another_labs_leak_raises_an_alert,
    r06_a_touched_canary_raises_an_alert,
    a_leak_is_announced_from_request_to_its_last_hours,
    a_siege_is_raised_by_whoever_sees_it,
    an_attack_on_operators_is_every_labs_business,
    an_ordinary_morning_raises_nothing,
];

const HOUR: Duration = Duration::from_secs(3600);

/// Behind a proxy of its own, so that a test can come from anywhere.
async fn with_limits(app: &mut TestApp, change: impl FnOnce(&mut Config)) {
    app.restart_with(|config| {
        config.server.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        change(config);
    })
    .await;
}

fn from(app: &TestApp, address: &str) -> Browser {
    let mut browser = app.browser();
    browser.headers = vec![("X-Forwarded-For".to_owned(), address.to_owned())];
    browser
}

async fn r06_a_list_that_is_tried_raises_one_alert(mut app: TestApp) {
    with_limits(&mut app, |config| config.alerts.stuffing_identifiers = 5).await;
    for number in 0..6 {
        let mut browser = from(&app, &format!("203.0.113.{number}"));
        let page = app.attempt(&mut browser, &format!("P-{number}"), "x", "123456").await;
        assert_eq!(page.status, 401);
    }
    let alert = raised(&app.core, &app.lab(), Kind::Stuffing).await;
    assert!(alert.figure >= 5 && alert.subject.is_empty(), "{alert:?}");
    assert_eq!(all(&app.core, &app.lab()).await.len(), 1);
    app.stop().await;
}

async fn r06_one_address_that_tries_many_accounts_is_named(mut app: TestApp) {
    with_limits(&mut app, |config| config.alerts.network_identifiers = 4).await;
    let (mut attacker, mut other) = (from(&app, "203.0.113.7"), from(&app, "198.51.100.1"));
    for number in 0..3 {
        app.attempt(&mut attacker, &format!("P-{number}"), "x", "123456").await;
        app.attempt(&mut other, "P-1", "x", "123456").await;
    }
    // Activation and recovery are other doors of the same house.
    let url = format!("{}/recover", app.portal);
    let csrf = attacker.get(&url).await.field("csrf").unwrap();
    let fields = [
        ("identifier", "P-9"),
        ("code", "123456"),
        ("recovery_code", "x"),
        ("csrf", &csrf),
    ];
    assert_eq!(attacker.post(&url, &fields).await.status, 401);
    let alert = raised(&app.core, &app.lab(), Kind::OneNetwork).await;
    assert_eq!((alert.subject.as_str(), alert.figure), ("203.0.113.7", 4));
    let url = format!("{}/activate", app.portal);
    for number in 0..4 {
        let code = format!("ABCD-EFGH-JKMN-PQR{number}");
        let csrf = other.get(&url).await.field("csrf").unwrap();
        let fields = [
            ("lab_code", code.as_str()),
            ("birth_date", "1944-05-12"),
            ("csrf", &csrf),
        ];
        other.post(&url, &fields).await;
    }
    raised_times(&app.core, &app.lab(), Kind::OneNetwork, 2).await;
    app.stop().await;
}

async fn r06_one_account_tried_from_many_addresses_is_named(mut app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    with_limits(&mut app, |config| config.alerts.identifier_networks = 3).await;
    for identifier in ["P-102477", "P-999999"] {
        for number in 0..3 {
            let mut browser = from(&app, &format!("2001:db8:0:{number}::1"));
            app.attempt(&mut browser, identifier, "x", "123456").await;
        }
        raised(&app.core, &app.lab(), Kind::OneAccount).await;
    }
    let found = raised_times(&app.core, &app.lab(), Kind::OneAccount, 2).await;
    assert_eq!(found.len(), 2);
    let mut subjects: Vec<_> = found.iter().map(|alert| alert.subject.clone()).collect();
    subjects.sort_by_key(|subject| subject.starts_with("unknown-"));
    assert_eq!(subjects[0], patient.account.to_string());
    assert!(
        subjects[1].starts_with("unknown-") && !subjects[1].contains("999999"),
        "{subjects:?}"
    );
    app.stop().await;
}

async fn r06_reading_more_than_a_person_does_raises_an_alert(mut app: TestApp) {
    let (much, many) = (app.patient("P-1", "1").await, app.patient("P-2", "2").await);
    for record in ["21", "22", "23"] {
        let (core, lab) = (&app.core, app.lab());
        let index = core.record_index(&lab, record);
        let mut tx = core.db.begin().await.unwrap();
        let own = Relation::Own;
        records::attach(
            &mut tx,
            &core.sealer,
            &lab,
            many.account,
            &records::NewRecord {
                index: &index,
                record,
                relation: &own,
                at: app.now(),
            },
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }
    with_limits(&mut app, |config| {
        config.alerts.reading_requests = 20;
        config.alerts.reading_records = 4;
    })
    .await;
    let mut browsers = Vec::new();
    for patient in [&much, &many] {
        let mut browser = app.browser();
        app.sign_in(&mut browser, patient).await;
        let own = format!("{}/dossiers/{}/sommaire", app.site, patient.record);
        assert_eq!(browser.visit(&own).await.status, 200);
        browsers.push(browser);
    }
    for _ in 0..20 {
        let own = format!("{}/dossiers/1/sommaire", app.site);
        assert_eq!(browsers[0].get(&own).await.status, 200);
    }
    let alert = raised(&app.core, &app.lab(), Kind::MassReading).await;
    assert_eq!(alert.subject, much.account.to_string());
    for record in ["21", "22", "23"] {
        let own = format!("{}/dossiers/{record}/sommaire", app.site);
        assert_ne!(browsers[1].get(&own).await.status, 403);
    }
    let found = raised_times(&app.core, &app.lab(), Kind::MassReading, 2).await;
    assert_eq!(found.len(), 2);
    let named = found
        .iter()
        .find(|alert| alert.subject == many.account.to_string())
        .unwrap();
    assert_eq!(named.figure, 4);
    app.stop().await;
}

async fn r06_changing_numbers_raises_an_alert(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    assert_eq!(
        browser.visit(&format!("{}/dossiers/1/sommaire", app.site)).await.status,
        200
    );
    for number in 2..7 {
        let other = format!("{}/dossiers/{number}/sommaire", app.site);
        assert_eq!(browser.get(&other).await.status, 403);
    }
    let alert = raised(&app.core, &app.lab(), Kind::OtherRecords).await;
    assert_eq!(alert.subject, patient.account.to_string());
    app.stop().await;
}

async fn r06_an_export_raises_an_alert(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let leak = app
        .leak(&format!("{};{}\n", patient.identifier, patient.password))
        .await;
    let claire = hire(&app.core, "claire", &[("port", Role::Desk)]).await;
    let mut browser = app.at_desk(&claire).await;
    let report = format!("{}/desk/leaks/{leak}/report", app.portal);
    assert_eq!(browser.get(&report).await.status, 200);
    assert_eq!(
        of_kind(&app.core, &app.lab(), Kind::Export).await,
        [],
        "looking is no export"
    );
    assert_eq!(browser.get(&format!("{report}.json")).await.status, 200);
    let (mut people_file, mut numbers) = (Vec::new(), Vec::new());
    people::write(
        &app.core,
        &app.lab(),
        leak,
        &operator("anne"),
        &mut people_file,
        &mut numbers,
    )
    .await
    .unwrap();
    let found = of_kind(&app.core, &app.lab(), Kind::Export).await;
    let mut subjects: Vec<_> = found
        .iter()
        .map(|alert| (alert.subject.as_str(), alert.figure))
        .collect();
    subjects.sort_unstable();
    let expected = [
        format!("operator:anne leak:{leak}"),
        format!("operator:claire leak:{leak}"),
    ];
    assert_eq!(subjects, [(expected[0].as_str(), 1), (expected[1].as_str(), 0)]);
    app.stop().await;
}

async fn r06_an_operator_from_a_new_network_raises_an_alert(mut app: TestApp) {
    with_limits(&mut app, with_second_lab).await;
    let claire = hire(&app.core, "claire", &[("port", Role::Desk), ("vallee", Role::Security)]).await;
    let seen = async |app: &TestApp| of_kind(&app.core, &app.lab(), Kind::NewNetwork).await;
    for (address, alerts) in [
        ("192.0.2.1", 0),
        ("192.0.2.1", 0),
        ("198.51.100.9", 1),
        ("198.51.100.9", 1),
        ("192.0.2.1", 1),
        ("2001:db8::1", 2),
        ("2001:db8::2", 2),
    ] {
        let mut browser = from(&app, address);
        let code = claire.code(&app.core);
        let page = app.desk_attempt(&mut browser, "claire", PASSWORD, &code).await;
        assert_eq!(page.status, 303, "{page:?}");
        assert_eq!(seen(&app).await.len(), alerts, "{address}");
        app.advance(Duration::from_secs(60));
        app.restart().await;
    }
    let found = seen(&app).await;
    assert!(found.iter().all(|alert| alert.times == 1), "{found:?}");
    let subjects: Vec<_> = found.iter().map(|alert| alert.subject.as_str()).collect();
    assert!(subjects.contains(&"operator:claire 198.51.100.9"), "{subjects:?}");
    assert!(subjects.contains(&"operator:claire 2001:db8::/64"), "{subjects:?}");
    let elsewhere = of_kind(&app.core, &"vallee".parse().unwrap(), Kind::NewNetwork).await;
    assert_eq!(elsewhere.len(), 2, "every lab that they work for");
    app.stop().await;
}

async fn r46_asking_for_another_labs_leak_raises_an_alert(mut app: TestApp) {
    app.restart_with(with_second_lab).await;
    let anne = hire(&app.core, "anne", &[("vallee", Role::Security)]).await;
    let mut browser = app.at_desk(&anne).await;
    assert_eq!(browser.get(&format!("{}/desk/leaks", app.portal)).await.status, 404);
    let found = of_kind(&app.core, &app.lab(), Kind::OtherLab).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].subject, "operator:anne");
    app.stop().await;
}

async fn r06_a_touched_canary_raises_an_alert(app: TestApp) {
    app.imported("P-102477", "102477").await;
    let made = patients::make_canaries(&app.core, &app.lab(), 2, &operator("anne"))
        .await
        .unwrap();
    for canary in &made {
        let page = app
            .attempt(
                &mut app.browser(),
                &canary.person.identifier,
                canary.password.expose_secret(),
                "123456",
            )
            .await;
        assert_eq!(page.status, 401);
    }
    let found = of_kind(&app.core, &app.lab(), Kind::Canary).await;
    assert_eq!((found.len(), found[0].times), (1, 2));
    assert_eq!(found[0].subject, "leak:1");
    app.stop().await;
}

async fn a_leak_is_announced_from_request_to_its_last_hours(app: TestApp) {
    let leak = app.draft("P-1;secret-of-one\n").await;
    let (core, lab) = (&app.core, &app.lab());
    let open = async |kind| {
        let found = of_kind(core, lab, kind).await;
        found.iter().filter(|alert| alert.closed_at.is_none()).count()
    };
    // Its one identifier is nobody's.
    campaign::apply_accepting(core, lab, leak, Some(1), &operator("first"))
        .await
        .unwrap();
    assert_eq!((open(Kind::LeakAwaiting).await, open(Kind::LeakApplied).await), (1, 0));
    campaign::approve(core, lab, leak, &operator("second")).await.unwrap();
    assert_eq!((open(Kind::LeakAwaiting).await, open(Kind::LeakApplied).await), (0, 1));
    campaign::settle(core, lab, leak, &mut |_| {}).await.unwrap();
    app.advance(HOUR * 47);
    alerts::turn(core).await.unwrap();
    assert_eq!(open(Kind::Deadline).await, 0);
    app.advance(HOUR);
    assert_eq!(
        raised(core, lab, Kind::Deadline).await.subject,
        format!("leak:{leak} 24h")
    );
    alerts::turn(core).await.unwrap();
    app.advance(HOUR * 18);
    for _ in 0..3 {
        alerts::turn(core).await.unwrap();
    }
    let found = raised_times(core, lab, Kind::Deadline, 2).await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|alert| alert.times == 1), "each once");
    campaign::close(core, lab, leak, &operator("second")).await.unwrap();
    assert_eq!((open(Kind::LeakApplied).await, open(Kind::Deadline).await), (0, 0));
    app.stop().await;
}

async fn a_siege_is_raised_by_whoever_sees_it(app: TestApp) {
    let mut tx = app.core.db.begin().await.unwrap();
    for cause in [Cause::SiegeBegan, Cause::SiegeEnded] {
        alerts::raise(&app.core, &mut tx, &app.lab(), &cause, 0).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(all(&app.core, &app.lab()).await.len(), 2);
    app.stop().await;
}

async fn an_attack_on_operators_is_every_labs_business(mut app: TestApp) {
    with_limits(&mut app, |config| {
        with_second_lab(config);
        config.alerts.stuffing_identifiers = 3;
    })
    .await;
    for name in ["anne", "bea", "claire"] {
        let page = app.desk_attempt(&mut app.browser(), name, "x", "123456").await;
        assert_eq!(page.status, 401);
    }
    raised(&app.core, &app.lab(), Kind::Stuffing).await;
    raised(&app.core, &"vallee".parse().unwrap(), Kind::Stuffing).await;
    app.stop().await;
}

async fn an_ordinary_morning_raises_nothing(app: TestApp) {
    for number in 1..4 {
        let patient = app.patient(&format!("P-{number}"), &number.to_string()).await;
        let mut browser = app.browser();
        app.attempt(&mut browser, &patient.identifier, "mistyped", "123456")
            .await;
        app.advance(Duration::from_secs(60));
        app.sign_in(&mut browser, &patient).await;
        assert_eq!(
            browser
                .visit(&format!("{}/dossiers/{number}/sommaire", app.site))
                .await
                .status,
            200
        );
        assert_eq!(
            browser.get(&format!("{}/dossiers/99/sommaire", app.site)).await.status,
            403
        );
    }
    let claire = hire(&app.core, "claire", &[("port", Role::Security)]).await;
    let mut browser = app.at_desk(&claire).await;
    assert_eq!(browser.get(&format!("{}/desk/leaks", app.portal)).await.status, 200);
    alerts::turn(&app.core).await.unwrap();
    assert_eq!(all(&app.core, &app.lab()).await, []);
    assert!(app.metric("vestibule_alerts{cause=\"stuffing\"}").await < 1.0);
    app.stop().await;
}
