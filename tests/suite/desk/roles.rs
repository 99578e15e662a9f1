//! Who may do what at the desk: one golden table, walked through over real sockets.

use std::fmt::Write as _;

use vestibule::config::{Approval, Config, Lab};
use vestibule::domain::alert::Cause;
use vestibule::domain::operator::Role;
use vestibule::kernel::ids::LabId;
use vestibule::service::alerts;
use vestibule::store::{self, audit};

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::operator::hire;

on_both_databases![
    r46_a_role_opens_its_own_lab_as_the_golden_table_says,
    r46_another_labs_leak_does_not_exist_and_the_trail_names_who_asked,
];

/// A second laboratory on this server, at another host name.
pub fn with_second_lab(config: &mut Config) {
    let first = config.labs[0].clone();
    config.leak.approval = Approval::OnePerson;
    config.labs.push(Lab {
        id: "vallee".parse().unwrap(),
        name: "Laboratoire de la Vallée".to_owned(),
        portal: "https://results.localhost".parse().unwrap(),
        ..first
    });
}

const OPERATIONS: [(&str, &str); 17] = [
    ("GET", "/desk"),
    ("POST", "/desk/stay"),
    ("GET", "/desk/alerts"),
    ("GET", "/desk/alerts/{alert}"),
    ("POST", "/desk/alerts/{alert}/take"),
    ("POST", "/desk/alerts/{alert}/close"),
    ("GET", "/desk/leaks"),
    ("GET", "/desk/leaks/new"),
    ("POST", "/desk/leaks/new"),
    ("GET", "/desk/leaks/{id}"),
    ("GET", "/desk/leaks/{id}/report"),
    ("GET", "/desk/leaks/{id}/report.json"),
    ("GET", "/desk/leaks/{id}/apply"),
    ("POST", "/desk/leaks/{id}/apply"),
    ("POST", "/desk/leaks/{id}/approve"),
    ("POST", "/desk/leaks/{id}/close"),
    ("POST", "/desk/leaks/{id}/undo"),
];

/// What each is answered, in the order of the roles: not signed in, a role elsewhere, desk, security. A wrong code is
/// 422, an approval of nothing 409: both got as far as the act itself.
const GOLDEN: &str = "\
GET /desk: 303 404 200 200
POST /desk/stay: 303 303 303 303
GET /desk/alerts: 303 404 200 200
GET /desk/alerts/{alert}: 303 404 403 200
POST /desk/alerts/{alert}/take: 303 404 403 303
POST /desk/alerts/{alert}/close: 303 404 403 422
GET /desk/leaks: 303 404 200 200
GET /desk/leaks/new: 303 404 403 200
POST /desk/leaks/new: 303 404 403 422
GET /desk/leaks/{id}: 303 404 200 200
GET /desk/leaks/{id}/report: 303 404 200 200
GET /desk/leaks/{id}/report.json: 303 404 200 200
GET /desk/leaks/{id}/apply: 303 404 200 200
POST /desk/leaks/{id}/apply: 303 404 403 303
POST /desk/leaks/{id}/approve: 303 404 403 409
POST /desk/leaks/{id}/close: 303 404 403 422
POST /desk/leaks/{id}/undo: 303 404 403 422
";

/// An alert of the first lab, by its name.
async fn raise(app: &TestApp) -> String {
    let (core, lab) = (&app.core, app.lab());
    let mut tx = core.db.begin().await.unwrap();
    alerts::raise(core, &mut tx, &lab, &Cause::Stuffing, 120).await.unwrap();
    let found = store::telling::alerts::find(&mut tx, &core.sealer, &lab, 1)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    found[0].id.to_string()
}

async fn send(browser: &mut Browser, method: &str, url: &str) -> Page {
    if method == "GET" {
        return browser.get(url).await;
    }
    let origin = url.split("/desk").next().unwrap();
    let csrf = browser.get(&format!("{origin}/logout")).await.field("csrf");
    let csrf = match csrf {
        Some(csrf) => csrf,
        None => browser.get(&format!("{origin}/login")).await.field("csrf").unwrap(),
    };
    if url.ends_with("/new") {
        return browser.upload(url, &[("csrf", &csrf)], ("list", b"")).await;
    }
    // Its one identifier is nobody's.
    let fields = [("csrf", csrf.as_str()), ("code", "000000"), ("accept_unmatched", "1")];
    browser.post(url, &fields).await
}

