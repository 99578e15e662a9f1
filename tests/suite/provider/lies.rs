//! Forged and damaged answers of a provider: none signs anyone in.

use std::collections::HashMap;

use serde_json::{Value, json};
use vestibule::crypto::jose::SigningKey;

use super::hostile::Hostile;
use super::stand::{CLIENT_ID, entry, leads_to};
use super::{causes, signed_in};
use crate::support::app::{TestApp, Wish};
use crate::support::browser::{Browser, Page};
use crate::support::oathtool;
use crate::support::patient::Patient;

struct Scene {
    app: TestApp,
    hostile: Hostile,
    patient: Patient,
}

/// A patient whose identity at this provider, "a1", is linked. None where a program is missing (said aloud).
async fn scene() -> Option<Scene> {
    if !oathtool::present() {
        return None;
    }
    let hostile = Hostile::start();
    let app = TestApp::wishing(Wish {
        lab_keys: entry(&hostile.issuer, ""),
        ..Wish::default()
    })
    .await;
    std::fs::write(app.directory.path().join("secret"), "secret").unwrap();
    let patient = app.patient("70114201", "12").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    app.advance(std::time::Duration::from_secs(30));
    let leaving = super::ask_again(&app, &mut browser, &patient).await;
    let scene = Scene { app, hostile, patient };
    let asked = asked(&leaving);
    scene.hostile.grant(&scene.sign(&scene.claims(&asked["nonce"])));
    let page = scene.come_back(&mut browser, &asked["state"], "").await;
    assert_eq!(page.location(), "/account/links?linked", "{page:?}");
    assert_eq!(super::lines(&scene.app, &scene.patient).await.len(), 1);
    Some(scene)
}

fn asked(leaving: &Page) -> HashMap<String, String> {
    let url = leads_to(leaving);
    url.query_pairs().into_owned().collect()
}

impl Scene {
    fn claims(&self, nonce: &str) -> Value {
        let now = self.app.now().unix_seconds();
        json!({
            "iss": self.hostile.issuer, "aud": CLIENT_ID, "sub": "a1", "nonce": nonce, "iat": now, "exp": now + 300,
            "acr": "eidas2", "amr": ["mfa"],
        })
    }

    fn sign(&self, claims: &Value) -> String {
        self.hostile.key.sign("JWT", claims).unwrap()
    }

    async fn come_back(&self, browser: &mut Browser, state: &str, more: &str) -> Page {
        let callback = format!("{}/upstream/callback", self.app.portal);
        browser.get(&format!("{callback}?code=c&state={state}{more}")).await
    }

    /// One attempt: what the provider grants is made from the request's nonce.
    async fn attempt(&self, browser: &mut Browser, grant: impl FnOnce(&str) -> String) -> Page {
        let page = browser.get(&format!("{}/login", self.app.portal)).await;
        let csrf = page.field("csrf").unwrap();
        let fields = [("csrf", csrf.as_str()), ("provider", "compte")];
        let leaving = browser
            .post(&format!("{}/login/provider", self.app.portal), &fields)
            .await;
        let asked = asked(&leaving);
        assert_eq!(asked["tenant"], "a", "what the provider's own address says stays");
        self.hostile.grant(&grant(&asked["nonce"]));
        self.come_back(browser, &asked["state"], "").await
    }

    async fn refused(&self, what: &str, grant: impl FnOnce(&str) -> String) {
        let mut browser = self.app.browser();
        let page = self.attempt(&mut browser, grant).await;
        assert_eq!(page.status, 401, "{what}: {page:?}");
        assert!(page.element("error").is_some(), "{what}");
        assert!(!signed_in(&mut browser, &self.app).await, "{what}");
    }

    async fn changed(&self, change: Value) {
        let what = change.to_string();
        self.refused(&what, |nonce| {
            let mut claims = self.claims(nonce);
            claims
                .as_object_mut()
                .unwrap()
                .extend(change.as_object().unwrap().clone());
            self.sign(&claims)
        })
        .await;
    }
}

