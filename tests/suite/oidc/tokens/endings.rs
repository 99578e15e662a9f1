//! How refresh tokens end: with the session, unless the person let the client come later too, and both with whatever
//! makes a person or a lab think of a thief.

use std::time::Duration;

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::databases::on_both_databases;
use crate::support::oidc::Tokens;
use crate::support::patient::Patient;
use crate::support::relying_party::RelyingParty;

on_both_databases![
    a_sign_out_ends_what_hangs_on_the_session_alone,
    signing_out_everywhere_ends_all,
    a_new_password_ends_all,
    a_campaign_ends_all,
    a_consent_taken_back_ends_all_of_that_client,
    time_ends_each,
];

/// One of each kind.
struct Both {
    client: RelyingParty,
    bound: Tokens,
    offline: Tokens,
}

impl Both {
    /// They serve, each as it is said; those that serve are the next ones afterwards.
    async fn serve(&mut self, app: &TestApp, bound: bool, offline: bool) {
        for (name, tokens, serves) in [
            ("bound", &mut self.bound, bound),
            ("offline", &mut self.offline, offline),
        ] {
            assert_eq!(self.client.is_active(app, tokens.refresh()).await, serves, "{name}");
            let userinfo = app.userinfo(tokens.access()).await.status;
            assert_eq!(userinfo.is_success(), serves, "{name}");
            match serves {
                true => *tokens = self.client.refreshed(app, tokens.refresh()).await,
                false => assert_eq!(
                    self.client.unrefreshed(app, tokens.refresh()).await,
                    "invalid_grant",
                    "{name}"
                ),
            }
        }
    }
}

async fn both(app: &TestApp, browser: &mut Browser, id: &str) -> Both {
    let entry = json!({ "scopes": "openid profile offline_access", "site": null });
    let client = app.relying_party(id, entry).await;
    let bound = client.tokens(app, browser, &[]).await;
    let offline = client.tokens(app, browser, &[("scope", "openid offline_access")]).await;
    let mut both = Both { client, bound, offline };
    both.serve(app, true, true).await;
    both
}

async fn post(app: &TestApp, browser: &mut Browser, path: &str, fields: &[(&str, &str)]) {
    let csrf = browser
        .get(&format!("{}/account", app.portal))
        .await
        .field("csrf")
        .unwrap();
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(fields);
    assert_eq!(browser.post(&format!("{}{path}", app.portal), &all).await.status, 303);
}

async fn rotate(app: &TestApp, patient: &mut Patient) {
    let mut browser = app.browser();
    app.advance(Duration::from_secs(30));
    let held = app.sign_in(&mut browser, patient).await;
    let page = browser.follow(held).await;
    let fields = [
        ("new_password", "trois tortues sous la pluie"),
        ("csrf", &page.field("csrf").unwrap()),
    ];
    let done = browser.post(&format!("{}/password", app.portal), &fields).await;
    assert_eq!(done.status, 303, "{done:?}");
    patient.password = fields[0].1.to_owned();
}

