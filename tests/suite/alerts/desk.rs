//! An operator takes an alert.

use vestibule::domain::alert::{Alert, Cause, Kind};
use vestibule::domain::operator::Role;
use vestibule::kernel::ids::LabId;
use vestibule::service::{Core, alerts};
use vestibule::store::{Db, audit};

use super::{all, of_kind};
use crate::desk::roles::with_second_lab;
use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::operator::hire;

on_both_databases![
    r07_an_alert_is_taken_and_closed_by_name,
    r46_another_labs_alert_does_not_exist,
    doctor_and_metrics_say_what_is_open,
];

const NOTE: &str = "Le programme de M. Dupont, arrêté.";

async fn raise(core: &Core, lab: &LabId) -> Alert {
    let mut tx = core.db.begin().await.unwrap();
    alerts::raise(core, &mut tx, lab, &Cause::Stuffing, 120).await.unwrap();
    tx.commit().await.unwrap();
    of_kind(core, lab, Kind::Stuffing).await.remove(0)
}

async fn act(app: &TestApp, browser: &mut Browser, alert: &Alert, act: &str, note: &str) -> Page {
    let url = format!("{}/desk/alerts/{}", app.portal, alert.id);
    let csrf = browser
        .get(&format!("{}/desk", app.portal))
        .await
        .field("csrf")
        .unwrap();
    browser
        .post(&format!("{url}/{act}"), &[("csrf", &csrf), ("note", note)])
        .await
}

async fn r07_an_alert_is_taken_and_closed_by_name(app: TestApp) {
    let alert = raise(&app.core, &app.lab()).await;
    let (anne, claire) = (
        hire(&app.core, "anne", &[("port", Role::Security)]).await,
        hire(&app.core, "claire", &[("port", Role::Security)]).await,
    );
    let (mut first, mut second) = (app.at_desk(&anne).await, app.at_desk(&claire).await);
    let home = first.get(&format!("{}/desk", app.portal)).await;
    assert!(home.text().contains("Une alerte est ouverte"), "{home:?}");
    let list = first.get(&format!("{}/desk/alerts", app.portal)).await;
    assert!(list.text().contains(&alert.id.to_string()) && list.text().contains("personne ne s’en occupe"));

    assert_eq!(act(&app, &mut first, &alert, "take", "").await.status, 303);
    let taken = second.get(&format!("{}/desk/alerts/{}", app.portal, alert.id)).await;
    assert!(
        taken.text().contains("operator:anne") && !taken.text().contains("/take\""),
        "{taken:?}"
    );
    assert_eq!(act(&app, &mut second, &alert, "take", "").await.status, 409);

    let without = act(&app, &mut first, &alert, "close", "  ").await;
    assert_eq!(without.status, 422);
    assert!(without.element("error").is_some());
    assert_eq!(act(&app, &mut first, &alert, "close", NOTE).await.status, 303);
    assert_eq!(act(&app, &mut second, &alert, "close", "again").await.status, 409);
    let closed = first.get(&format!("{}/desk/alerts/{}", app.portal, alert.id)).await;
    assert!(closed.text().contains(NOTE), "{closed:?}");
    let home = first.get(&format!("{}/desk", app.portal)).await;
    assert!(home.text().contains("Aucune alerte n’est ouverte"), "{home:?}");

    let mut tx = app.core.db.begin_read().await.unwrap();
    let trail = audit::find_newest(&mut tx, &app.lab(), 100).await.unwrap();
    tx.commit().await.unwrap();
    let by = |kind: &str| {
        trail
            .iter()
            .find(|event| event.kind == kind)
            .map(|event| event.actor.as_str())
    };
    assert_eq!(
        (by("alert-taken"), by("alert-closed")),
        (Some("operator:anne"), Some("operator:anne"))
    );
    if matches!(app.core.db, Db::Sqlite { .. }) {
        for file in ["vestibule.db", "vestibule.db-wal"] {
            let bytes = std::fs::read(app.directory.path().join(file)).unwrap_or_default();
            assert!(
                !bytes.windows(6).any(|part| part == b"Dupont"),
                "a note may name a patient: {file}"
            );
        }
    }
    let url = format!("{}/desk/alerts/{}/take", app.portal, alert.id);
    assert_eq!(second.post(&url, &[("csrf", "x")]).await.status, 403);
    // What comes back is another alert, which no one has taken yet.
    raise(&app.core, &app.lab()).await;
    let states: Vec<_> = all(&app.core, &app.lab())
        .await
        .iter()
        .map(|alert| alert.owner.is_some())
        .collect();
    assert_eq!(states, [false, true]);
    app.stop().await;
}

async fn r46_another_labs_alert_does_not_exist(mut app: TestApp) {
    app.restart_with(with_second_lab).await;
    let vallee: LabId = "vallee".parse().unwrap();
    let theirs = raise(&app.core, &vallee).await;
    let claire = hire(
        &app.core,
        "claire",
        &[("port", Role::Security), ("vallee", Role::Security)],
    )
    .await;
    let mut browser = app.at_desk(&claire).await;
    let page = browser.get(&format!("{}/desk/alerts/{}", app.portal, theirs.id)).await;
    assert_eq!(page.status, 404);
    for what in ["take", "close"] {
        assert_eq!(act(&app, &mut browser, &theirs, what, "x").await.status, 404, "{what}");
    }
    let now = all(&app.core, &vallee).await.remove(0);
    assert_eq!((now.owner, now.closed_at), (None, None), "nothing happened to it");
    let found = of_kind(&app.core, &app.lab(), Kind::OtherLab).await;
    assert_eq!((found.len(), found[0].times), (1, 3));
    let nothing = browser
        .get(&format!("{}/desk/alerts/{}", app.portal, "0".repeat(32)))
        .await;
    assert_eq!(nothing.status, 404);
    assert_eq!(
        of_kind(&app.core, &app.lab(), Kind::OtherLab).await[0].times,
        3,
        "a mistyped number is nobody's"
    );
    app.stop().await;
}

async fn doctor_and_metrics_say_what_is_open(app: TestApp) {
    use vestibule::admin::doctor::{Status, examine};
    use vestibule::config::Config;
    let file = app.directory.path().join("vestibule.toml");
    let checks = async || {
        let checks = examine(&file, Config::load(&file), &*app.clock).await;
        let of = |name: &str| checks.iter().find(|check| check.name == name).unwrap().clone();
        (of("alerts").status, of("open alerts"))
    };
    let (ways, open) = checks().await;
    assert_eq!(
        (ways, open.status),
        (Status::Warning, Status::Ok),
        "nothing is configured, nothing is open"
    );
    raise(&app.core, &app.lab()).await;
    alerts::turn(&app.core).await.unwrap();
    let (_, open) = checks().await;
    assert_eq!(open.status, Status::Warning);
    assert!(open.what.starts_with("1 open"), "{open:?}");
    let metric = app.metric("vestibule_alerts{cause=\"stuffing\"}").await;
    assert!((metric - 1.0).abs() < f64::EPSILON, "{metric}");
    app.stop().await;
}
