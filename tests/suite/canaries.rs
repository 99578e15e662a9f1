//! accounts that exist only to be leaked. An attempt on one comes from a list, and learns nothing.

use secrecy::ExposeSecret as _;
use vestibule::admin::{labs, patients};
use vestibule::domain::audit::Actor;
use vestibule::domain::leak::LeakState;
use vestibule::store::audit;
use vestibule::store::leak::leaks;

use crate::support::app::TestApp;
use crate::support::browser::Page;
use crate::support::databases::on_both_databases;

on_both_databases![
    r06_a_tried_canary_opens_one_incident,
    r06_canaries_tried_at_once_open_one_incident,
    canaries_are_no_patients,
];

async fn canaries(app: &TestApp, number: usize) -> Vec<patients::Canary> {
    let actor = Actor::Machine {
        user: "test".to_owned(),
    };
    patients::make_canaries(&app.core, &app.lab(), number, &actor)
        .await
        .unwrap()
}

async fn suspicions(app: &TestApp) -> Vec<vestibule::domain::leak::Leak> {
    let mut tx = app.core.db.begin_read().await.unwrap();
    let found = leaks::find(&mut tx, &app.lab()).await.unwrap();
    tx.commit().await.unwrap();
    found
}

async fn recover(app: &TestApp, identifier: &str) -> Page {
    let mut browser = app.browser();
    let url = format!("{}/recover", app.portal);
    let csrf = browser.get(&url).await.field("csrf").unwrap();
    let fields = [
        ("identifier", identifier),
        ("code", "123456"),
        ("recovery_code", "ABCD-EFGH-JKMN-PQRS"),
        ("csrf", &csrf),
    ];
    browser.post(&url, &fields).await
}

async fn r06_a_tried_canary_opens_one_incident(app: TestApp) {
    app.patient("P-102477", "102477").await;
    let made = canaries(&app, 2).await;
    assert!(suspicions(&app).await.is_empty());
    for canary in &made {
        let identifier = canary.person.identifier.as_str();
        assert!(identifier.starts_with("P-102") && identifier.len() == 8, "{identifier}");
        assert_ne!(identifier, "P-102477");
        let page = app
            .attempt(
                &mut app.browser(),
                identifier,
                canary.password.expose_secret(),
                "123456",
            )
            .await;
        assert_eq!(page.status, 401);
        assert_eq!(recover(&app, identifier).await.status, 401);
    }
    let found = suspicions(&app).await;
    assert_eq!(found.len(), 1, "one incident, however many are tried");
    assert_eq!(
        (found[0].state, found[0].source.as_str()),
        (LeakState::Suspected, "canary")
    );
    let mut tx = app.core.db.begin_read().await.unwrap();
    let trail = audit::find_newest(&mut tx, &app.lab(), 100).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(trail.iter().filter(|event| event.kind == "canary-touched").count(), 4);
    assert_eq!(trail.iter().filter(|event| event.kind == "canaries-made").count(), 1);
    app.stop().await;
}

async fn r06_canaries_tried_at_once_open_one_incident(app: TestApp) {
    app.imported("P-102477", "102477").await;
    let made = canaries(&app, 6).await;
    let attempts = made.iter().map(|canary| async {
        let mut browser = app.browser();
        let page = app
            .attempt(&mut browser, &canary.person.identifier, "x", "123456")
            .await;
        page.status.as_u16()
    });
    assert_eq!(futures_util::future::join_all(attempts).await, [401; 6]);
    assert_eq!(suspicions(&app).await.len(), 1);
    app.stop().await;
}

async fn canaries_are_no_patients(app: TestApp) {
    app.imported("P-102477", "102477").await;
    canaries(&app, 5).await;
    let of_lab = &labs::list(&app.core).await.unwrap()[0];
    assert_eq!((of_lab.waiting, of_lab.active, of_lab.disabled), (1, 0, 0));
    app.stop().await;
}
