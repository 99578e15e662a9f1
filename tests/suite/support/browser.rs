//! A browser without scripts: keeps cookies per host, sends forms, follows redirects when asked to.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{CONTENT_TYPE, HeaderMap, LOCATION, SET_COOKIE};
use actix_web::http::{Method, StatusCode};
use rustls::client::WantsClientCert;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};
use url::Url;

pub struct Browser {
    client: awc::Client,
    address: SocketAddr,
    pub jar: HashMap<String, BTreeMap<String, String>>,
    pub headers: Vec<(String, String)>,
    /// Every `Set-Cookie` that came, as it came.
    pub received: Vec<String>,
}

pub struct Page {
    pub url: Url,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} from {}: {}", self.status, self.url, self.text())
    }
}

impl Page {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
            .unwrap_or_else(|| panic!("no redirect: {self:?}"))
    }

    /// The value of a form's field, as a browser would send it back.
    pub fn field(&self, name: &str) -> Option<String> {
        let text = self.text();
        let start = text.find(&format!("name=\"{name}\""))?;
        let tag = &text[start..start + text[start..].find('>')?];
        let value = tag.split_once("value=\"")?.1;
        Some(unescape(&value[..value.find('"')?]))
    }

    /// The first value of that attribute.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let text = self.text();
        let value = text.split_once(&format!(" {name}=\""))?.1;
        Some(unescape(&value[..value.find('"')?]))
    }

    /// The text inside the element with that id.
    pub fn element(&self, id: &str) -> Option<String> {
        let text = self.text();
        let start = text.find(&format!("id=\"{id}\""))?;
        let inside = &text[start + text[start..].find('>')? + 1..];
        let name_start = text[..start].rfind('<')? + 1;
        let name: String = text[name_start..].chars().take_while(|c| c.is_alphanumeric()).collect();
        Some(inside[..inside.find(&format!("</{name}>"))?].trim().to_owned())
    }
}

fn unescape(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

/// A certificate with its key.
pub struct Certificate {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
}

/// The beginning of a TLS configuration.
pub fn trusting(ca_file: &Path) -> ConfigBuilder<ClientConfig, WantsClientCert> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca_file).unwrap()).unwrap();
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
}

impl Browser {
    pub fn new(ca_file: &Path, address: SocketAddr) -> Self {
        Self::over(trusting(ca_file).with_no_client_auth(), address)
    }

    /// Presents the certificate if one is requested.
    pub fn with_certificate(ca_file: &Path, address: SocketAddr, certificate: Certificate) -> Self {
        let Certificate { chain, key } = certificate;
        Self::over(trusting(ca_file).with_client_auth_cert(chain, key).unwrap(), address)
    }

    fn over(config: ClientConfig, address: SocketAddr) -> Self {
        let client = awc::Client::builder()
            .disable_redirects()
            .timeout(Duration::from_secs(60))
            .connector(
                awc::Connector::new()
                    .rustls_0_23(Arc::new(config))
                    .timeout(Duration::from_secs(20)),
            )
            .finish();
        Self {
            client,
            address,
            jar: HashMap::new(),
            headers: Vec::new(),
            received: Vec::new(),
        }
    }

    pub async fn get(&mut self, url: &str) -> Page {
        self.request(Method::GET, url, None).await
    }

    pub async fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let kind = "application/x-www-form-urlencoded";
        self.request(Method::POST, url, Some((kind, body.into_bytes()))).await
    }

    /// A form with a file, its text fields first.
    pub async fn upload(&mut self, url: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Page {
        const BOUNDARY: &str = "----a-line-that-stands-in-no-file";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let (name, content) = file;
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"list\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.request(Method::POST, url, Some((&kind, body))).await
    }

    /// As a program calls: with JSON, or without a body.
    pub async fn call(&mut self, method: Method, url: &str, json: Option<&serde_json::Value>) -> Page {
        let body = json.map(|json| ("application/json", json.to_string().into_bytes()));
        self.request(method, url, body).await
    }

    /// Follows redirects as a person's browser would.
    pub async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..10 {
            if !page.status.is_redirection() {
                return page;
            }
            let next = page.url.join(page.location()).unwrap();
            page = self.get(next.as_str()).await;
        }
        panic!("redirects without end at {}", page.url);
    }

    pub async fn visit(&mut self, url: &str) -> Page {
        let page = self.get(url).await;
        self.follow(page).await
    }

    pub fn cookie(&self, host: &str, name: &str) -> Option<&String> {
        self.jar.get(host)?.get(name)
    }

    async fn request(&mut self, method: Method, url: &str, form: Option<(&str, Vec<u8>)>) -> Page {
        let url = Url::parse(url).unwrap();
        // Whatever the name, it is this machine; the port is the URL's.
        let mut address = self.address;
        address.set_port(url.port().unwrap_or(address.port()));
        let mut request = self.client.request(method, url.as_str()).address(address);
        for (name, value) in &self.headers {
            request = request.insert_header((name.as_str(), value.as_str()));
        }
        let host = url.host_str().unwrap().to_owned();
        let cookies = self.jar.entry(host.clone()).or_default();
        if !cookies.is_empty() {
            let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.insert_header(("Cookie", pairs.join("; ")));
        }
        let sent = match form {
            Some((kind, body)) => request.insert_header((CONTENT_TYPE, kind)).send_body(body).await,
            None => request.send().await,
        };
        let mut response = sent.unwrap_or_else(|error| panic!("{url}: {error}"));
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            keep(cookies, cookie);
            self.received.push(cookie.to_owned());
        }
        let body = response.body().limit(64 << 20).await.unwrap().to_vec();
        Page {
            url,
            status: response.status(),
            headers: response.headers().clone(),
            body,
        }
    }
}

fn keep(cookies: &mut BTreeMap<String, String>, header: &str) {
    let (name, value) = header.split(';').next().unwrap().split_once('=').unwrap();
    if header.contains("Max-Age=0") {
        cookies.remove(name);
    } else {
        cookies.insert(name.to_owned(), value.to_owned());
    }
}
