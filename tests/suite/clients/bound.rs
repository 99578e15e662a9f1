//! Tokens for the admin API that are bound to a key (RFC 9449).

use data_encoding::BASE64;
use serde_json::json;
use vestibule::crypto::jose::{self, SigningKey};

use super::support::{Program, add, api_entry, json_of};
use crate::support::app::TestApp;
use crate::support::browser::Page;
use crate::support::databases::on_both_databases;
use crate::support::dpop::{Call, proof};

on_both_databases![a_bound_token_serves_beside_a_fresh_proof_of_its_key_alone];

/// For a client that gets bound tokens only; the first answer says which nonce to use.
async fn bound_token(app: &TestApp, key: &SigningKey) -> String {
    let mut entry = api_entry("clients:read");
    entry["bound_tokens_only"] = json!(true);
    let secret = add(app, &app.lab(), "job", entry).await.unwrap();
    let url = format!("{}/oauth2/token", app.portal);
    let mut nonce: Option<String> = None;
    for attempt in 0..2 {
        let mut browser = app.browser();
        let credentials = BASE64.encode(format!("job:{secret}").as_bytes());
        let call = Call {
            method: "POST",
            url: &url,
            token: None,
            nonce: nonce.as_deref(),
        };
        let proof = proof(key, &format!("token {attempt}"), &call, app.now());
        for (name, value) in [("Authorization", format!("Basic {credentials}")), ("DPoP", proof)] {
            browser.headers.push((name.to_owned(), value));
        }
        let page = browser.post(&url, &[("grant_type", "client_credentials")]).await;
        let answer = json_of(&page);
        if let Some(token) = answer["access_token"].as_str() {
            return token.to_owned();
        }
        nonce = page.header("dpop-nonce").map(str::to_owned);
    }
    panic!("no token");
}

struct Caller<'a> {
    app: &'a TestApp,
    scheme: &'a str,
    token: &'a str,
}

impl Caller<'_> {
    async fn get(&self, proof: Option<&str>) -> Page {
        let mut program = Program::nobody(self.app, &self.app.portal);
        let authorization = ("Authorization".to_owned(), format!("{} {}", self.scheme, self.token));
        program.browser.headers.push(authorization);
        let proof = proof.map(|proof| ("DPoP".to_owned(), proof.to_owned()));
        program.browser.headers.extend(proof);
        program.call("GET", "/clients", None).await
    }
}

async fn a_bound_token_serves_beside_a_fresh_proof_of_its_key_alone(app: TestApp) {
    let key = SigningKey::generate(jose::Algorithm::Es256).unwrap();
    let other = SigningKey::generate(jose::Algorithm::Es256).unwrap();
    let token = bound_token(&app, &key).await;
    let url = format!("{}/api/v1/clients", app.portal);
    let call = |method, url, token| Call {
        method,
        url,
        token,
        nonce: None,
    };
    let of = |scheme| Caller {
        app: &app,
        scheme,
        token: &token,
    };
    let good = call("GET", url.as_str(), Some(token.as_str()));
    let fresh = proof(&key, "first", &good, app.now());
    let page = of("DPoP").get(Some(&fresh)).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.header("dpop-nonce").is_some());
    let elsewhere = format!("{url}/job");
    for (scheme, shown, why) in [
        ("DPoP", Some(fresh), "replayed"),
        ("DPoP", None, "no proof"),
        (
            "Bearer",
            Some(proof(&key, "a", &good, app.now())),
            "as if it were not bound",
        ),
        ("Bearer", None, "as if it were not bound"),
        ("DPoP", Some(proof(&other, "b", &good, app.now())), "another key"),
        (
            "DPoP",
            Some(proof(&key, "c", &call("POST", &url, Some(&token)), app.now())),
            "another method",
        ),
        (
            "DPoP",
            Some(proof(&key, "d", &call("GET", &elsewhere, Some(&token)), app.now())),
            "another address",
        ),
        (
            "DPoP",
            Some(proof(&key, "e", &call("GET", &url, None), app.now())),
            "no token in it",
        ),
    ] {
        let page = of(scheme).get(shown.as_deref()).await;
        assert_eq!(page.status, 401, "{why}: {page:?}");
    }
    app.stop().await;
}
