//! Passkeys: added after being asked again, a complete sign-in by themselves, refused in one way.

mod held;
mod keeping;
mod operators;
mod refused;
mod signing_in;

use vestibule::domain::account::AccountState;
use vestibule::store::account::{locked, passkeys};
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

async fn causes(app: &TestApp) -> Vec<String> {
    let refused = trail(app)
        .await
        .into_iter()
        .filter(|event| event.kind == "passkey-refused");
    let detail = |event: audit::TrailRow| serde_json::from_str::<serde_json::Value>(&event.detail).unwrap();
    let mut causes: Vec<String> = refused
        .map(|event| detail(event)["cause"].as_str().unwrap().to_owned())
        .collect();
    // What happens at one moment of the test's clock has no order.
    causes.sort();
    causes
}

/// What a stranger can see of a refusal, but for what changes with every request.
fn seen(page: &Page) -> (u16, String, Vec<(String, String)>) {
    let csrf = page.field("csrf").unwrap();
    let headers = page.headers.iter().filter(|(name, _)| *name != "date");
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let mut headers: Vec<_> = headers.collect();
    headers.sort();
    (page.status.as_u16(), page.text().replace(&csrf, "CSRF"), headers)
}

async fn lines(app: &TestApp, patient: &Patient) -> Vec<vestibule::domain::passkey::PasskeyEntry> {
    let mut tx = app.core.db.begin_read().await.unwrap();
    let found = passkeys::find(&mut tx, &app.core.sealer, &app.lab(), patient.account)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    found
}

async fn set_state(app: &TestApp, patient: &Patient, state: AccountState) {
    let mut tx = app.core.db.begin().await.unwrap();
    let holder = locked::lock(&mut tx, &app.lab(), patient.account).await.unwrap();
    holder.unwrap().set_state(state, app.now()).await.unwrap();
    tx.commit().await.unwrap();
}