#[actix_web::test]
async fn r33_no_token_signs_anybody_in_that_is_not_right_in_everything() {
    let Some(scene) = scene().await else { return };
    let mut browser = scene.app.browser();
    let page = scene
        .attempt(&mut browser, |nonce| scene.sign(&scene.claims(nonce)))
        .await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/account"), "{page:?}");

    let now = scene.app.now().unix_seconds();
    for change in [
        json!({ "iss": "https://evil.example" }),
        json!({ "aud": "somebody else" }),
        json!({ "aud": [CLIENT_ID, "somebody else"] }),
        json!({ "azp": "somebody else" }),
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "exp": now - 3600 }),
        json!({ "iat": now - 3600 }),
        json!({ "iat": now + 3600 }),
        json!({ "acr": "eidas1" }),
        json!({ "sub": "" }),
    ] {
        scene.changed(change).await;
    }
    let stranger = SigningKey::derive(&[8; 32]).unwrap();
    scene
        .refused("another key", |nonce| {
            stranger.sign("JWT", &scene.claims(nonce)).unwrap()
        })
        .await;
    scene
        .refused("another kind of token", |nonce| {
            scene.hostile.key.sign("at+jwt", &scene.claims(nonce)).unwrap()
        })
        .await;
    let unsigned = |nonce: &str| {
        let token = scene.sign(&scene.claims(nonce));
        let claims = token.split('.').nth(1).unwrap();
        let header = data_encoding::BASE64URL_NOPAD.encode(br#"{"alg":"none","typ":"JWT"}"#);
        format!("{header}.{claims}.")
    };
    scene.refused("no signature", unsigned).await;
    scene
        .refused("another algorithm", |nonce| {
            let header = json!({ "alg": "RS256", "kid": scene.hostile.key.kid() });
            scene.hostile.key.sign_under(&header, &scene.claims(nonce)).unwrap()
        })
        .await;
    scene.refused("no token", |_| String::new()).await;
    let causes = causes(&scene.app).await;
    assert!(
        causes.iter().all(|cause| cause == "token" || cause == "acr"),
        "{causes:?}"
    );
    assert!(
        !scene
            .hostile
            .asked("/token")
            .iter()
            .any(|body| !body.contains("code_verifier="))
    );
    scene.app.stop().await;
}

#[actix_web::test]
async fn a_provider_that_answers_nonsense_signs_nobody_in() {
    let Some(scene) = scene().await else { return };
    for (status, body, expected, cause) in [
        (400, "{\"error\":\"invalid_grant\"}", 401, "code"),
        (302, "{}", 502, "unreachable"),
        (500, "", 502, "unreachable"),
        (200, "not json", 401, "token"),
        (200, "{}", 401, "token"),
    ] {
        let mut browser = scene.app.browser();
        let page = browser.get(&format!("{}/login", scene.app.portal)).await;
        let csrf = page.field("csrf").unwrap();
        let fields = [("csrf", csrf.as_str()), ("provider", "compte")];
        let leaving = browser
            .post(&format!("{}/login/provider", scene.app.portal), &fields)
            .await;
        scene.hostile.answer("/token", status, body);
        let page = scene.come_back(&mut browser, &asked(&leaving)["state"], "").await;
        assert_eq!(page.status, expected, "{status} {body}: {page:?}");
        assert!(!signed_in(&mut browser, &scene.app).await);
        assert!(causes(&scene.app).await.contains(&cause.to_owned()));
    }
    assert!(scene.hostile.asked("/other").is_empty(), "no redirect is followed");
    let endless = "x".repeat(300 * 1024);
    scene.hostile.answer("/token", 200, &endless);
    let mut browser = scene.app.browser();
    let page = scene.attempt(&mut browser, |_| endless).await;
    assert_eq!(page.status, 502, "{page:?}");
    scene.app.stop().await;
}

