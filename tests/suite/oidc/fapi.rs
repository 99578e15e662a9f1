//! A client that is held to all of FAPI 2.0: pushed requests, keys instead of secrets, tokens bound to a key.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use vestibule::crypto::jose::{self, SigningKey};

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::dpop::{self, sign};
use crate::support::relying_party::{CALLBACK, RelyingParty, VERIFIER, answered, claims, field, follow_to_client};

on_both_databases![
    a_client_without_a_secret_gets_tokens_that_only_its_key_can_use,
    requests_are_pushed_signed_and_serve_once,
];

struct Fapi {
    party: RelyingParty,
    key: SigningKey,
    proof_key: SigningKey,
    nonce: Option<String>,
    made: u32,
}

fn changes(key: &SigningKey) -> Value {
    json!({
        "authentication": { "method": "private_key_jwt", "jwks": { "keys": [key.public_jwk()] } },
        "pushed_requests_only": true, "bound_tokens_only": true, "refresh": "kept", "consent": "first-party",
    })
}

async fn fapi(app: &TestApp, id: &str) -> Fapi {
    let key = SigningKey::generate(jose::Algorithm::Es256).unwrap();
    Fapi {
        party: app.relying_party(id, changes(&key)).await,
        proof_key: SigningKey::generate(jose::Algorithm::Es256).unwrap(),
        key,
        nonce: None,
        made: 0,
    }
}

impl Fapi {
    fn id(&mut self) -> String {
        self.made += 1;
        format!("one of a kind {}", self.made)
    }

    fn assertion(&mut self, app: &TestApp, aud: &str) -> String {
        let (id, now) = (self.party.id.clone(), app.now().unix_seconds());
        let claims = json!({ "iss": id, "sub": id, "aud": aud, "jti": self.id(), "iat": now, "exp": now + 60 });
        sign(&self.key, "JWT", false, &claims)
    }

    fn proof(&mut self, app: &TestApp, method: &str, path: &str, token: Option<&str>) -> String {
        let id = self.id();
        let call = dpop::Call {
            method,
            url: &format!("{}{path}", app.portal),
            token,
            nonce: self.nonce.as_deref(),
        };
        dpop::proof(&self.proof_key, &id, &call, app.now())
    }

    /// As its server calls, with a fresh assertion and proof; once more where a nonce is required.
    async fn call(&mut self, app: &TestApp, path: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        for _ in 0..2 {
            let assertion = self.assertion(app, &app.portal.clone());
            let mut server = app.browser();
            server
                .headers
                .push(("DPoP".to_owned(), self.proof(app, "POST", path, None)));
            let mut sent = vec![
                (
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ),
                ("client_assertion", assertion.as_str()),
            ];
            sent.extend(fields);
            let page = server.post(&format!("{}{path}", app.portal), &sent).await;
            self.nonce = page.header("dpop-nonce").map(str::to_owned);
            let body: Value = serde_json::from_slice(&page.body).unwrap();
            if body["error"] != "use_dpop_nonce" {
                return (page.status, body);
            }
        }
        panic!("a nonce that was just given is refused");
    }

    async fn push(&mut self, app: &TestApp, changes: &[(&str, &str)]) -> String {
        let asked: Vec<(String, String)> = self
            .party
            .asks(changes)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let fields: Vec<(&str, &str)> = asked
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let (status, pushed) = self.call(app, "/oauth2/par", &fields).await;
        assert_eq!(status, StatusCode::CREATED, "{pushed}");
        pushed["request_uri"].as_str().unwrap().to_owned()
    }

    async fn visit(&self, browser: &mut Browser, request_uri: &str) -> Page {
        let pairs = [("client_id", self.party.id.as_str()), ("request_uri", request_uri)];
        let url = url::Url::parse_with_params(&format!("{}/oauth2/authorize", self.party.portal), pairs).unwrap();
        let page = browser.get(url.as_str()).await;
        follow_to_client(browser, page).await
    }

    async fn redeem(&mut self, app: &TestApp, code: &str) -> (StatusCode, Value) {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.call(app, "/oauth2/token", &fields).await
    }

