//! TLS as a client meets it: versions, the post-quantum hybrid, a certificate replaced without a restart.

use std::time::Duration;

use rustls::{ClientConnection, NamedGroup, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::app::TestApp;
use crate::support::raw::connect;

async fn handshake(app: &TestApp, versions: &[&'static SupportedProtocolVersion]) -> std::io::Result<ClientConnection> {
    let mut tls = connect(app, versions).await?;
    tls.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await?;
    let mut answer = Vec::new();
    tls.read_to_end(&mut answer).await.ok();
    Ok(tls.into_inner().1)
}

#[actix_web::test]
async fn tls_1_2_and_1_3_are_spoken_and_the_hybrid_is_preferred() {
    let app = TestApp::start().await;
    let old = handshake(&app, &[&rustls::version::TLS12]).await.unwrap();
    assert_eq!(old.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_2));
    let new = handshake(&app, &[&rustls::version::TLS13, &rustls::version::TLS12])
        .await
        .unwrap();
    assert_eq!(new.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_3));
    let group = new.negotiated_key_exchange_group().unwrap().name();
    assert_eq!(group, NamedGroup::X25519MLKEM768);
    app.stop().await;
}

#[actix_web::test]
async fn a_replaced_certificate_is_taken_up_and_a_broken_one_is_not() {
    let app = TestApp::start().await;
    let directory = app.directory.path();
    let leaf = |connection: ClientConnection| connection.peer_certificates().unwrap()[0].clone().into_owned();
    let before = leaf(handshake(&app, &[&rustls::version::TLS13]).await.unwrap());
    std::fs::write(directory.join("certificate.pem"), "no certificate").unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(leaf(handshake(&app, &[&rustls::version::TLS13]).await.unwrap()), before);
    for name in ["ca.pem", "certificate.pem", "key.pem"] {
        std::fs::remove_file(directory.join(name)).unwrap();
    }
    vestibule::demo::certificate::ensure(directory, app.now()).unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_ne!(leaf(handshake(&app, &[&rustls::version::TLS13]).await.unwrap()), before);
    app.stop().await;
}

#[actix_web::test]
async fn a_host_name_that_is_not_ours_is_misdirected() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser
        .headers
        .push(("Host".to_owned(), "elsewhere.example".to_owned()));
    assert_eq!(browser.get(&format!("{}/login", app.portal)).await.status, 421);
    browser.headers = vec![("X-Forwarded-Host".to_owned(), "elsewhere.example".to_owned())];
    assert_eq!(browser.get(&format!("{}/login", app.portal)).await.status, 200);
    app.stop().await;
}
