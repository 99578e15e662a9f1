//! Every cookie of ours is bound to its host, for TLS alone, out of reach of scripts, and stays at home when another
//! site posts.

use std::collections::BTreeSet;

use super::scenes::{Scene, set};
use super::{app, form_token};
use crate::support::browser::Browser;

/// Those that there are; a device's alone outlives the browser's window.
const COOKIES: [&str; 11] = [
    "__Host-vst_browser",
    "__Host-vst_desk",
    "__Host-vst_desk_device",
    "__Host-vst_desk_passkey",
    "__Host-vst_desk_pending",
    "__Host-vst_device",
    "__Host-vst_lang",
    "__Host-vst_passkey",
    "__Host-vst_pending",
    "__Host-vst_session",
    "__Host-vst_site",
];

/// The names that this browser was sent, each with the attributes that it has to have.
fn checked(browser: &Browser) -> BTreeSet<String> {
    let received = browser.received.iter().filter(|cookie| cookie.contains("vst_"));
    received
        .map(|cookie| {
            let mut parts = cookie.split("; ");
            let (name, value) = parts.next().unwrap().split_once('=').unwrap();
            let (lasting, mut attributes): (Vec<&str>, Vec<&str>) =
                parts.partition(|part| part.starts_with("Max-Age="));
            attributes.sort_unstable();
            assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"], "{cookie}");
            let may_last = value.is_empty() || name.ends_with("_device");
            assert!(lasting.is_empty() || may_last, "{cookie}");
            assert!(!value.is_empty() || lasting == ["Max-Age=0"], "{cookie}");
            name.to_owned()
        })
        .collect()
}

#[actix_web::test]
async fn r39_every_cookie_is_out_of_reach_of_scripts_and_of_other_sites() {
    let Some(app) = app().await else { return };
    let mut found = BTreeSet::new();
    for scene in [
        Scene::Held,
        Scene::WithPasskey,
        Scene::OperatorWithPasskey,
        Scene::DeskBinding,
    ] {
        found.extend(checked(&set(&app, scene).await.browser));
    }
    let mut browser = set(&app, Scene::Holder).await.browser;
    browser.visit(&format!("{}/entetes", app.site)).await;
    browser.get(&format!("{}/recover?lang=en", app.portal)).await;
    let token = form_token(&app, &mut browser).await;
    browser
        .post(&format!("{}/logout", app.portal), &[("csrf", &token)])
        .await;
    found.extend(checked(&browser));
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, COOKIES);
    app.stop().await;
}
