//! What a patient gave to a service, and takes back.

use actix_web::http::StatusCode;
use serde_json::json;
use vestibule::store::audit;

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::relying_party::follow_to_client;

on_both_databases![a_patient_sees_what_services_get_and_takes_it_back];

async fn a_patient_sees_what_services_get_and_takes_it_back(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let other = app.patient("70114203", "13").await;
    let carnet = app.relying_party("carnet", json!({ "name": "Carnet <b>" })).await;
    let rdv = app.relying_party("rdv", json!({ "name": "Rendez-vous" })).await;
    let own = json!({ "name": "Application du laboratoire", "consent": "first-party" });
    let own = app.relying_party("own", own).await;
    let mut browser = app.browser();
    let account = format!("{}/account", app.portal);
    app.sign_in(&mut browser, &patient).await;
    assert!(browser.get(&account).await.element("services-title").is_none());

    let code = carnet.code(&mut browser, &[("scope", "openid email")]).await;
    let (_, tokens) = carnet.redeem(&app, &code).await;
    let token = tokens["refresh_token"].as_str().unwrap();
    let code = rdv.code(&mut browser, &[]).await;
    let (_, others) = rdv.redeem(&app, &code).await;
    own.code(&mut browser, &[]).await;
    let page = browser.get(&account).await;
    let text = page.text();
    assert!(
        text.contains("Carnet &#60;b&#62;") && text.contains("Adresse électronique"),
        "{text}"
    );
    assert!(
        text.contains("Rendez-vous") && text.contains("qu’un numéro qui vous désigne"),
        "{text}"
    );
    assert!(!text.contains("Application du laboratoire"), "nobody was asked: {text}");

    let end = format!("{account}/services/end");
    let csrf = page.field("csrf").unwrap();
    for fields in [
        [("csrf", "forged"), ("service", "carnet")],
        [("csrf", &csrf), ("service", "nobody")],
    ] {
        assert_eq!(browser.post(&end, &fields).await.status, 303);
    }
    let mut stranger = app.browser();
    app.sign_in(&mut stranger, &other).await;
    let theirs = stranger.get(&account).await.field("csrf").unwrap();
    stranger.post(&end, &[("csrf", &theirs), ("service", "carnet")]).await;
    let (status, tokens) = carnet.refresh(&app, token).await;
    assert_eq!(status, StatusCode::OK, "still given: {tokens}");

    let page = browser.post(&end, &[("csrf", &csrf), ("service", "carnet")]).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/account"));
    let text = browser.get(&account).await.text();
    assert!(!text.contains("Carnet") && text.contains("Rendez-vous"), "{text}");
    let (status, refused) = carnet.refresh(&app, tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(
        (status, &refused["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant"))
    );
    let bearer = tokens["access_token"].as_str().unwrap();
    let userinfo = app
        .browser()
        .post(&format!("{}/oauth2/userinfo", app.portal), &[("access_token", bearer)])
        .await;
    assert_eq!(userinfo.status, 401, "{userinfo:?}");
    let (status, kept) = rdv.refresh(&app, others["refresh_token"].as_str().unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{kept}");
    let silent = carnet.url(&[("scope", "openid email"), ("prompt", "none")]);
    let page = browser.get(&silent).await;
    let page = follow_to_client(&mut browser, page).await;
    assert!(page.location().contains("error=consent_required"), "{page:?}");

    let mut tx = app.core.db.begin_read().await.unwrap();
    let trail = audit::find_newest(&mut tx, &app.lab(), 100).await.unwrap();
    drop(tx);
    let taken: Vec<_> = trail
        .iter()
        .filter(|event| event.kind == "consent-taken-back")
        .collect();
    assert!(
        taken.len() == 1 && taken[0].detail.contains(r#""grants_ended":1"#),
        "{taken:?}"
    );
    app.stop().await;
}
