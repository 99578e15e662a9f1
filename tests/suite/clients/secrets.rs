//! Secrets of clients: told once, of use for a while, beside each other when they are replaced.

use std::time::Duration;

use actix_web::http::StatusCode;
use serde_json::json;
use vestibule::admin::clients::{self, Authority, ClientError, Days, Rotation};
use vestibule::domain::audit::Actor;
use vestibule::kernel::ids::ClientId;

use super::support::{Program, add, api_entry, token};
use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;

on_both_databases![
    an_older_secret_serves_for_the_overlap_and_the_new_one_for_its_time,
    too_many_secrets_are_refused_and_ended_by_an_overlap_of_nothing,
    a_client_that_is_disabled_gets_nothing_and_has_nothing,
    another_method_ends_secrets_and_begins_them,
];

const DAY: Duration = Duration::from_secs(86_400);

struct Rotating<'a> {
    app: &'a TestApp,
    id: ClientId,
}

impl Rotating<'_> {
    async fn rotate(&self, overlap: u32) -> Result<String, ClientError> {
        let rotation = Rotation {
            overlap: Days::of_overlap(Some(overlap)).unwrap(),
            valid: Days::of_secret(Some(30)).unwrap(),
        };
        let whole = Authority::whole(Actor::Vestibule);
        let issued = clients::rotate(&self.app.core, &self.app.lab(), &self.id, rotation, &whole).await;
        issued.map(|issued| issued.expose().to_owned())
    }

    async fn serves(&self, secret: &str) -> bool {
        let answer = token(self.app, &self.app.portal, self.id.as_str(), secret).await;
        assert!(
            [StatusCode::OK, StatusCode::UNAUTHORIZED].contains(&answer.status),
            "{answer:?}"
        );
        answer.status == StatusCode::OK
    }
}

async fn rotating(app: &TestApp) -> (Rotating<'_>, String) {
    let secret = add(app, &app.lab(), "job", api_entry("clients:read")).await.unwrap();
    let id = "job".parse().unwrap();
    (Rotating { app, id }, secret)
}

async fn an_older_secret_serves_for_the_overlap_and_the_new_one_for_its_time(app: TestApp) {
    let (job, first) = rotating(&app).await;
    let second = job.rotate(7).await.unwrap();
    assert!(job.serves(&first).await && job.serves(&second).await);
    assert!(!job.serves(&format!("{}x", &second[..second.len() - 1])).await);
    app.advance(6 * DAY);
    assert!(job.serves(&first).await);
    app.advance(DAY);
    assert!(
        !job.serves(&first).await && job.serves(&second).await,
        "seven days are over"
    );
    let third = job.rotate(0).await.unwrap();
    assert!(!job.serves(&second).await && job.serves(&third).await, "at once");
    app.advance(30 * DAY);
    assert!(!job.serves(&third).await, "it expires");
    app.stop().await;
}

async fn too_many_secrets_are_refused_and_ended_by_an_overlap_of_nothing(app: TestApp) {
    let (job, _) = rotating(&app).await;
    for _ in 0..4 {
        job.rotate(7).await.unwrap();
    }
    assert!(matches!(job.rotate(7).await, Err(ClientError::TooManySecrets)));
    let last = job.rotate(0).await.unwrap();
    let shown = clients::lookup(&app.core, &app.lab(), &job.id).await.unwrap();
    assert!(shown.secrets.len() == 1 && job.serves(&last).await, "{shown:?}");
    app.stop().await;
}

async fn a_client_that_is_disabled_gets_nothing_and_has_nothing(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let carnet = app.relying_party("carnet", json!({})).await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    let code = carnet.code(&mut browser, &[]).await;
    let (_, tokens) = carnet.redeem(&app, &code).await;
    let unused = carnet.code(&mut browser, &[]).await;
    let (id, whole) = ("carnet".parse().unwrap(), Authority::whole(Actor::Vestibule));
    let ended = clients::disable(&app.core, &app.lab(), &id, &whole).await.unwrap();
    assert_eq!(ended, 2);
    for (status, answer) in [
        carnet.refresh(&app, tokens["refresh_token"].as_str().unwrap()).await,
        carnet.redeem(&app, &unused).await,
    ] {
        assert_eq!(
            (status, &answer["error"]),
            (StatusCode::UNAUTHORIZED, &json!("invalid_client"))
        );
    }
    let page = browser.get(&carnet.url(&[])).await;
    assert!(
        page.status == 400 && page.element("error").is_some(),
        "no redirect: {page:?}"
    );
    let bearer = tokens["access_token"].as_str().unwrap();
    let mut userinfo = Program::with_token(&app, &app.portal, bearer);
    assert_eq!(userinfo.call("GET", "/clients", None).await.status, 401);
    app.stop().await;
}

async fn another_method_ends_secrets_and_begins_them(app: TestApp) {
    let (job, secret) = rotating(&app).await;
    let (lab, whole) = (app.lab(), Authority::whole(Actor::Vestibule));
    let days = Days::of_secret(None).unwrap();
    let key = vestibule::crypto::jose::SigningKey::derive(&[7; 32])
        .unwrap()
        .public_jwk();
    let mut keyed = api_entry("clients:read");
    keyed["authentication"] = json!({ "method": "private_key_jwt", "jwks": { "keys": [key] } });
    let (keyed, secretive) = (
        serde_json::from_value(keyed).unwrap(),
        serde_json::from_value(api_entry("clients:read")).unwrap(),
    );
    let updated = clients::update(&app.core, &lab, &job.id, |_| keyed, days, &whole)
        .await
        .unwrap();
    assert!(updated.secret.is_none() && updated.fields == ["authentication"]);
    assert!(!job.serves(&secret).await);
    assert!(matches!(job.rotate(7).await, Err(ClientError::NoSecret)));
    let updated = clients::update(&app.core, &lab, &job.id, |_| secretive, days, &whole)
        .await
        .unwrap();
    assert!(job.serves(updated.secret.unwrap().expose()).await && !job.serves(&secret).await);
    app.stop().await;
}
