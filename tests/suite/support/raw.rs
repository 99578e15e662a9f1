//! A conversation as it is on the wire, every byte of it.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::app::TestApp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawAnswer {
    pub status: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// Of head and body together, in bytes.
    pub length: usize,
}

impl RawAnswer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn parse(bytes: Vec<u8>) -> Self {
        let (length, text) = (bytes.len(), String::from_utf8(bytes).unwrap());
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text}"));
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().to_owned();
        let headers = lines.map(|line| line.split_once(": ").unwrap_or_else(|| panic!("{line}")));
        Self {
            status,
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
            length,
        }
    }
}

fn client_config(app: &TestApp, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&app.ca_file).unwrap()).unwrap();
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// # Errors
/// No such TLS version is spoken there.
pub async fn connect(
    app: &TestApp,
    versions: &[&'static SupportedProtocolVersion],
) -> std::io::Result<TlsStream<TcpStream>> {
    let config = client_config(app, versions);
    let stream = TcpStream::connect(app.public_address()).await?;
    shake_hands(config, stream, "localhost").await
}

/// To another listener on this machine that has the same certificate.
pub async fn connect_to(app: &TestApp, port: u16, name: &'static str) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let config = client_config(app, &[&rustls::version::TLS13]);
    shake_hands(config, stream, name).await.unwrap()
}

async fn shake_hands(
    config: ClientConfig,
    stream: TcpStream,
    name: &'static str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(name).unwrap();
    tokio_rustls::TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

/// `lines`: the request line and headers but for `Host` and those of the body.
pub async fn exchange(app: &TestApp, lines: &str, body: &str) -> RawAnswer {
    let host = app.portal.strip_prefix("https://").unwrap();
    let request = format!(
        "{lines}\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut tls = connect(app, &[&rustls::version::TLS13]).await.unwrap();
    tls.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A server that closes without saying so at the TLS level is no matter here: the length is in the head.
    tls.read_to_end(&mut answer).await.ok();
    RawAnswer::parse(answer)
}