async fn a_sign_out_ends_what_hangs_on_the_session_alone(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let (mut here, mut there) = (app.signed_in(&patient).await, app.signed_in(&patient).await);
    let mut tokens = both(&app, &mut here, "ici").await;
    let mut others = both(&app, &mut there, "ailleurs").await;
    // By itself it asks for what the person agreed to just now, and for no more.
    let silent = here
        .get(
            &tokens
                .client
                .url(&[("scope", "openid offline_access"), ("prompt", "none")]),
        )
        .await;
    let silent = crate::support::relying_party::follow_to_client(&mut here, silent).await;
    assert!(
        silent.location().contains("error=consent_required"),
        "asked each time: {silent:?}"
    );

    post(&app, &mut here, "/logout", &[]).await;
    tokens.serve(&app, false, true).await;
    others.serve(&app, true, true).await;

    // The holder ends the other session from here.
    app.sign_in_again(&mut here, &patient).await;
    let account = here.get(&format!("{}/account", app.portal)).await;
    let text = account.text();
    let sessions: Vec<&str> = text
        .split("name=\"session\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(!sessions.is_empty(), "{text}");
    for session in sessions {
        post(&app, &mut here, "/account/sessions/end", &[("session", session)]).await;
    }
    others.serve(&app, false, true).await;
    app.stop().await;
}

async fn signing_out_everywhere_ends_all(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let (mut here, mut there) = (app.signed_in(&patient).await, app.signed_in(&patient).await);
    let mut tokens = both(&app, &mut here, "ici").await;
    let mut others = both(&app, &mut there, "ailleurs").await;
    post(&app, &mut here, "/account/sessions/end-all", &[]).await;
    tokens.serve(&app, false, false).await;
    others.serve(&app, false, false).await;
    app.stop().await;
}

async fn a_new_password_ends_all(app: TestApp) {
    let mut patient = app.patient("70114202", "12").await;
    let bystander = app.patient("70114203", "13").await;
    let mut browser = app.signed_in(&patient).await;
    let mut bystanders = app.signed_in(&bystander).await;
    let mut tokens = both(&app, &mut browser, "ici").await;
    let mut others = both(&app, &mut bystanders, "ailleurs").await;
    // Forgotten: a code and a recovery code lead to a new one.
    let mut elsewhere = app.browser();
    let recover = format!("{}/recover", app.portal);
    app.advance(Duration::from_secs(30));
    let csrf = elsewhere.get(&recover).await.field("csrf").unwrap();
    let fields = [
        ("identifier", patient.identifier.as_str()),
        ("code", &app.code(&patient)),
        ("recovery_code", &patient.recovery_codes[0]),
        ("csrf", &csrf),
    ];
    let held = elsewhere.post(&recover, &fields).await;
    let page = elsewhere.follow(held).await;
    assert!(page.element("held").is_some(), "{page:?}");
    tokens.serve(&app, true, true).await; // not yet
    let fields = [("new_password", "trois tortues sous la pluie"), ("csrf", &csrf)];
    assert_eq!(
        elsewhere
            .post(&format!("{}/password", app.portal), &fields)
            .await
            .status,
        303
    );
    tokens.serve(&app, false, false).await;
    others.serve(&app, true, true).await;

    // A lab code takes its place: everything of before is over.
    patient.password = fields[0].1.to_owned();
    let mut tokens = both(&app, &mut elsewhere, "encore").await;
    let code = app.new_lab_code(&patient).await;
    app.enrol(&mut app.browser(), &mut patient, &code).await;
    tokens.serve(&app, false, false).await;
    app.stop().await;
}

async fn a_campaign_ends_all(app: TestApp) {
    let mut patient = app.patient("70114202", "12").await;
    let bystander = app.patient("70114203", "13").await;
    let mut browser = app.signed_in(&patient).await;
    let mut bystanders = app.signed_in(&bystander).await;
    let mut tokens = both(&app, &mut browser, "ici").await;
    let mut others = both(&app, &mut bystanders, "ailleurs").await;
    app.advance(Duration::from_secs(1));
    app.require_rotation(&patient).await;
    tokens.serve(&app, false, false).await;
    others.serve(&app, true, true).await;
    rotate(&app, &mut patient).await;
    tokens.serve(&app, false, false).await; // and they stay over when the hold is
    app.stop().await;
}

async fn a_consent_taken_back_ends_all_of_that_client(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let mut browser = app.signed_in(&patient).await;
    let mut tokens = both(&app, &mut browser, "ici").await;
    let mut others = both(&app, &mut browser, "ailleurs").await;
    post(&app, &mut browser, "/account/services/end", &[("service", "ici")]).await;
    tokens.serve(&app, false, false).await;
    others.serve(&app, true, true).await;
    app.stop().await;
}

async fn time_ends_each(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let mut browser = app.signed_in(&patient).await;
    let mut tokens = both(&app, &mut browser, "ici").await;
    let hour = Duration::from_secs(3600);
    app.advance(hour * 12);
    // An access token of five minutes is over too: only the refresh tokens tell.
    assert_eq!(
        tokens.client.unrefreshed(&app, tokens.bound.refresh()).await,
        "invalid_grant"
    );
    tokens.offline = tokens.client.refreshed(&app, tokens.offline.refresh()).await;
    app.advance(hour * 24 * 29);
    tokens.offline = tokens.client.refreshed(&app, tokens.offline.refresh()).await;
    app.advance(hour * 12);
    assert_eq!(
        tokens.client.unrefreshed(&app, tokens.offline.refresh()).await,
        "invalid_grant",
        "however busy"
    );
    app.stop().await;
}
