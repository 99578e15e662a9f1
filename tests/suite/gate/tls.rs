//! As in life: a browser that speaks HTTP/2 over TLS, and a LIS with a certificate of its own authority.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{App, HttpServer};
use bytes::Bytes;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use vestibule::config::site::SiteSection;
use vestibule::crypto::jose::SigningKey;
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::web::proxy::Site;

use super::stand::{RULES, Running, app_of, lis_app, listener, sealer};

fn authority() -> (rcgen::CertifiedIssuer<'static, rcgen::KeyPair>, String) {
    let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let issuer = rcgen::CertifiedIssuer::self_signed(parameters, rcgen::KeyPair::generate().unwrap()).unwrap();
    let pem = issuer.pem();
    (issuer, pem)
}

fn server_config(issuer: &rcgen::CertifiedIssuer<'static, rcgen::KeyPair>) -> ServerConfig {
    let key = rcgen::KeyPair::generate().unwrap();
    let parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let certificate = parameters.signed_by(&key, issuer).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap()
}

/// A client that speaks HTTP/2 if the server does.
fn browser(root: &CertificateDer<'static>) -> awc::Client {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    awc::Client::builder()
        .disable_redirects()
        .connector(awc::Connector::new().rustls_0_23(Arc::new(config)))
        .finish()
}

#[actix_web::test]
async fn http2_in_front_and_tls_behind() {
    let (issuer, pem) = authority();
    let dir = tempfile::tempdir().unwrap();
    let ca_file = dir.path().join("ca.pem");
    std::fs::write(&ca_file, pem).unwrap();

    let (lis_listener, lis_port) = listener();
    let asked = super::stand::Asked::default();
    let log = Arc::clone(&asked);
    let lis = HttpServer::new(move || App::new().configure(lis_app(&log, lis_port)))
        .workers(1)
        .disable_signals();
    let lis = lis
        .listen_rustls_0_23(lis_listener, server_config(&issuer))
        .unwrap()
        .run();
    let _lis = Running::of(lis_port, lis);

    let toml = format!(
        "id = \"s\"\nlab = \"l\"\norigin = \"https://results.lab.example\"\nupstream = \"https://localhost:{lis_port}\"\n\
         upstream_ca_file = \"{}\"\n{RULES}",
        ca_file.display()
    );
    let section: SiteSection = toml::from_str(&toml).unwrap();
    let key = Arc::new(SigningKey::derive(&[9; 32]).unwrap());
    let site = Arc::new(
        Site::new(
            &section,
            "https://portal.example",
            key,
            Arc::new(SystemEntropy),
            sealer(),
        )
        .unwrap(),
    );
    let (gate_listener, gate_port) = listener();
    let gate = HttpServer::new(move || App::new().configure(app_of(&site)))
        .workers(1)
        .disable_signals();
    let gate = gate
        .listen_rustls_0_23(gate_listener, server_config(&issuer))
        .unwrap()
        .run();
    let gate = Running::of(gate_port, gate);

    let browser = browser(issuer.der());
    let url = |path: &str| format!("https://localhost:{}{path}", gate.port);
    let cookie = ("Cookie", "__Host-vst_site=1; lis=1");

    let mut answer = browser
        .get(url("/records/42"))
        .insert_header(cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (answer.status(), answer.version()),
        (StatusCode::OK, actix_web::http::Version::HTTP_2)
    );
    let seen = String::from_utf8(answer.body().await.unwrap().to_vec()).unwrap();
    assert!(
        seen.starts_with("GET /records/42\n") && !seen.contains("lis=1"),
        "{seen}"
    );
    assert!(seen.contains(&format!("host: localhost:{lis_port}\n")), "{seen}");

    for (path, status) in [
        ("/records/43", 403),
        ("/records/42?nr=43", 400),
        ("/records/%2e%2e/x", 400),
    ] {
        let answer = browser.get(url(path)).insert_header(cookie).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
    let answer = browser
        .head(url("/records/42"))
        .insert_header(cookie)
        .send()
        .await
        .unwrap();
    assert!(answer.status() == StatusCode::OK && answer.headers().contains_key("content-length"));

    let pieces = futures_util::stream::iter((0..20).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 100_000]))));
    let mut answer = browser
        .post(url("/form"))
        .insert_header(cookie)
        .send_stream(pieces)
        .await
        .unwrap();
    let seen = String::from_utf8(answer.body().await.unwrap().to_vec()).unwrap();
    assert!(seen.contains("\n2000000 bytes\n"), "{seen}");
}

#[actix_web::test]
async fn a_certificate_of_another_authority_is_not_trusted() {
    let (issuer, _) = authority();
    let (_, other_pem) = authority();
    let dir = tempfile::tempdir().unwrap();
    let ca_file = dir.path().join("ca.pem");
    std::fs::write(&ca_file, other_pem).unwrap();
    let (lis_listener, lis_port) = listener();
    let asked = super::stand::Asked::default();
    let lis = HttpServer::new(move || App::new().configure(lis_app(&asked, lis_port)))
        .workers(1)
        .disable_signals();
    let lis = lis
        .listen_rustls_0_23(lis_listener, server_config(&issuer))
        .unwrap()
        .run();
    let _lis = Running::of(lis_port, lis);
    let upstream = format!(
        "upstream = \"https://localhost:{lis_port}\"\nupstream_ca_file = \"{}\"",
        ca_file.display()
    );
    let (gate, _) = super::stand::gate_from(&upstream, "enforce", RULES);
    assert_eq!(super::http::ask(gate.port, "GET", "/records/42", "").await.status, 502);
}