    async fn userinfo(&mut self, app: &TestApp, token: &str) -> Page {
        let mut server = app.browser();
        let proof = self.proof(app, "GET", "/oauth2/userinfo", Some(token));
        server
            .headers
            .push(("Authorization".to_owned(), format!("DPoP {token}")));
        server.headers.push(("DPoP".to_owned(), proof));
        server.get(&format!("{}/oauth2/userinfo", app.portal)).await
    }
}

async fn a_client_without_a_secret_gets_tokens_that_only_its_key_can_use(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let mut client = fapi(&app, "dossier").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;

    let pushed = client.push(&app, &[("scope", "openid profile")]).await;
    let page = client.visit(&mut browser, &pushed).await;
    let code = field(&answered(&page), "code").unwrap_or_else(|| panic!("{page:?}"));
    let owner = client.proof_key;
    client.proof_key = SigningKey::generate(jose::Algorithm::Es256).unwrap();
    let (status, told) = client.redeem(&app, &code).await;
    assert_eq!(
        (status, &told["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant")),
        "another key"
    );
    client.proof_key = owner;
    let (status, tokens) = client.redeem(&app, &code).await;
    assert_eq!(
        (status, &tokens["token_type"]),
        (StatusCode::OK, &json!("DPoP")),
        "{tokens}"
    );

    let token = tokens["access_token"].as_str().unwrap().to_owned();
    assert_eq!(
        claims(&token)["cnf"]["jkt"],
        jose::thumbprint(&client.proof_key.public_jwk()).unwrap()
    );
    let page = client.userinfo(&app, &token).await;
    assert_eq!(page.status, StatusCode::OK, "{page:?}");
    let mut thief = app.browser();
    thief
        .headers
        .push(("Authorization".to_owned(), format!("Bearer {token}")));
    let page = thief.get(&format!("{}/oauth2/userinfo", app.portal)).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    let owner = std::mem::replace(
        &mut client.proof_key,
        SigningKey::generate(jose::Algorithm::Es256).unwrap(),
    );
    assert_eq!(client.userinfo(&app, &token).await.status, StatusCode::UNAUTHORIZED);
    client.proof_key = owner;

    let refresh = tokens["refresh_token"].as_str().unwrap().to_owned();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    for _ in 0..2 {
        let (status, again) = client.call(&app, "/oauth2/token", &fields).await;
        assert_eq!(status, StatusCode::OK, "{again}");
        assert!(again.get("refresh_token").is_none(), "the first one goes on serving");
    }
}

async fn requests_are_pushed_signed_and_serve_once(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let mut client = fapi(&app, "dossier").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;

    let page = browser.get(&client.party.url(&[])).await;
    assert_eq!(
        field(&answered(&page), "error").unwrap(),
        "invalid_request",
        "not pushed"
    );

    let now = app.now().unix_seconds();
    let mut object = json!({ "iss": client.party.id, "aud": app.portal, "nbf": now, "exp": now + 300 });
    for (name, value) in client.party.asks(&[("state", "signed")]) {
        object[name] = json!(value);
    }
    let object = sign(&client.key, "oauth-authz-req+jwt", false, &object);
    let id = client.party.id.clone();
    let (status, pushed) = client
        .call(&app, "/oauth2/par", &[("client_id", &id), ("request", &object)])
        .await;
    assert_eq!(status, StatusCode::CREATED, "{pushed}");
    let request_uri = pushed["request_uri"].as_str().unwrap();
    let page = client.visit(&mut browser, request_uri).await;
    assert_eq!(field(&answered(&page), "state").unwrap(), "signed");
    let page = client.visit(&mut browser, request_uri).await;
    assert!(
        page.element("error").unwrap().contains("invalid_request_uri"),
        "{page:?}"
    );

    // An assertion works once, and only for this issuer.
    let assertion = client.assertion(&app, &app.portal.clone());
    let elsewhere = client.assertion(&app, "https://elsewhere.example");
    let mut statuses = Vec::new();
    for assertion in [&assertion, &assertion, &elsewhere] {
        let fields = [
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion.as_str()),
            ("token", "whatever"),
        ];
        let page = app
            .browser()
            .post(&format!("{}/oauth2/introspect", app.portal), &fields)
            .await;
        statuses.push(page.status.as_u16());
    }
    assert_eq!(statuses, [200, 401, 401]);
}
