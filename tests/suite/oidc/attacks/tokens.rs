//! Tokens in places for which they were not made.

use actix_web::http::StatusCode;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use vestibule::crypto::jose::{Algorithm, SigningKey};
use vestibule::kernel::ids::ClientId;

use crate::support::app::TestApp;
use crate::support::browser::Page;
use crate::support::databases::on_both_databases;
use crate::support::oidc::Tokens;
use crate::support::relying_party::{CALLBACK, RelyingParty, VERIFIER, answered, claims, field};

on_both_databases![s4_10_a_bound_token_is_of_no_use_without_its_key];

fn machine() -> Value {
    json!({
        "grant_types": ["client_credentials"], "redirect_uris": [], "scopes": "clients:read", "site": null,
        "post_logout_redirect_uris": [],
    })
}

async fn for_itself(client: &RelyingParty, app: &TestApp) -> String {
    let (status, tokens) = client
        .call(app, "/oauth2/token", &[("grant_type", "client_credentials")])
        .await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    tokens["access_token"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn s4_06_a_token_from_elsewhere_signs_nobody_in() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    // No answer to a browser takes or gives a token, and none of ours passes for another kind.
    for (name, value) in [
        ("response_type", "token"),
        ("response_type", "code token"),
        ("response_mode", "fragment"),
    ] {
        let page = browser.get(&client.url(&[(name, value)])).await;
        assert!(
            field(&answered(&page), "error").is_some() && !page.location().contains('#'),
            "{page:?}"
        );
    }
    for hint in [tokens.access(), tokens.refresh()] {
        let page = browser.get(&client.url(&[("id_token_hint", hint)])).await;
        assert_eq!(field(&answered(&page), "error").unwrap(), "invalid_request");
    }
    for token in [tokens.id(), tokens.refresh(), "", "x", "a.b.c"] {
        let page = app.userinfo(token).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{page:?}");
    }
    for code in [tokens.access(), tokens.refresh(), tokens.id()] {
        let (status, told) = client.redeem(&app, code).await;
        assert_eq!(
            (status, &told["error"]),
            (StatusCode::BAD_REQUEST, &json!("invalid_grant"))
        );
    }
    assert_eq!(client.unrefreshed(&app, tokens.access()).await, "invalid_grant");
    app.stop().await;
}

#[actix_web::test]
async fn s4_09_a_token_is_for_one_audience() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let other = app.relying_party("autre", json!({})).await;
    let machine = app.relying_party("machine", machine()).await;
    let mut browser = app.signed_in(&patient).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    let of_machine = for_itself(&machine, &app).await;
    assert_eq!(claims(tokens.access())["aud"], app.portal);
    assert_eq!(claims(&of_machine)["aud"], format!("{}/api/v1", app.portal));
    assert_eq!(claims(tokens.id())["aud"], "carnet");

    assert_eq!(app.userinfo(&of_machine).await.status, StatusCode::UNAUTHORIZED);
    let api = format!("{}/api/v1/clients", app.portal);
    for (token, status) in [
        (tokens.access(), StatusCode::UNAUTHORIZED),
        (&of_machine, StatusCode::OK),
    ] {
        let bearer = format!("Bearer {token}");
        assert_eq!(app.server(&[("Authorization", &bearer)]).get(&api).await.status, status);
    }
    for stranger in [&other, &machine] {
        assert!(!stranger.is_active(&app, tokens.access()).await, "others learn nothing");
    }
    app.stop().await;
}

/// A key of a client, and what it signs with it.
struct Proving {
    key: SigningKey,
    made: u32,
    nonce: Option<String>,
}

impl Proving {
    fn new() -> Self {
        Self {
            key: SigningKey::generate(Algorithm::Es256).unwrap(),
            made: 0,
            nonce: None,
        }
    }

    fn proof(&mut self, app: &TestApp, method: &str, path: &str, token: Option<&str>) -> String {
        self.made += 1;
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.key.public_jwk() });
        let hash = |token: &str| BASE64URL_NOPAD.encode(digest(&SHA256, token.as_bytes()).as_ref());
        let mut claims = json!({
            "jti": self.made.to_string(), "htm": method, "htu": format!("{}{path}", app.portal),
            "iat": app.now().unix_seconds(),
        });
        for (name, value) in [("ath", token.map(hash)), ("nonce", self.nonce.clone())] {
            if let Some(value) = value {
                claims[name] = json!(value);
            }
        }
        self.key.sign_under(&header, &claims).unwrap()
    }

    /// With a nonce once one is required.
    async fn call(&mut self, app: &TestApp, client: &RelyingParty, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        loop {
            let (proof, basic) = (self.proof(app, "POST", "/oauth2/token", None), client.basic());
            let headers = [("DPoP", proof.as_str()), ("Authorization", basic.as_str())];
            let page = app.send("/oauth2/token", &headers, fields).await;
            let told: Value = serde_json::from_slice(&page.body).unwrap();
            let asked_before = self.nonce.is_some();
            self.nonce = page.header("dpop-nonce").map(str::to_owned);
            if told["error"] != "use_dpop_nonce" || asked_before {
                return (page.status, told);
            }
        }
    }
}

