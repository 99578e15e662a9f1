//! A client as light as it can be: HTTP/1.1 written by hand over one kept TLS connection, prepared before the clock runs.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::form_urlencoded::Serializer;
use vestibule::kernel::clock::Stopwatch;

/// Shares its TLS sessions among connections.
#[derive(Clone)]
pub struct Client {
    connector: TlsConnector,
    port: u16,
}

pub struct Connection {
    stream: TlsStream<TcpStream>,
    buffer: Vec<u8>,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
    /// From the last byte sent to the first received.
    pub first_byte: Duration,
    /// And to the last received.
    pub whole: Duration,
}

impl Client {
    pub fn new(ca_file: &Path, port: u16) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(ca_file).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions().unwrap();
        let config = config.with_root_certificates(roots).with_no_client_auth();
        Self {
            connector: TlsConnector::from(Arc::new(config)),
            port,
        }
    }

    pub async fn connect(&self) -> std::io::Result<Connection> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from("localhost").unwrap();
        Ok(Connection {
            stream: self.connector.connect(name, stream).await?,
            buffer: Vec::with_capacity(16 << 10),
        })
    }
}

impl Connection {
    /// Sends a whole request and reads the whole answer.
    pub async fn exchange(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.stream.flush().await?;
        let watch = Stopwatch::start();
        self.buffer.clear();
        self.more().await?;
        let first_byte = watch.elapsed();
        let head_end = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).into_owned();
        let length = match header(&head, "content-length") {
            Some(text) => text.parse().unwrap(),
            None if header(&head, "transfer-encoding").is_some() => self.all_chunks(head_end).await?,
            None => 0,
        };
        while self.buffer.len() < head_end + length {
            self.more().await?;
        }
        let whole = watch.elapsed();
        Ok(Answer {
            first_byte,
            whole,
            status: head.get(9..12).and_then(|text| text.parse().ok()).unwrap_or(0),
            body: String::from_utf8_lossy(&self.buffer[head_end..head_end + length]).into_owned(),
            head,
        })
    }

    /// Their length, frames included; only other programs' answers come in chunks, and of those only parts are looked at.
    async fn all_chunks(&mut self, head_end: usize) -> std::io::Result<usize> {
        while !self.buffer[head_end..].ends_with(b"0\r\n\r\n") {
            self.more().await?;
        }
        Ok(self.buffer.len() - head_end)
    }

    async fn more(&mut self) -> std::io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// `name=value` of the cookie that this answer sets.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let mut pairs = self.cookie_pairs();
        pairs.find(|pair| pair.split_once('=').is_some_and(|(key, _)| key == name))
    }

    /// Names and values of all that it sets.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.cookie_pairs().filter_map(|pair| pair.split_once('='))
    }

    fn cookie_pairs(&self) -> impl Iterator<Item = &str> {
        let cookies = self.head.lines().filter_map(|line| value_of(line, "set-cookie"));
        cookies.filter_map(|cookie| cookie.split(';').next())
    }

    /// Value of a hidden field.
    pub fn field(&self, name: &str) -> Option<&str> {
        let (_, after) = self.body.split_once(&format!("name=\"{name}\" value=\""))?;
        after.split('"').next()
    }
}

pub fn get(host: &str, path: &str, cookies: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{}\r\n", cookie_line(cookies)).into_bytes()
}

/// `forwarded`: the address behind a trusted proxy in whose name this is sent.
pub fn post(host: &str, path: &str, cookies: &str, forwarded: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    let cookies = cookie_line(cookies);
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\n{cookies}X-Forwarded-For: {forwarded}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn cookie_line(cookies: &str) -> String {
    if cookies.is_empty() {
        return String::new();
    }
    format!("Cookie: {cookies}\r\n")
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| value_of(line, name))
}

fn value_of<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (key, value) = line.split_once(':')?;
    key.eq_ignore_ascii_case(name).then(|| value.trim())
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
