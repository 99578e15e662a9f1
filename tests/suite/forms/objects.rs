//! A form that names an object does nothing to another account's.

use serde_json::json;
use vestibule::auth::{consents, device};

use super::scenes::{link, passkey, session};
use super::{answer, form_token};
use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::patient::Patient;

async fn post(app: &TestApp, browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let token = form_token(app, browser).await;
    let fields = [&[("csrf", token.as_str())], fields].concat();
    browser.post(&format!("{}{path}", app.portal), &fields).await
}

struct Two {
    app: TestApp,
    /// The one who posts.
    one: Browser,
    other: Patient,
    others: Browser,
}

async fn two() -> Option<Two> {
    let app = super::app().await?;
    let (patient, other) = (app.patient("P-1", "1").await, app.patient("P-2", "2").await);
    let (mut one, mut others) = (app.browser(), app.browser());
    app.sign_in(&mut one, &patient).await;
    app.sign_in(&mut others, &other).await;
    Some(Two {
        app,
        one,
        other,
        others,
    })
}

#[actix_web::test]
async fn another_accounts_session_does_not_end() {
    let Some(mut two) = two().await else { return };
    let theirs = session(&two.app, &two.other, &two.others).await.to_string();
    let page = post(&two.app, &mut two.one, "/account/sessions/end", &[("session", &theirs)]).await;
    assert_eq!(answer(&page), (303, Some("/account")));
    let account = format!("{}/account", two.app.portal);
    assert_eq!(two.others.get(&account).await.status, 200, "their session was ended");
    let page = post(
        &two.app,
        &mut two.others,
        "/account/sessions/end",
        &[("session", &theirs)],
    )
    .await;
    assert_eq!(answer(&page), (303, Some("/account")));
    assert_eq!(two.others.get(&account).await.status, 401, "it ends for its holder");
    two.app.stop().await;
}

#[actix_web::test]
async fn another_accounts_device_is_not_forgotten() {
    let Some(mut two) = two().await else { return };
    let (core, lab) = (two.app.core.clone(), two.app.lab());
    let nowhere = vestibule::auth::browser::Browser::unknown();
    let listed = async |patient: &Patient| device::list(&core, &lab, patient.account, &nowhere).await.unwrap();
    let theirs = listed(&two.other).await;
    let handle = theirs[0].device.id.to_string();
    let page = post(
        &two.app,
        &mut two.one,
        "/account/devices/forget",
        &[("device", &handle)],
    )
    .await;
    assert_eq!(answer(&page), (303, Some("/account")));
    assert_eq!(
        listed(&two.other).await.len(),
        theirs.len(),
        "their device was forgotten"
    );
    post(
        &two.app,
        &mut two.others,
        "/account/devices/forget",
        &[("device", &handle)],
    )
    .await;
    assert_eq!(
        listed(&two.other).await.len(),
        theirs.len() - 1,
        "its holder forgets it"
    );
    two.app.stop().await;
}

#[actix_web::test]
async fn another_accounts_consent_is_not_taken_back() {
    let Some(mut two) = two().await else { return };
    let client = two.app.relying_party("carnet", json!({})).await;
    two.app.advance(std::time::Duration::from_secs(1));
    client.code(&mut two.others, &[]).await;
    let count = async || {
        let found = consents::list(&two.app.core, &two.app.lab(), two.other.account).await;
        found.unwrap().len()
    };
    assert_eq!(count().await, 1);
    let fields = [("service", "carnet")];
    post(&two.app, &mut two.one, "/account/services/end", &fields).await;
    assert_eq!(count().await, 1, "their consent was taken back");
    post(&two.app, &mut two.others, "/account/services/end", &fields).await;
    assert_eq!(count().await, 0, "its holder takes it back");
    two.app.stop().await;
}

#[actix_web::test]
async fn another_accounts_means_do_not_exist() {
    let Some(mut two) = two().await else { return };
    two.app.add_passkey(&mut two.others, &two.other, "").await;
    let (passkey, link) = (passkey(&two.app, &two.other).await, link(&two.app, &two.other).await);
    for (path, name, handle) in [
        ("/account/passkeys/remove", "passkey", &passkey),
        ("/account/links/remove", "link", &link),
    ] {
        let page = post(&two.app, &mut two.one, path, &[(name, handle)]).await;
        assert_eq!(page.status, 404, "{path}: {page:?}");
        let page = post(&two.app, &mut two.others, path, &[(name, handle)]).await;
        assert_eq!(page.status, 401, "{path}: its holder is asked again: {page:?}");
    }
    two.app.stop().await;
}