async fn ask(app: &TestApp, token: &str, proof: Option<&str>) -> Page {
    let bearer = format!("DPoP {token}");
    let mut headers = vec![("Authorization", bearer.as_str())];
    headers.extend(proof.map(|proof| ("DPoP", proof)));
    let mut server = app.server(&headers);
    server.get(&format!("{}/oauth2/userinfo", app.portal)).await
}

/// What a thief of the token may try, with proofs that were made for something else.
async fn misused(app: &TestApp, token: &str, owner: &mut Proving, thief: &mut Proving) -> [(&'static str, Page); 7] {
    let path = "/oauth2/userinfo";
    [
        ("as a bearer token", app.userinfo(token).await),
        ("without a proof", ask(app, token, None).await),
        (
            "another key",
            ask(app, token, Some(&thief.proof(app, "GET", path, Some(token)))).await,
        ),
        (
            "another token's proof",
            ask(app, token, Some(&owner.proof(app, "GET", path, Some("x")))).await,
        ),
        (
            "no token's proof",
            ask(app, token, Some(&owner.proof(app, "GET", path, None))).await,
        ),
        (
            "another method",
            ask(app, token, Some(&owner.proof(app, "POST", path, Some(token)))).await,
        ),
        (
            "another address",
            ask(app, token, Some(&owner.proof(app, "GET", "/oauth2/token", Some(token)))).await,
        ),
    ]
}

async fn s4_10_a_bound_token_is_of_no_use_without_its_key(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let (mut owner, mut thief) = (Proving::new(), Proving::new());
    let jkt = owner.key.kid().to_owned();
    let code = client.code(&mut browser, &[("dpop_jkt", &jkt)]).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    for (status, told) in [
        client.redeem(&app, &code).await,
        thief.call(&app, &client, &fields).await,
    ] {
        assert_eq!(
            (status, &told["error"]),
            (StatusCode::BAD_REQUEST, &json!("invalid_grant")),
            "{told}"
        );
    }
    let (status, tokens) = owner.call(&app, &client, &fields).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    let tokens = Tokens(tokens);
    assert_eq!(
        (&tokens.0["token_type"], &claims(tokens.access())["cnf"]["jkt"]),
        (&json!("DPoP"), &json!(jkt))
    );

    let token = tokens.access();
    let good = owner.proof(&app, "GET", "/oauth2/userinfo", Some(token));
    for (how, page) in misused(&app, token, &mut owner, &mut thief).await {
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{how}: {page:?}");
        assert!(page.headers.get_all("www-authenticate").count() > 0, "{how}");
    }
    assert_eq!(ask(&app, token, Some(&good)).await.status, StatusCode::OK);
    assert_eq!(
        ask(&app, token, Some(&good)).await.status,
        StatusCode::UNAUTHORIZED,
        "a proof serves once"
    );

    assert_eq!(client.unrefreshed(&app, tokens.refresh()).await, "invalid_grant");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh())];
    let (status, again) = owner.call(&app, &client, &fields).await;
    assert_eq!(
        (status, &again["token_type"]),
        (StatusCode::OK, &json!("DPoP")),
        "{again}"
    );
    app.stop().await;
}

#[actix_web::test]
async fn s4_15_no_client_passes_for_a_person() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let tokens = client.tokens(&app, &mut browser, &[]).await;
    let subject = claims(tokens.id())["sub"].as_str().unwrap().to_owned();
    assert!(
        subject.parse::<ClientId>().is_err(),
        "{subject} could be a client's name"
    );
    let nearly = subject.to_ascii_lowercase().replace('_', "-");
    let nearly = format!("a{}", &nearly[..39]);
    let machine = app.relying_party(&nearly, machine()).await;
    let token = for_itself(&machine, &app).await;
    assert_eq!(claims(&token)["sub"], nearly);
    assert_eq!(app.userinfo(&token).await.status, StatusCode::UNAUTHORIZED);
    let asked = [("grant_type", "client_credentials"), ("scope", "openid")];
    let (status, told) = machine.call(&app, "/oauth2/token", &asked).await;
    assert_eq!(
        (status, &told["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_scope"))
    );
    let page = browser.get(&machine.url(&[])).await;
    assert_eq!(
        page.status,
        StatusCode::BAD_REQUEST,
        "it has no address, so it asks for nobody"
    );
    app.stop().await;
}