async fn r46_a_role_opens_its_own_lab_as_the_golden_table_says(mut app: TestApp) {
    app.restart_with(with_second_lab).await;
    let leak = app.draft("P-1;secret-of-one\n").await;
    let alert = raise(&app).await;
    let elsewhere = hire(&app.core, "anne", &[("vallee", Role::Security)]).await;
    let desk = hire(&app.core, "bea", &[("port", Role::Desk)]).await;
    let security = hire(&app.core, "claire", &[("port", Role::Security)]).await;
    let mut browsers = [
        app.browser(),
        app.at_desk(&elsewhere).await,
        app.at_desk(&desk).await,
        app.at_desk(&security).await,
    ];
    let mut table = String::new();
    for (method, path) in OPERATIONS {
        write!(table, "{method} {path}:").unwrap();
        let path = path.replace("{id}", &leak.to_string()).replace("{alert}", &alert);
        let url = format!("{}{path}", app.portal);
        for browser in &mut browsers {
            let page = send(browser, method, &url).await;
            write!(table, " {}", page.status.as_u16()).unwrap();
            if page.status.as_u16() == 404 {
                assert!(!page.text().contains("P-1"), "{page:?}");
            }
        }
        table.push('\n');
    }
    assert_eq!(table, GOLDEN, "\n{table}");
    let refused = refusals(&app, &app.lab()).await;
    let by = |who: &str, cause: &str| refused.contains(&(who.to_owned(), format!("\"cause\":\"{cause}\"")));
    assert!(
        by("operator:anne", "no-role") && by("operator:bea", "role"),
        "{refused:?}"
    );
    assert!(!refused.iter().any(|(who, _)| who == "operator:claire"));
    app.stop().await;
}

async fn refusals(app: &TestApp, lab: &LabId) -> Vec<(String, String)> {
    let mut tx = app.core.db.begin_read().await.unwrap();
    let trail = audit::find_newest(&mut tx, lab, 200).await.unwrap();
    let refused = trail.into_iter().filter(|event| event.kind == "desk-refused");
    let cause = |detail: &str| {
        detail
            .split([',', '}'])
            .find(|part| part.contains("cause"))
            .unwrap()
            .to_owned()
    };
    refused.map(|event| (event.actor, cause(&event.detail))).collect()
}

async fn r46_another_labs_leak_does_not_exist_and_the_trail_names_who_asked(mut app: TestApp) {
    app.restart_with(with_second_lab).await;
    let leak = app.draft("P-1;secret-of-one\n").await;
    let alert = raise(&app).await;
    let both = hire(
        &app.core,
        "anne",
        &[("port", Role::Security), ("vallee", Role::Security)],
    )
    .await;
    let mut browser = app.browser();
    let (code, origin) = (both.code(&app.core), "https://results.localhost");
    let login = format!("{origin}/desk/login");
    let csrf = browser.get(&login).await.field("csrf").unwrap();
    let fields = [
        ("identifier", "anne"),
        ("password", crate::support::patient::PASSWORD),
        ("code", &code),
        ("csrf", &csrf),
    ];
    let page = browser.post(&login, &fields).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/desk"), "{page:?}");
    let list = browser.get(&format!("{origin}/desk/leaks")).await;
    assert!(list.status == 200 && !list.text().contains("/desk/leaks/1"), "{list:?}");
    let vallee: LabId = "vallee".parse().unwrap();
    for (method, path) in OPERATIONS.iter().filter(|(_, path)| path.contains('{')) {
        let before = refusals(&app, &vallee).await.len();
        let path = path.replace("{id}", &leak.to_string()).replace("{alert}", &alert);
        let url = format!("{origin}{path}");
        let page = send(&mut browser, method, &url).await;
        assert_eq!(page.status, 404, "{method} {path}");
        let refused = refusals(&app, &vallee).await;
        assert_eq!(refused.len(), before + 1, "{method} {path}");
        let (who, cause) = &refused[0];
        assert_eq!(
            (who.as_str(), cause.as_str()),
            ("operator:anne", "\"cause\":\"other-lab\"")
        );
    }
    let before = refusals(&app, &vallee).await.len();
    for nothing in ["2", "0", "x", "-1"] {
        let page = browser.get(&format!("{origin}/desk/leaks/{nothing}")).await;
        assert_eq!(page.status, 404, "{nothing}");
    }
    assert_eq!(
        refusals(&app, &vallee).await.len(),
        before,
        "a mistyped number is nobody's"
    );
    app.stop().await;
}
