//! The role `security`, and people who are not signed in at all.

use std::time::Duration;

use serde_json::json;
use vestibule::admin::operators as staff;
use vestibule::domain::audit::Actor;
use vestibule::domain::operator::Role;

use crate::support::app::{TestApp, Wish};
use crate::support::oathtool;
use crate::support::operator::hire;
use crate::support::passkey::{SoftKey, options};
use crate::support::patient::PASSWORD;

/// A server whose role `security` takes a passkey.
async fn strict() -> TestApp {
    TestApp::wishing(Wish {
        security_passkey: true,
        ..Wish::default()
    })
    .await
}

#[actix_web::test]
async fn r23_the_role_security_takes_a_session_opened_with_a_passkey() {
    if !oathtool::present() {
        return;
    }
    let app = strict().await;
    let colleague = hire(&app.core, "claire", &[("port", Role::Security)]).await;
    let mut browser = app.at_desk(&colleague).await;
    let desk = |path: &str| format!("{}/desk{path}", app.portal);
    let home = browser.get(&desk("")).await;
    assert!(
        home.text().contains("/desk/passkeys") && home.text().contains("class=\"notice\""),
        "{home:?}"
    );
    assert_eq!(browser.get(&desk("/leaks/new")).await.status, 403);
    assert_eq!(browser.get(&desk("/leaks")).await.status, 200, "as the desk");
    // One is added at the desk, and signs in there alone.
    app.advance(Duration::from_secs(60));
    let csrf = browser.get(&desk("/passkeys/add")).await.field("csrf").unwrap();
    let code = colleague.code(&app.core);
    let fields = [("csrf", csrf.as_str()), ("password", PASSWORD), ("code", &code)];
    let page = browser.post(&desk("/passkeys/add"), &fields).await;
    let page = browser.follow(page).await;
    let mut key = SoftKey::new(&app.portal);
    let answer = key.create(&options(&page));
    let fields = [("csrf", csrf.as_str()), ("name", ""), ("answer", &answer)];
    let page = browser.post(&desk("/passkeys/new"), &fields).await;
    assert_eq!(page.location(), "/desk/passkeys?added", "{page:?}");
    assert_eq!(
        app.sign_in_with(&mut app.browser(), &mut key).await.status,
        401,
        "not the portal's"
    );
    let mut browser = app.browser();
    let csrf = browser.get(&desk("/login")).await.field("csrf").unwrap();
    let asked = browser.post(&desk("/login/passkey"), &[("csrf", &csrf)]).await;
    let (challenge, answer) = (asked.field("challenge").unwrap(), key.get(&options(&asked)));
    let fields = [("csrf", csrf.as_str()), ("challenge", &challenge), ("answer", &answer)];
    let page = browser.post(&desk("/login/passkey/answer"), &fields).await;
    assert_eq!(page.location(), "/desk", "{page:?}");
    let home = browser.get(&desk("")).await;
    assert!(!home.text().contains("class=\"notice\""), "{home:?}");
    assert_eq!(browser.get(&desk("/leaks/new")).await.status, 200);
    // Without a role here there is no page.
    let lab = app.lab();
    staff::set_role(&app.core, &colleague.name, &lab, None, &Actor::Vestibule)
        .await
        .unwrap();
    assert_eq!(browser.get(&desk("/passkeys")).await.status, 404);
    app.stop().await;
}

#[actix_web::test]
async fn r40_nobody_adds_a_passkey_without_a_session() {
    if !oathtool::present() {
        return;
    }
    let app = TestApp::start().await;
    let (patient, _) = app.patient_with_passkey("P-1", "1").await;
    let mut stranger = app.browser();
    let csrf = stranger
        .get(&format!("{}/login", app.portal))
        .await
        .field("csrf")
        .unwrap();
    let code = app.code(&patient);
    let fields = [
        ("csrf", csrf.as_str()),
        ("password", &patient.password),
        ("code", &code),
    ];
    let page = stranger
        .post(&format!("{}/account/passkeys/add", app.portal), &fields)
        .await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/login"));
    let fields = json!({ "csrf": csrf });
    let page = stranger
        .post(
            &format!("{}/account/passkeys/new", app.portal),
            &[("csrf", fields["csrf"].as_str().unwrap())],
        )
        .await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/login"));
    app.stop().await;
}
