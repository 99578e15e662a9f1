//! From the dry run to its end, at the desk.

use std::time::Duration;

use vestibule::domain::operator::Role;

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::operator::{Colleague, hire};

on_both_databases![
    a_second_person_approves_and_an_undo_takes_their_code,
    r38_a_page_that_comes_again_by_itself_keeps_nobody_signed_in,
    a_form_from_elsewhere_does_nothing,
];

const SECURITY: &[(&str, Role)] = &[("port", Role::Security)];

struct Desk<'a> {
    app: &'a TestApp,
    leak: String,
}

impl Desk<'_> {
    async fn look(&self, browser: &mut Browser) -> Page {
        browser
            .get(&format!("{}/desk/leaks/{}", self.app.portal, self.leak))
            .await
    }

    async fn act(&self, browser: &mut Browser, act: &str, code: &str) -> Page {
        let csrf = self.look(browser).await.field("csrf").unwrap();
        let url = format!("{}/desk/leaks/{}/{act}", self.app.portal, self.leak);
        browser.post(&url, &[("csrf", &csrf), ("code", code)]).await
    }

    fn can(&self, page: &Page, act: &str) -> bool {
        page.text()
            .contains(&format!("action=\"/desk/leaks/{}/{act}\"", self.leak))
    }
}

async fn a_second_person_approves_and_an_undo_takes_their_code(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let (anne, bea) = (
        hire(&app.core, "anne", SECURITY).await,
        hire(&app.core, "bea", SECURITY).await,
    );
    let (mut first, mut second) = (app.at_desk(&anne).await, app.at_desk(&bea).await);
    let leak = app
        .draft(&format!("{};{}\n", patient.identifier, patient.password))
        .await;
    let desk = Desk {
        app: &app,
        leak: leak.to_string(),
    };
    let drafted = desk.look(&mut first).await;
    assert!(
        drafted
            .text()
            .contains("1 personne devra choisir un nouveau mot de passe"),
        "{drafted:?}"
    );
    let buttons = ["apply", "approve", "undo", "close"].map(|act| desk.can(&drafted, act));
    assert_eq!(buttons, [true, false, true, false]);
    let nothing_yet = app.sign_in(&mut app.browser(), &patient).await;
    assert_eq!(nothing_yet.location(), "/account");

    assert_eq!(desk.act(&mut first, "apply", "").await.status, 303);
    let waiting = desk.look(&mut first).await;
    assert!(!desk.can(&waiting, "approve"), "nobody approves what they asked for");
    let same = desk.act(&mut first, "approve", "").await;
    assert_eq!(same.status, 409);
    assert!(
        same.element("error")
            .is_some_and(|text| text.contains("autre personne")),
        "{same:?}"
    );
    assert!(desk.can(&desk.look(&mut second).await, "approve"));
    assert_eq!(desk.act(&mut second, "approve", "").await.status, 303);
    let again = desk.act(&mut second, "approve", "").await;
    assert_eq!(again.status, 409, "it has taken effect already");

    app.advance(Duration::from_secs(30));
    let held = app.sign_in(&mut app.browser(), &patient).await;
    assert_eq!(held.location(), "/password");
    assert_eq!(desk.act(&mut second, "undo", "").await.status, 422, "not counted");
    for wrong in ["000000", "000001", &used(&app, &bea)] {
        let page = desk.act(&mut second, "undo", wrong).await;
        assert_eq!(page.status, 422, "{wrong}");
    }
    let waits = desk.act(&mut second, "undo", &bea.code(&app.core)).await;
    assert_eq!(waits.status, 429, "R-20: the back-off of a sign-in");
    assert!(waits.header("retry-after").is_some());
    app.advance(Duration::from_secs(30));
    assert_eq!(desk.act(&mut second, "undo", &bea.code(&app.core)).await.status, 303);
    let undone = desk.look(&mut first).await;
    let buttons = ["apply", "approve", "undo", "close"].map(|act| desk.can(&undone, act));
    assert_eq!(buttons, [false; 4]);
    let free = app.sign_in(&mut app.browser(), &patient).await;
    assert_eq!(free.location(), "/account");
    app.stop().await;
}

/// The code with which they signed in, half a minute ago.
fn used(app: &TestApp, colleague: &Colleague) -> String {
    crate::support::oathtool::code(&colleague.secret, app.now().unix_seconds() - 30)
}

async fn r38_a_page_that_comes_again_by_itself_keeps_nobody_signed_in(app: TestApp) {
    let anne = hire(&app.core, "anne", SECURITY).await;
    let mut browser = app.at_desk(&anne).await;
    let leak = app.draft("P-1;secret-of-one\n").await;
    let page = format!("{}/desk/leaks/{leak}", app.portal);
    let live = format!("{page}?live=1");
    assert_eq!(browser.get(&page).await.header("refresh"), None);
    for _ in 0..14 {
        let shown = browser.get(&live).await;
        assert_eq!((shown.status.as_u16(), shown.header("refresh")), (200, Some("5")));
        app.advance(Duration::from_secs(60));
    }
    assert!(
        browser
            .get(&live)
            .await
            .text()
            .contains(&format!("href=\"/desk/leaks/{leak}\""))
    );
    app.advance(Duration::from_secs(60));
    let over = browser.get(&live).await;
    assert_eq!((over.status.as_u16(), over.header("refresh")), (401, None));
    app.stop().await;
}

async fn a_form_from_elsewhere_does_nothing(app: TestApp) {
    let anne = hire(&app.core, "anne", SECURITY).await;
    let mut browser = app.at_desk(&anne).await;
    let leak = app.draft("P-1;secret-of-one\n").await;
    let desk = Desk {
        app: &app,
        leak: leak.to_string(),
    };
    for act in ["apply", "undo"] {
        let url = format!("{}/desk/leaks/{leak}/{act}", app.portal);
        let page = browser.post(&url, &[("csrf", "x"), ("code", "000000")]).await;
        assert_eq!(page.status, 403, "{act}");
    }
    let new = format!("{}/desk/leaks/new", app.portal);
    let fields = [("csrf", "x"), ("source", "forum")];
    let page = browser
        .upload(&new, &fields, ("list.csv", b"P-1;secret-of-one\n"))
        .await;
    assert_eq!(page.status, 403);
    assert!(desk.can(&desk.look(&mut browser).await, "apply"), "it is where it was");
    app.stop().await;
}
