//! Clients that show a certificate, at a listener of their own (RFC 8705).

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use data_encoding::BASE64URL_NOPAD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::sign::CertifiedKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::app::{TestApp, Wish, free_port};
use crate::support::browser::{Browser, Certificate, Page, trusting};
use crate::support::relying_party::{CALLBACK, VERIFIER, claims};

const NAME: &str = "lis.editeur.example";

struct Stand {
    app: TestApp,
    authority: CertifiedIssuer<'static, KeyPair>,
    /// Of the listener that asks for certificates.
    address: SocketAddr,
    origin: String,
    _folder: tempfile::TempDir,
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn certificate(authority: &CertifiedIssuer<'static, KeyPair>, name: &str) -> Certificate {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate().unwrap();
    let signed = params.signed_by(&key, authority).unwrap();
    Certificate {
        chain: vec![signed.der().clone()],
        key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
    }
}

impl Stand {
    async fn start() -> Self {
        let (folder, authority, port) = (tempfile::tempdir().unwrap(), authority(), free_port());
        let file = folder.path().join("client-ca.pem");
        std::fs::write(&file, authority.pem()).unwrap();
        let server_keys = format!(
            "mtls_listen = \"127.0.0.1:{port}\"\nmtls_client_ca_file = \"{}\"\n",
            file.display()
        );
        let wish = Wish {
            server_keys,
            ..Wish::default()
        };
        Self {
            app: TestApp::wishing(wish).await,
            authority,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            origin: format!("https://localhost:{port}"),
            _folder: folder,
        }
    }

    fn with(&self, certificate: Certificate) -> Browser {
        Browser::with_certificate(&self.app.ca_file, self.address, certificate)
    }

    fn named(&self, name: &str) -> Browser {
        self.with(certificate(&self.authority, name))
    }

    async fn api_client(&self, id: &str, name: Value) {
        let changes = json!({
            "authentication": { "method": "tls_client_auth", "name": name },
            "grant_types": ["client_credentials"], "redirect_uris": [], "scopes": "clients:read",
        });
        self.app.relying_party(id, changes).await;
    }
}

async fn asks_for_token(browser: &mut Browser, origin: &str, client: &str) -> (u16, Value) {
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", client),
        ("scope", "clients:read"),
    ];
    let page = browser.post(&format!("{origin}/oauth2/token"), &fields).await;
    (page.status.as_u16(), body(&page))
}

fn body(page: &Page) -> Value {
    serde_json::from_slice(&page.body).unwrap_or_else(|_| panic!("{page:?}"))
}

#[actix_web::test]
async fn a_client_proves_itself_by_its_certificate_and_its_tokens_are_bound_to_it() {
    let stand = Stand::start().await;
    stand.api_client("by-dns", json!({ "san_dns": NAME })).await;
    let subject = json!({ "subject_dn": "CN=rcgen self signed cert" });
    stand.api_client("by-subject", subject).await;

    let shown = certificate(&stand.authority, NAME);
    let thumbprint = BASE64URL_NOPAD.encode(&Sha256::digest(&shown.chain[0]));
    let mut client = stand.with(shown);
    for id in ["by-dns", "by-subject"] {
        let (status, tokens) = asks_for_token(&mut client, &stand.origin, id).await;
        assert_eq!(status, 200, "{tokens}");
        assert_eq!(tokens["token_type"], "Bearer");
        let token = claims(tokens["access_token"].as_str().unwrap());
        assert_eq!(token["cnf"]["x5t#S256"], thumbprint.as_str());
    }

    let metadata = stand
        .app
        .browser()
        .get(&format!("{}/.well-known/openid-configuration", stand.app.portal))
        .await;
    let metadata = body(&metadata);
    assert_eq!(metadata["tls_client_certificate_bound_access_tokens"], true);
    let alias = format!("{}/oauth2/token", stand.origin);
    assert_eq!(metadata["mtls_endpoint_aliases"]["token_endpoint"], alias.as_str());
    stand.app.stop().await;
}

#[actix_web::test]
async fn another_certificate_or_another_way_proves_nothing() {
    let stand = Stand::start().await;
    stand.api_client("lis", json!({ "san_dns": NAME })).await;
    for name in ["other.editeur.example", "*.editeur.example"] {
        let (status, refused) = asks_for_token(&mut stand.named(name), &stand.origin, "lis").await;
        assert_eq!((status, &refused["error"]), (401, &json!("invalid_client")), "{name}");
    }
    // Where none is presented, and a client that has to prove itself otherwise.
    let (status, _) = asks_for_token(&mut stand.app.browser(), &stand.app.portal, "lis").await;
    assert_eq!(status, 401);
    stand.app.relying_party("by-secret", json!({})).await;
    let (status, _) = asks_for_token(&mut stand.named(NAME), &stand.origin, "by-secret").await;
    assert_eq!(status, 401);
    stand.app.stop().await;
}

