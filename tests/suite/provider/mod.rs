//! Providers: a real one, and one that lies. Linked by a person who is signed in or has a lab code, and by
//! no one else; a complete sign-in where two factors were shown there.

mod doctor;
mod enrolling;
mod hostile;
mod lies;
mod linking;
mod refused;
mod signing_in;
mod signing_out;
pub mod stand;

use vestibule::store::account::provider_links;
use vestibule::store::audit;

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::patient::Patient;

async fn signed_in(browser: &mut Browser, app: &TestApp) -> bool {
    browser.get(&format!("{}/account", app.portal)).await.status == 200
}

async fn trail(app: &TestApp) -> Vec<audit::TrailRow> {
    let mut tx = app.core.db.begin_read().await.unwrap();
    let found = audit::find_newest(&mut tx, &app.lab(), 200).await.unwrap();
    tx.commit().await.unwrap();
    found
}

/// Of refusals, sorted: what happens at one moment of the test's clock has no order.
async fn causes(app: &TestApp) -> Vec<String> {
    let refused = trail(app)
        .await
        .into_iter()
        .filter(|event| event.kind == "provider-refused");
    let detail = |event: audit::TrailRow| serde_json::from_str::<serde_json::Value>(&event.detail).unwrap();
    let mut causes: Vec<String> = refused
        .map(|event| detail(event)["cause"].as_str().unwrap().to_owned())
        .collect();
    causes.sort();
    causes
}

async fn kinds(app: &TestApp, kind: &str) -> usize {
    trail(app).await.iter().filter(|event| event.kind == kind).count()
}

async fn lines(app: &TestApp, patient: &Patient) -> Vec<vestibule::domain::provider::LinkEntry> {
    let mut tx = app.core.db.begin_read().await.unwrap();
    let found = provider_links::find(&mut tx, &app.core.sealer, &app.lab(), patient.account)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    found
}

/// The page after "link" on the list, which asks for password and code again.
async fn ask_again(app: &TestApp, browser: &mut Browser, patient: &Patient) -> Page {
    let address = format!("{}/account/links/add", app.portal);
    let page = browser.get(&format!("{address}?provider=compte")).await;
    let csrf = page.field("csrf").unwrap_or_else(|| panic!("{page:?}"));
    let code = app.code(patient);
    let fields = [
        ("csrf", csrf.as_str()),
        ("provider", "compte"),
        ("password", &patient.password),
        ("code", &code),
    ];
    browser.post(&address, &fields).await
}

/// The code that confirms a sign-in at the page that asks for one.
async fn give_code(app: &TestApp, browser: &mut Browser, code: &str) -> Page {
    let address = format!("{}/login/provider/code", app.portal);
    let page = browser.get(&address).await;
    let csrf = page.field("csrf").unwrap_or_else(|| panic!("{page:?}"));
    browser.post(&address, &[("csrf", &csrf), ("code", code)]).await
}
