//! Programs that call the admin API of a lab.

use actix_web::http::Method;
use data_encoding::BASE64;
use serde_json::{Value, json};
use vestibule::admin::clients::{self, Authority, Days};
use vestibule::domain::audit::Actor;
use vestibule::kernel::ids::LabId;

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};

pub const DOCUMENT: &str = include_str!("../../../crates/web/src/api/openapi.json");

pub struct Program {
    pub browser: Browser,
    portal: String,
}

/// An entry as a program would send it.
pub fn entry() -> Value {
    json!({
        "name": "Carnet de santé",
        "authentication": { "method": "client_secret_basic" },
        "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": ["https://app.example/callback"],
        "scopes": "openid profile",
    })
}

/// An entry of the admin API itself.
pub fn api_entry(scopes: &str) -> Value {
    json!({
        "name": "Terraform",
        "authentication": { "method": "client_secret_basic" },
        "grant_types": ["client_credentials"],
        "scopes": scopes,
    })
}

/// Made as an operator makes it; its secret, if it has one.
pub async fn add(app: &TestApp, lab: &LabId, id: &str, entry: Value) -> Option<String> {
    let policy = serde_json::from_value(entry).unwrap();
    let (days, whole) = (Days::of_secret(None).unwrap(), Authority::whole(Actor::Vestibule));
    let added = clients::add(&app.core, lab, &id.parse().unwrap(), policy, days, &whole).await;
    added.unwrap().map(|secret| secret.expose().to_owned())
}

/// What the token endpoint says to a client in its own name.
pub async fn token(app: &TestApp, portal: &str, id: &str, secret: &str) -> Page {
    let mut browser = app.browser();
    let credentials = BASE64.encode(format!("{id}:{secret}").as_bytes());
    let basic = ("Authorization".to_owned(), format!("Basic {credentials}"));
    browser.headers.push(basic);
    let url = format!("{portal}/oauth2/token");
    browser.post(&url, &[("grant_type", "client_credentials")]).await
}

pub fn json_of(page: &Page) -> Value {
    serde_json::from_slice(&page.body).unwrap_or_else(|_| panic!("no JSON: {page:?}"))
}

impl Program {
    pub fn nobody(app: &TestApp, portal: &str) -> Self {
        Self {
            browser: app.browser(),
            portal: portal.to_owned(),
        }
    }

    pub fn with_token(app: &TestApp, portal: &str, token: &str) -> Self {
        let mut program = Self::nobody(app, portal);
        let bearer = ("Authorization".to_owned(), format!("Bearer {token}"));
        program.browser.headers.push(bearer);
        program
    }

    /// A client of the lab with these scopes, and a token for all of them.
    pub async fn of(app: &TestApp, lab: &LabId, portal: &str, id: &str, scopes: &str) -> Self {
        let secret = add(app, lab, id, api_entry(scopes)).await.unwrap();
        let answer = json_of(&token(app, portal, id, &secret).await);
        Self::with_token(app, portal, answer["access_token"].as_str().unwrap())
    }

    /// Whatever is answered is never cached, sets no cookie, and every failure is a problem that the document knows.
    pub async fn call(&mut self, method: &str, path: &str, body: Option<&Value>) -> Page {
        let url = format!("{}/api/v1{path}", self.portal);
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let page = self.browser.call(method, &url, body).await;
        assert_eq!(page.header("cache-control"), Some("no-store"), "{page:?}");
        for header in ["set-cookie", "access-control-allow-origin"] {
            assert_eq!(page.header(header), None, "{page:?}");
        }
        if !page.status.is_success() && page.status != 404 && page.status != 405 {
            assert_eq!(
                page.header("content-type"),
                Some("application/problem+json"),
                "{page:?}"
            );
            let problem = json_of(&page);
            assert_eq!(problem["status"], page.status.as_u16());
            let code = problem["code"].as_str().unwrap();
            assert!(DOCUMENT.contains(code), "the document does not tell of {code}");
        }
        page
    }
}