#[actix_web::test]
async fn a_bound_token_is_of_use_with_its_certificate_only() {
    let stand = Stand::start().await;
    let app = &stand.app;
    let changes = json!({ "authentication": { "method": "tls_client_auth", "name": { "san_dns": NAME } } });
    let party = app.relying_party("carnet", changes).await;
    let patient = app.patient("70114202", "12").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    let code = party.code(&mut browser, &[]).await;
    let fields = [
        ("client_id", "carnet"),
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let mut client = stand.named(NAME);
    let tokens = body(&client.post(&format!("{}/oauth2/token", stand.origin), &fields).await);
    let bearer = format!(
        "Bearer {}",
        tokens["access_token"].as_str().unwrap_or_else(|| panic!("{tokens}"))
    );

    let asked = async |mut browser: Browser, origin: &str| {
        browser.headers.push(("Authorization".to_owned(), bearer.clone()));
        browser.get(&format!("{origin}/oauth2/userinfo")).await.status.as_u16()
    };
    assert_eq!(asked(app.browser(), &app.portal).await, 401);
    // The same name, but another certificate.
    assert_eq!(asked(stand.named(NAME), &stand.origin).await, 401);
    assert_eq!(asked(client, &stand.origin).await, 200);
    stand.app.stop().await;
}

#[actix_web::test]
async fn the_admin_api_takes_a_bound_token_with_its_certificate_only() {
    let stand = Stand::start().await;
    stand.api_client("terraform", json!({ "san_dns": NAME })).await;
    let mut client = stand.named(NAME);
    let (_, tokens) = asks_for_token(&mut client, &stand.origin, "terraform").await;
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let asked = async |mut browser: Browser, origin: &str| {
        browser.headers.push(("Authorization".to_owned(), bearer.clone()));
        browser.get(&format!("{origin}/api/v1/clients")).await.status.as_u16()
    };
    assert_eq!(asked(stand.app.browser(), &stand.app.portal).await, 401);
    assert_eq!(
        asked(stand.named(NAME), &stand.origin).await,
        401,
        "another certificate"
    );
    assert_eq!(asked(client, &stand.origin).await, 200);
    stand.app.stop().await;
}

#[actix_web::test]
async fn each_listener_serves_what_is_its_own() {
    let stand = Stand::start().await;
    let mut client = stand.named(NAME);
    for path in ["/", "/login", "/oauth2/authorize", "/desk", "/healthz"] {
        let page = client.get(&format!("{}{path}", stand.origin)).await;
        assert_eq!(page.status, 404, "{path}");
    }
    // By the name of the other one.
    let ours = certificate(&stand.authority, NAME);
    let (public, private) = (stand.app.public_address(), stand.address);
    let misdirected = Some("HTTP/1.1 421 Misdirected Request".to_owned());
    assert_eq!(knock(&stand, private, public.port(), Some(ours)).await.0, misdirected);
    assert_eq!(knock(&stand, public, private.port(), None).await.0, misdirected);
    stand.app.stop().await;
}

/// Presents a certificate, or none, and notes whether one was requested.
#[derive(Debug)]
struct Shows {
    certificate: Option<Arc<CertifiedKey>>,
    asked: AtomicBool,
}

impl ResolvesClientCert for Shows {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::SeqCst);
        self.certificate.clone()
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// The first line of what is answered there to a request that names localhost at that port, and whether a certificate
/// was asked for.
async fn knock(
    stand: &Stand,
    address: SocketAddr,
    port: u16,
    certificate: Option<Certificate>,
) -> (Option<String>, bool) {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let certificate = certificate.map(|it| CertifiedKey::from_der(it.chain, it.key, &provider).unwrap());
    let shows = Arc::new(Shows {
        certificate: certificate.map(Arc::new),
        asked: AtomicBool::new(false),
    });
    let config = trusting(&stand.app.ca_file).with_client_cert_resolver(Arc::clone(&shows) as _);
    let tcp = tokio::net::TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connected = tokio_rustls::TlsConnector::from(Arc::new(config))
        .connect(name, tcp)
        .await;
    let mut answer = Vec::new();
    // In TLS 1.3 a client learns only from the answer that its certificate was not taken.
    if let Ok(mut tls) = connected {
        let head = format!("GET /oauth2/userinfo HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
        tls.write_all(head.as_bytes()).await.ok();
        tls.read_to_end(&mut answer).await.ok();
    }
    let first = String::from_utf8(answer).unwrap().lines().next().map(str::to_owned);
    (first, shows.asked.load(Ordering::SeqCst))
}

#[actix_web::test]
async fn browsers_are_never_asked_for_a_certificate_and_clients_always() {
    let stand = Stand::start().await;
    let ours = || certificate(&stand.authority, NAME);
    let (public, private) = (stand.app.public_address(), stand.address);
    // No token was sent, but the client is authenticated.
    let answered = Some("HTTP/1.1 401 Unauthorized".to_owned());
    let to_public = async |shown| knock(&stand, public, public.port(), shown).await;
    let to_private = async |shown| knock(&stand, private, private.port(), shown).await;
    assert_eq!(to_public(None).await, (answered.clone(), false));
    assert_eq!(to_public(Some(ours())).await, (answered.clone(), false));
    assert_eq!(to_private(Some(ours())).await, (answered, true));
    assert_eq!(to_private(None).await, (None, true));
    let of_a_stranger = certificate(&authority(), NAME);
    assert_eq!(to_private(Some(of_a_stranger)).await, (None, true));
    stand.app.stop().await;
}