/// Mix-up: a provider that promises to name itself has to, and no other name is taken from any.
#[actix_web::test]
async fn an_answer_names_the_provider_that_was_asked() {
    let Some(scene) = scene().await else { return };
    for (iss, is_right) in [("&iss=https%3A%2F%2Fevil.example", false), ("", true)] {
        let mut browser = scene.app.browser();
        let page = browser.get(&format!("{}/login", scene.app.portal)).await;
        let csrf = page.field("csrf").unwrap();
        let fields = [("csrf", csrf.as_str()), ("provider", "compte")];
        let leaving = browser
            .post(&format!("{}/login/provider", scene.app.portal), &fields)
            .await;
        let asked = asked(&leaving);
        let before = scene.hostile.asked("/token").len();
        scene.hostile.grant(&scene.sign(&scene.claims(&asked["nonce"])));
        let page = scene.come_back(&mut browser, &asked["state"], iss).await;
        assert_eq!(page.status == 303, is_right, "{page:?}");
        let sent = scene.hostile.asked("/token").len() - before;
        assert_eq!(
            sent,
            usize::from(is_right),
            "the code is not sent to whom it is not for"
        );
    }
    assert_eq!(causes(&scene.app).await, ["issuer"]);
    scene.app.stop().await;
}

/// FranceConnect refuses parameters that it does not know.
#[actix_web::test]
async fn r33_without_pkce_nothing_of_it_is_sent() {
    let hostile = Hostile::start();
    let app = TestApp::wishing(Wish {
        lab_keys: entry(&hostile.issuer, "pkce = false\n"),
        ..Wish::default()
    })
    .await;
    std::fs::write(app.directory.path().join("secret"), "secret").unwrap();
    let mut browser = app.browser();
    let page = browser.get(&format!("{}/login", app.portal)).await;
    let csrf = page.field("csrf").unwrap();
    let fields = [("csrf", csrf.as_str()), ("provider", "compte")];
    let leaving = browser.post(&format!("{}/login/provider", app.portal), &fields).await;
    let asked = asked(&leaving);
    let mut known = [
        "tenant",
        "client_id",
        "acr_values",
        "claims",
        "response_type",
        "nonce",
        "state",
        "redirect_uri",
        "scope",
    ];
    known.sort_unstable();
    let mut names: Vec<&str> = asked.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, known);
    assert!(asked["nonce"].len() == 64 && asked["nonce"].chars().all(char::is_alphanumeric));
    let callback = format!("{}/upstream/callback?code=c&state={}", app.portal, asked["state"]);
    browser.get(&callback).await;
    let bodies = hostile.asked("/token");
    assert!(bodies.len() == 1 && !bodies[0].contains("code_verifier"), "{bodies:?}");
    app.stop().await;
}

/// Its documents, before anyone is sent anywhere.
#[actix_web::test]
async fn metadata_of_another_issuer_or_without_protection_are_not_taken() {
    if !oathtool::present() {
        return;
    }
    for change in [
        json!({ "issuer": "https://evil.example" }),
        json!({ "token_endpoint": "http://evil.example/token" }),
        json!({ "authorization_endpoint": "javascript:alert(1)" }),
        json!({ "jwks_uri": null }),
    ] {
        let hostile = Hostile::start();
        hostile.describe(&change);
        let app = TestApp::wishing(Wish {
            lab_keys: entry(&hostile.issuer, ""),
            ..Wish::default()
        })
        .await;
        let mut browser = app.browser();
        let page = browser.get(&format!("{}/login", app.portal)).await;
        let csrf = page.field("csrf").unwrap();
        let fields = [("csrf", csrf.as_str()), ("provider", "compte")];
        let page = browser.post(&format!("{}/login/provider", app.portal), &fields).await;
        assert_eq!(page.status, 502, "{change}: {page:?}");
        assert!(page.element("error").unwrap().contains("ne répond pas"), "{page:?}");
        app.stop().await;
    }
}
