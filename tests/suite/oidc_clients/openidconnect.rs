//! The crate openidconnect, over an HTTP client of one function that adds no header of its own.

use std::path::Path;
use std::sync::Arc;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreRevocableToken, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IntrospectionUrl, IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl,
    RequestTokenError, RevocationUrl, Scope, TokenIntrospectionResponse, TokenResponse, http,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};

use super::stand::{SCOPE, Stand};
use crate::support::browser::{Browser, Page};
use crate::support::hook::Hook;
use crate::support::oathtool;
use crate::support::relying_party::RelyingParty as Registered;

type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointSet, EndpointSet, EndpointMaybeSet, EndpointMaybeSet>;

/// As an application holds it.
struct RelyingParty {
    client: Client,
    metadata: ProviderMetadataWithLogout,
    http: awc::Client,
    origin: String,
}

/// What has to be kept until the browser comes back.
struct Begun {
    url: String,
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Failed(String);

fn http_client(ca_file: &Path) -> awc::Client {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca_file).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    awc::Client::builder()
        .no_default_headers()
        .disable_redirects()
        .connector(awc::Connector::new().rustls_0_23(Arc::new(config)))
        .finish()
}

async fn exchange(client: &awc::Client, request: HttpRequest) -> Result<HttpResponse, Failed> {
    let method = request.method().as_str().parse().unwrap();
    let mut ours = client.request(method, request.uri().to_string());
    for (name, value) in request.headers() {
        ours = ours.insert_header((name.as_str(), value.as_bytes()));
    }
    let sent = ours.send_body(request.into_body()).await;
    let mut answer = sent.map_err(|error| Failed(error.to_string()))?;
    let mut theirs = http::Response::builder().status(answer.status().as_u16());
    for (name, value) in answer.headers() {
        theirs = theirs.header(name.as_str(), value.as_bytes());
    }
    let body = answer.body().await.map_err(|error| Failed(error.to_string()))?;
    Ok(theirs.body(body.to_vec()).unwrap())
}

impl RelyingParty {
    async fn discover(stand: &Stand, credentials: &Registered, origin: &str) -> Self {
        let http = http_client(&stand.app.ca_file);
        let issuer = IssuerUrl::new(stand.app.portal.clone()).unwrap();
        let send = |request| exchange(&http, request);
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &send).await.unwrap();
        let endpoint = |name: &str| format!("{}/oauth2/{name}", stand.app.portal);
        let client = CoreClient::from_provider_metadata(
            metadata.clone(),
            ClientId::new(credentials.id.clone()),
            Some(ClientSecret::new(credentials.secret.clone())),
        )
        .set_redirect_uri(RedirectUrl::new(format!("{origin}/callback")).unwrap())
        .set_introspection_url(IntrospectionUrl::new(endpoint("introspect")).unwrap())
        .set_revocation_url(RevocationUrl::new(endpoint("revoke")).unwrap());
        Self {
            client,
            metadata,
            http,
            origin: origin.to_owned(),
        }
    }

    fn begin(&self) -> Begun {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = self.client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        for scope in SCOPE.split(' ').filter(|scope| *scope != "openid") {
            request = request.add_scope(Scope::new(scope.to_owned()));
        }
        let (url, state, nonce) = request.set_pkce_challenge(challenge).url();
        Begun {
            url: url.into(),
            state,
            nonce,
            verifier,
        }
    }

    /// The tokens, with the ID token's signature, nonce and `at_hash` checked.
    async fn finish(&self, begun: Begun, page: &Page) -> CoreTokenResponse {
        let query = |name: &str| {
            page.url
                .query_pairs()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        assert_eq!(query("state").as_ref(), Some(begun.state.secret()), "{page:?}");
        let code = AuthorizationCode::new(query("code").unwrap_or_else(|| panic!("no code: {page:?}")));
        let send = |request| exchange(&self.http, request);
        let request = self.client.exchange_code(code).unwrap();
        let tokens = request
            .set_pkce_verifier(begun.verifier)
            .request_async(&send)
            .await
            .unwrap();
        let (id_token, verifier) = (tokens.id_token().unwrap(), self.client.id_token_verifier());
        let claims = id_token.claims(&verifier, &begun.nonce).unwrap();
        let hash = AccessTokenHash::from_token(
            tokens.access_token(),
            id_token.signing_alg().unwrap(),
            id_token.signing_key(&verifier).unwrap(),
        );
        // Which a provider may leave out in this flow.
        assert!(claims.access_token_hash().is_none_or(|said| *said == hash.unwrap()));
        tokens
    }

    async fn userinfo(&self, tokens: &CoreTokenResponse) -> CoreUserInfoClaims {
        let send = |request| exchange(&self.http, request);
        let request = self.client.user_info(tokens.access_token().clone(), None).unwrap();
        request.request_async(&send).await.unwrap()
    }

    /// What was refused, by its code.
    async fn refresh(&self, tokens: &CoreTokenResponse) -> Result<CoreTokenResponse, String> {
        let send = |request| exchange(&self.http, request);
        let request = self
            .client
            .exchange_refresh_token(tokens.refresh_token().unwrap())
            .unwrap();
        request.request_async(&send).await.map_err(|error| match error {
            RequestTokenError::ServerResponse(refusal) => refusal.error().to_string(),
            other => format!("{other:?}"),
        })
    }

    async fn is_active(&self, tokens: &CoreTokenResponse) -> bool {
        let send = |request| exchange(&self.http, request);
        let request = self.client.introspect(tokens.access_token());
        request.request_async(&send).await.unwrap().active()
    }

    async fn revoke(&self, tokens: &CoreTokenResponse) {
        let send = |request| exchange(&self.http, request);
        let token: CoreRevocableToken = tokens.refresh_token().unwrap().into();
        self.client
            .revoke_token(token)
            .unwrap()
            .request_async(&send)
            .await
            .unwrap();
    }

    fn logout_url(&self, tokens: &CoreTokenResponse) -> String {
        let endpoint = self
            .metadata
            .additional_metadata()
            .end_session_endpoint
            .clone()
            .unwrap();
        LogoutRequest::from(endpoint)
            .set_id_token_hint(tokens.id_token().unwrap())
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(format!("{}/signed-out", self.origin)).unwrap())
            .set_state(CsrfToken::new("from-here".to_owned()))
            .http_get_url()
            .into()
    }
}

