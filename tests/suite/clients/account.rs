//! What a patient gave to a service, and takes back.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use vestibule::store::audit;

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::databases::on_both_databases;
use crate::support::patient::Patient;
use crate::support::relying_party::{RelyingParty, follow_to_client};

on_both_databases![
    a_patient_sees_what_services_get,
    a_consent_is_taken_back_by_its_holder_and_ends_what_came_of_it,
];

struct Signed {
    browser: Browser,
    patient: Patient,
    account: String,
}

async fn signed_in(app: &TestApp) -> Signed {
    let patient = app.patient("70114202", "12").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    Signed {
        browser,
        patient,
        account: format!("{}/account", app.portal),
    }
}

impl Signed {
    /// With consent if it is requested; the client's tokens.
    async fn tokens(&mut self, app: &TestApp, party: &RelyingParty, scope: &str) -> Value {
        let code = party.code(&mut self.browser, &[("scope", scope)]).await;
        party.redeem(app, &code).await.1
    }

    async fn end(&mut self, csrf: &str, service: &str) {
        let end = format!("{}/services/end", self.account);
        let page = self.browser.post(&end, &[("csrf", csrf), ("service", service)]).await;
        assert_eq!((page.status.as_u16(), page.location()), (303, "/account"));
    }
}

async fn a_patient_sees_what_services_get(app: TestApp) {
    let mut signed = signed_in(&app).await;
    let page = signed.browser.get(&signed.account).await;
    assert!(page.element("services-title").is_none());
    let own = json!({ "name": "Application du laboratoire", "consent": "first-party" });
    for (id, entry, scope) in [
        ("carnet", json!({ "name": "Carnet <b>" }), "openid email"),
        ("rdv", json!({ "name": "Rendez-vous" }), "openid"),
        ("own", own, "openid profile"),
    ] {
        let party = app.relying_party(id, entry).await;
        signed.tokens(&app, &party, scope).await;
    }
    let text = signed.browser.get(&signed.account).await.text();
    for there in [
        "Carnet &#60;b&#62;",
        "Adresse électronique",
        "Rendez-vous",
        "qu’un numéro qui vous désigne",
    ] {
        assert!(text.contains(there), "{there}: {text}");
    }
    assert!(!text.contains("Application du laboratoire"), "nobody was asked: {text}");
    app.stop().await;
}

async fn a_consent_is_taken_back_by_its_holder_and_ends_what_came_of_it(app: TestApp) {
    let mut signed = signed_in(&app).await;
    let carnet = app.relying_party("carnet", json!({})).await;
    let rdv = app.relying_party("rdv", json!({ "name": "Rendez-vous" })).await;
    let tokens = signed.tokens(&app, &carnet, "openid email").await;
    let kept = signed.tokens(&app, &rdv, "openid").await;
    let refresh = |tokens: &Value| tokens["refresh_token"].as_str().unwrap().to_owned();

    let csrf = signed.browser.get(&signed.account).await.field("csrf").unwrap();
    signed.end("forged", "carnet").await;
    signed.end(&csrf, "nobody").await;
    let mut stranger = Signed {
        browser: app.browser(),
        patient: app.patient("70114203", "13").await,
        account: signed.account.clone(),
    };
    app.sign_in(&mut stranger.browser, &stranger.patient).await;
    let theirs = stranger.browser.get(&stranger.account).await.field("csrf").unwrap();
    stranger.end(&theirs, "carnet").await;
    let (status, tokens) = carnet.refresh(&app, &refresh(&tokens)).await;
    assert_eq!(
        status,
        StatusCode::OK,
        "still given to {}: {tokens}",
        signed.patient.identifier
    );

    signed.end(&csrf, "carnet").await;
    let text = signed.browser.get(&signed.account).await.text();
    assert!(
        !text.contains("Carnet de sant") && text.contains("Rendez-vous"),
        "{text}"
    );
    let (status, refused) = carnet.refresh(&app, &refresh(&tokens)).await;
    assert_eq!(
        (status, &refused["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant"))
    );
    let bearer = tokens["access_token"].as_str().unwrap();
    let url = format!("{}/oauth2/userinfo", app.portal);
    let userinfo = app.browser().post(&url, &[("access_token", bearer)]).await;
    assert_eq!(userinfo.status, 401, "{userinfo:?}");
    let (status, kept) = rdv.refresh(&app, &refresh(&kept)).await;
    assert_eq!(status, StatusCode::OK, "{kept}");
    let silent = carnet.url(&[("scope", "openid email"), ("prompt", "none")]);
    let page = signed.browser.get(&silent).await;
    let page = follow_to_client(&mut signed.browser, page).await;
    assert!(page.location().contains("error=consent_required"), "{page:?}");

    let mut tx = app.core.db.begin_read().await.unwrap();
    let mut taken = audit::find_newest(&mut tx, &app.lab(), 100).await.unwrap();
    drop(tx);
    taken.retain(|event| event.kind == "consent-taken-back");
    let ended = taken.iter().map(|event| event.detail.contains(r#""grants_ended":1"#));
    assert_eq!(ended.collect::<Vec<_>>(), [true], "{taken:?}");
    app.stop().await;
}
