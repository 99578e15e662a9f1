//! What tests of the provider do again and again.

use std::time::Duration;

use actix_web::http::StatusCode;
use data_encoding::BASE64;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Header, Validation, decode, decode_header};
use serde_json::Value;

use super::app::TestApp;
use super::browser::{Browser, Page};
use super::patient::Patient;
use super::relying_party::{RelyingParty, follow_to_client};

impl TestApp {
    /// Another browser in which the patient is signed in.
    pub async fn signed_in(&self, patient: &Patient) -> Browser {
        let mut browser = self.browser();
        self.sign_in_again(&mut browser, patient).await;
        browser
    }

    /// With the next code; what a client asks afterwards is later than that.
    pub async fn sign_in_again(&self, browser: &mut Browser, patient: &Patient) {
        self.advance(Duration::from_secs(30));
        self.sign_in(browser, patient).await;
        self.advance(Duration::from_secs(1));
    }

    /// Fills in the sign-in form of a page, as far as its own fields lead.
    pub async fn fill_in(&self, browser: &mut Browser, page: &Page, patient: &Patient) -> Page {
        assert_eq!(page.url.path(), "/login", "{page:?}");
        self.advance(Duration::from_secs(30));
        let fields = [
            ("identifier", patient.identifier.clone()),
            ("password", patient.password.clone()),
            ("code", self.code(patient)),
            ("csrf", page.field("csrf").unwrap()),
            ("request", page.field("request").unwrap_or_default()),
        ];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = browser.post(&format!("{}/login", self.portal), &fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{page:?}");
        let page = follow_to_client(browser, page).await;
        self.advance(Duration::from_secs(1));
        page
    }

    /// A form sent by a program, with these headers.
    pub async fn send(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Page {
        self.server(headers)
            .post(&format!("{}{path}", self.portal), fields)
            .await
    }

    pub fn server(&self, headers: &[(&str, &str)]) -> Browser {
        let mut server = self.browser();
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        server.headers.extend(headers.iter().map(owned));
        server
    }

    pub async fn userinfo(&self, token: &str) -> Page {
        let bearer = format!("Bearer {token}");
        let mut server = self.server(&[("Authorization", &bearer)]);
        server.get(&format!("{}/oauth2/userinfo", self.portal)).await
    }

    /// What a token says, read by another library with the lab's published keys.
    pub async fn verified(&self, token: &str, audience: &str) -> (Header, Value) {
        let keys = self.browser().get(&format!("{}/oauth2/jwks", self.portal)).await;
        let keys: JwkSet = serde_json::from_slice(&keys.body).unwrap();
        let header = decode_header(token).unwrap();
        let key = keys.find(header.kid.as_ref().unwrap()).expect("a key of that name");
        let mut validation = Validation::new(header.alg);
        validation.set_audience(&[audience]);
        validation.set_issuer(&[&self.portal]);
        validation.required_spec_claims.clear();
        validation.validate_exp = false; // by the test's clock
        let key = DecodingKey::from_jwk(key).unwrap();
        let claims = decode::<Value>(token, &key, &validation).unwrap().claims;
        if let Some(expires) = claims.get("exp") {
            assert!(expires.as_i64().unwrap() > self.now().unix_seconds());
        }
        (header, claims)
    }
}

impl RelyingParty {
    pub fn basic(&self) -> String {
        let credentials = BASE64.encode(format!("{}:{}", self.id, self.secret).as_bytes());
        format!("Basic {credentials}")
    }

    /// The whole way in a browser where a person is signed in.
    pub async fn tokens(&self, app: &TestApp, browser: &mut Browser, changes: &[(&str, &str)]) -> Tokens {
        let code = self.code(browser, changes).await;
        let (status, tokens) = self.redeem(app, &code).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        Tokens(tokens)
    }

    pub async fn refreshed(&self, app: &TestApp, token: &str) -> Tokens {
        let (status, tokens) = self.refresh(app, token).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        Tokens(tokens)
    }

    pub async fn is_active(&self, app: &TestApp, token: &str) -> bool {
        let (status, told) = self.call(app, "/oauth2/introspect", &[("token", token)]).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        told["active"].as_bool().unwrap()
    }

    /// The refusal's code of a token that does not refresh any more.
    pub async fn unrefreshed(&self, app: &TestApp, token: &str) -> String {
        let (status, told) = self.refresh(app, token).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{told}");
        told["error"].as_str().unwrap().to_owned()
    }
}

/// An answer of the token endpoint.
#[derive(Clone, Debug)]
pub struct Tokens(pub Value);

impl Tokens {
    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_else(|| panic!("no {name}: {}", self.0))
    }

    pub fn access(&self) -> &str {
        self.text("access_token")
    }

    pub fn refresh(&self) -> &str {
        self.text("refresh_token")
    }

    pub fn id(&self) -> &str {
        self.text("id_token")
    }
}

/// The protocol's code on an error page. Panics if there is none, or if the page leaves by itself.
pub fn code_on_page(page: &Page) -> String {
    assert_eq!(page.header("location"), None, "{page:?}");
    let shown = page.element("error").unwrap_or_else(|| panic!("{page:?}"));
    let code = shown
        .split_once("<code>")
        .and_then(|(_, rest)| rest.split_once("</code>"));
    code.unwrap_or_else(|| panic!("{page:?}")).0.to_owned()
}
