//! A relying party: registered with a lab, asking through a browser, calling the endpoints as its server would.

use actix_web::http::StatusCode;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Value, json};
use url::Url;
use vestibule::crypto::token::{PlainToken, TokenKind};
use vestibule::domain::client::{Client, Policy};
use vestibule::kernel::ids::SecretId;
use vestibule::store::oauth::clients::{self, Secret};

use super::app::TestApp;
use super::browser::{Browser, Page};

pub const CALLBACK: &str = "https://app.example/callback";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// Of [`VERIFIER`], with S256.
pub fn challenge() -> String {
    BASE64URL_NOPAD.encode(digest(&SHA256, VERIFIER.as_bytes()).as_ref())
}

pub struct RelyingParty {
    pub id: String,
    pub secret: String,
    pub portal: String,
}

/// An entry that a lab would make for a third party's application, with some keys otherwise.
pub fn policy(changes: Value) -> Policy {
    let mut policy = json!({
        "name": "Carnet de santé",
        "authentication": { "method": "client_secret_basic" },
        "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": ["https://app.example/bye"],
        "scopes": "openid profile email records",
        "site": "results",
    });
    for (key, value) in changes.as_object().unwrap() {
        policy[key] = value.clone();
    }
    serde_json::from_value(policy).unwrap()
}

impl TestApp {
    pub async fn relying_party(&self, id: &str, changes: Value) -> RelyingParty {
        let policy = policy(changes);
        assert_eq!(policy.problems(), []);
        let (lab, now) = (self.lab(), self.now());
        let client = Client {
            id: id.parse().unwrap(),
            policy,
            created_at: now,
            disabled_at: None,
        };
        let secret = PlainToken::generate(TokenKind::ClientSecret, &*self.core.entropy);
        let mut tx = self.core.db.begin().await.unwrap();
        assert!(clients::insert(&mut tx, &lab, &client).await.unwrap());
        let kept = Secret {
            id: SecretId::generate(&*self.core.entropy),
            created_at: now,
            expires_at: now.plus(std::time::Duration::from_secs(365 * 24 * 3600)),
        };
        clients::insert_secret(&mut tx, &lab, &client.id, &kept, &secret.hashed())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        RelyingParty {
            id: id.to_owned(),
            secret: secret.expose().to_owned(),
            portal: self.portal.clone(),
        }
    }
}

impl RelyingParty {
    /// Parameters of a good request, some of them otherwise; an empty one is left out.
    pub fn asks<'a>(&'a self, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
        let good = [
            ("client_id", self.id.clone()),
            ("redirect_uri", CALLBACK.to_owned()),
            ("response_type", "code".to_owned()),
            ("scope", "openid".to_owned()),
            ("state", "where they were".to_owned()),
            ("nonce", "n-0S6_WzA2Mj".to_owned()),
            ("code_challenge", challenge()),
            ("code_challenge_method", "S256".to_owned()),
        ];
        let changed = |name: &str| changes.iter().any(|(other, _)| *other == name);
        let mut pairs: Vec<(&str, String)> = good.into_iter().filter(|(name, _)| !changed(name)).collect();
        pairs.extend(
            changes
                .iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        pairs
    }

    pub fn url(&self, changes: &[(&str, &str)]) -> String {
        let pairs = self.asks(changes);
        let url = Url::parse_with_params(&format!("{}/oauth2/authorize", self.portal), pairs);
        url.unwrap().into()
    }

    /// What the browser brings back to the client, with consent if it is requested. Panics where the person would have
    /// to do something else.
    pub async fn answer(&self, browser: &mut Browser, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let page = browser.get(&self.url(changes)).await;
        let mut page = follow_to_client(browser, page).await;
        if page.element("consent").is_some() {
            page = self.consent(browser, &page, "allow").await;
        }
        answered(&page)
    }

    pub async fn consent(&self, browser: &mut Browser, page: &Page, decision: &str) -> Page {
        let fields = [
            ("csrf", page.field("csrf").unwrap()),
            ("request", page.field("request").unwrap()),
            ("person", page.field("person").unwrap()),
            ("decision", decision.to_owned()),
        ];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = browser
            .post(&format!("{}/oauth2/authorize/continue", self.portal), &fields)
            .await;
        follow_to_client(browser, page).await
    }

    pub async fn code(&self, browser: &mut Browser, changes: &[(&str, &str)]) -> String {
        let answer = self.answer(browser, changes).await;
        field(&answer, "code").unwrap_or_else(|| panic!("no code: {answer:?}"))
    }

    /// A call with client_secret_basic.
    pub async fn call(&self, app: &TestApp, path: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let mut server = app.browser();
        let credentials = BASE64.encode(format!("{}:{}", self.id, self.secret).as_bytes());
        server
            .headers
            .push(("Authorization".to_owned(), format!("Basic {credentials}")));
        let page = server.post(&format!("{}{path}", self.portal), fields).await;
        (page.status, serde_json::from_slice(&page.body).unwrap_or(Value::Null))
    }

    pub async fn redeem(&self, app: &TestApp, code: &str) -> (StatusCode, Value) {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.call(app, "/oauth2/token", &fields).await
    }

    pub async fn refresh(&self, app: &TestApp, token: &str) -> (StatusCode, Value) {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.call(app, "/oauth2/token", &fields).await
    }
}

/// Follows redirects as long as they stay with us.
pub async fn follow_to_client(browser: &mut Browser, mut page: Page) -> Page {
    for _ in 0..10 {
        let Some(location) = page.header("location").map(str::to_owned) else {
            return page;
        };
        let next = page.url.join(&location).unwrap();
        if next.host_str() != page.url.host_str() {
            return page;
        }
        page = browser.get(next.as_str()).await;
    }
    panic!("redirects without end at {}", page.url);
}

/// The fields that a redirect carries to the client.
pub fn answered(page: &Page) -> Vec<(String, String)> {
    let url = Url::parse(page.location()).unwrap();
    url.query_pairs().into_owned().collect()
}

pub fn field(answer: &[(String, String)], name: &str) -> Option<String> {
    answer
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.clone())
}

/// What a token of ours says, its signature unchecked.
pub fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap()).unwrap()
}
