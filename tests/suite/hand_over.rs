//! Portal and site: a ticket carries the sign-in over once, to the browser that asked; a sign-out ends both.

use std::time::Duration;

use vestibule::domain::ending::Change;
use vestibule::store::account::locked;

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::databases::on_both_databases;
use crate::support::patient::Patient;

on_both_databases![
    r44_trying_other_numbers_leaves_a_name,
    a_ticket_serves_once_for_its_own_browser_and_for_a_minute,
    no_return_address_leads_elsewhere,
    signing_out_of_the_portal_ends_the_site_at_once,
    r37_signing_out_everywhere_ends_the_other_browser_too,
    r39_another_replica_sees_a_sign_out_within_two_seconds,
    r41_spoofed_identity_never_arrives_and_ours_does,
];

/// Signed in at the portal and at the site.
async fn at_the_site(app: &TestApp, patient: &Patient) -> Browser {
    let mut browser = app.browser();
    app.sign_in(&mut browser, patient).await;
    let page = browser.visit(&own(app)).await;
    assert_eq!(page.status, 200, "{}", page.text());
    browser
}

fn own(app: &TestApp) -> String {
    format!("{}/dossiers/1/sommaire", app.site)
}

async fn ticket_for(browser: &mut Browser, app: &TestApp) -> String {
    let to_portal = browser.get(&own(app)).await;
    browser.get(to_portal.location()).await.location().to_owned()
}

async fn a_ticket_serves_once_for_its_own_browser_and_for_a_minute(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    let ticket = ticket_for(&mut browser, &app).await;
    assert!(
        ticket.starts_with(&format!("{}/.vestibule/enter?ticket=vst_t_", app.site)),
        "{ticket}"
    );
    let mut thief = app.browser();
    thief.get(&own(&app)).await;
    assert_eq!(
        thief.get(&ticket).await.status,
        400,
        "a stolen ticket opens nothing in another browser"
    );
    assert_eq!(browser.get(&ticket).await.status, 303);
    assert_eq!(browser.get(&ticket).await.status, 400, "a ticket serves once");
    let mut slow = app.browser();
    app.advance(Duration::from_secs(30));
    app.sign_in(&mut slow, &patient).await;
    let ticket = ticket_for(&mut slow, &app).await;
    app.advance(Duration::from_secs(61));
    assert_eq!(slow.get(&ticket).await.status, 400, "a minute is enough");
    app.stop().await;
}

async fn no_return_address_leads_elsewhere(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    let via = "0".repeat(64);
    for query in [
        format!("site=results&to=https%3A%2F%2Fevil.example&via={via}"),
        format!("site=results&to=%2F%2Fevil.example&via={via}"),
        format!("site=evil&to=%2F&via={via}"),
        "site=results&to=%2F&via=short".to_owned(),
    ] {
        let page = browser.get(&format!("{}/login?{query}", app.portal)).await;
        assert_eq!(page.location(), "/account", "{query}");
    }
    let ticket = ticket_for(&mut browser, &app)
        .await
        .replace("%2Fdossiers%2F1%2Fsommaire", "%2F%2Fevil.example");
    assert_eq!(browser.get(&ticket).await.location(), "/");
    app.stop().await;
}

async fn signing_out_of_the_portal_ends_the_site_at_once(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut browser = at_the_site(&app, &patient).await;
    assert_eq!(browser.get(&own(&app)).await.status, 200);
    let account = browser.get(&format!("{}/account", app.portal)).await;
    let csrf = account.field("csrf").unwrap();
    let page = browser
        .post(&format!("{}/logout", app.portal), &[("csrf", &csrf)])
        .await;
    assert_eq!(page.status, 303);
    assert_eq!(
        browser.get(&own(&app)).await.status,
        303,
        "in the same process it is seen at once"
    );
    app.stop().await;
}

async fn r37_signing_out_everywhere_ends_the_other_browser_too(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut stolen = at_the_site(&app, &patient).await;
    app.advance(Duration::from_secs(30));
    let mut home = at_the_site(&app, &patient).await;
    let account = home.get(&format!("{}/account", app.portal)).await;
    let others = account.text().matches("account/sessions/end\"").count();
    assert_eq!(others, 2, "the enrolment's own session and the stolen one are listed");
    let csrf = account.field("csrf").unwrap();
    home.post(&format!("{}/account/sessions/end-all", app.portal), &[("csrf", &csrf)])
        .await;
    for browser in [&mut stolen, &mut home] {
        assert_eq!(browser.get(&own(&app)).await.status, 303);
    }
    app.stop().await;
}

async fn r39_another_replica_sees_a_sign_out_within_two_seconds(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut browser = at_the_site(&app, &patient).await;
    assert_eq!(browser.get(&own(&app)).await.status, 200);
    // Another process would do exactly this: change the database and know nothing of our memory.
    let mut tx = app.core.db.begin().await.unwrap();
    let holder = locked::lock(&mut tx, &app.lab(), patient.account).await.unwrap();
    holder.unwrap().end(Change::SignedOut, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_900)).await;
    assert_eq!(browser.get(&own(&app)).await.status, 303);
    app.stop().await;
}

async fn r44_trying_other_numbers_leaves_a_name(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut browser = at_the_site(&app, &patient).await;
    assert_eq!(
        browser.get(&format!("{}/dossiers/2/sommaire", app.site)).await.status,
        403
    );
    let mut tx = app.core.db.begin_read().await.unwrap();
    let newest = vestibule::store::audit::find_newest(&mut tx, &app.lab(), 1)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        (newest[0].kind.as_str(), newest[0].account),
        ("gate-refused", Some(patient.account))
    );
    assert!(
        newest[0].detail.contains("other-record") && !newest[0].detail.contains("dossiers"),
        "{}",
        newest[0].detail
    );
    app.stop().await;
}

async fn r41_spoofed_identity_never_arrives_and_ours_does(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut browser = at_the_site(&app, &patient).await;
    for name in [
        "X-Remote-User",
        "X-Vestibule-Assertion",
        "X_Forwarded_User",
        "X-Forwarded-For",
    ] {
        browser.headers.push((name.to_owned(), "evil-spoof".to_owned()));
    }
    let page = browser
        .get(&format!("{}/entetes", app.site))
        .await
        .text()
        .to_lowercase();
    assert!(!page.contains("evil-spoof"), "{page}");
    assert!(!page.contains("__host-vst"), "our cookies are not the LIS's business");
    assert!(page.contains("x-vestibule-assertion"), "{page}");
    app.stop().await;
}