impl Stand {
    /// What the browser is sent back with; nothing listens for browsers there.
    async fn redirected(&self, browser: &mut Browser, number: usize, start: &str, origin: &str) -> Page {
        super::walk::until_sent_to(&self.app, browser, &self.patients[number], start, origin).await
    }
}

#[actix_web::test]
async fn it_goes_the_whole_way_without_a_user_agent() {
    if !oathtool::present() {
        return;
    }
    let stand = Stand::with_patients(2).await;
    let hook = Hook::tls(stand.app.directory.path());
    let origin = format!("https://localhost:{}", hook.port);
    let credentials = stand.client("openidconnect", hook.port, &json!({})).await;
    let party = RelyingParty::discover(&stand, &credentials, &origin).await;
    signed_out_elsewhere(&stand, &party, &hook).await;
    signed_out_from_here(&stand, &party).await;
    stand.app.stop().await;
}

async fn signed_out_elsewhere(stand: &Stand, party: &RelyingParty, hook: &Hook) {
    let (mut browser, begun) = (stand.app.browser(), party.begin());
    let page = stand
        .redirected(&mut browser, 0, &begun.url.clone(), &party.origin)
        .await;
    let nonce = begun.nonce.clone();
    let first = party.finish(begun, &page).await;
    let verifier = party.client.id_token_verifier();
    let claims = first.id_token().unwrap().claims(&verifier, &nonce).unwrap();
    let userinfo = party.userinfo(&first).await;
    assert_eq!(userinfo.subject(), claims.subject());
    assert_eq!(userinfo.email().map(|email| email.as_str()), Some("odette@example.org"));
    assert!(claims.auth_time().is_some());

    let second = party.refresh(&first).await.unwrap();
    assert_ne!(
        second.refresh_token().unwrap().secret(),
        first.refresh_token().unwrap().secret()
    );
    assert_eq!(party.userinfo(&second).await.subject(), claims.subject());
    assert!(party.is_active(&second).await);

    stand.sign_out_at_the_portal(&mut browser).await;
    let logout = logout_token(hook).await;
    let told = verified(stand, party, &logout).await;
    assert_eq!(told["sub"], claims.subject().as_str());
    assert!(told["sid"].is_string() && told.get("nonce").is_none(), "{told}");
    assert!(
        told["events"]["http://schemas.openid.net/event/backchannel-logout"].is_object(),
        "{told}"
    );
    assert_eq!(party.refresh(&second).await.unwrap_err(), "invalid_grant");
    assert!(!party.is_active(&second).await);
}

async fn signed_out_from_here(stand: &Stand, party: &RelyingParty) {
    let (mut browser, begun) = (stand.app.browser(), party.begin());
    let page = stand
        .redirected(&mut browser, 1, &begun.url.clone(), &party.origin)
        .await;
    let tokens = party.finish(begun, &page).await;
    party.revoke(&tokens).await;
    assert_eq!(party.refresh(&tokens).await.unwrap_err(), "invalid_grant");
    assert!(!party.is_active(&tokens).await);
    let page = stand
        .redirected(&mut browser, 1, &party.logout_url(&tokens), &party.origin)
        .await;
    assert_eq!(
        (page.url.path(), page.url.query()),
        ("/signed-out", Some("state=from-here"))
    );
    assert!(!stand.is_signed_in_at_the_portal(&mut browser).await);
}

/// The first that arrives.
async fn logout_token(hook: &Hook) -> String {
    for _ in 0..600 {
        if let Some(received) = hook.received().first() {
            assert_eq!(received.request, "POST /backchannel HTTP/1.1");
            let mut fields = url::form_urlencoded::parse(received.body.as_bytes());
            return fields.find(|(name, _)| name == "logout_token").unwrap().1.into_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("no back-channel logout within 600 looks");
}

/// The crate does not know of logout tokens, so with another one.
async fn verified(stand: &Stand, party: &RelyingParty, token: &str) -> Value {
    let header = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("logout+jwt"));
    let mut answer = party.http.get(party.metadata.jwks_uri().as_str()).send().await.unwrap();
    let keys: JwkSet = serde_json::from_slice(&answer.body().await.unwrap()).unwrap();
    let key = DecodingKey::from_jwk(keys.find(&header.kid.unwrap()).unwrap()).unwrap();
    let mut rules = Validation::new(header.alg);
    rules.set_audience(&["openidconnect"]);
    rules.set_issuer(&[&stand.app.portal]);
    rules.set_required_spec_claims(&["iss", "aud", "exp"]);
    jsonwebtoken::decode::<Value>(token, &key, &rules).unwrap().claims
}
