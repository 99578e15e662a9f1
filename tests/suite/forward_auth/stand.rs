//! A proxy's side of a question: the browser's request as each kind of proxy describes it.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::gate::http::{Received, parse};
use crate::support::app::{TestApp, Wish};
use crate::support::browser::Browser;

pub const KINDS: [&str; 5] = ["nginx", "caddy", "traefik", "haproxy", "envoy"];

/// A browser's request.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: &'static str,
    pub scheme: &'static str,
    pub authority: String,
    pub target: String,
    /// Lines of its head that the proxy passes on.
    pub lines: String,
}

pub struct Proxied {
    pub app: TestApp,
    browser: Browser,
}

impl Proxied {
    pub async fn start(database_url: Option<&str>, site_keys: &str) -> Self {
        let app = TestApp::wishing(Wish {
            database_url: database_url.map(str::to_owned),
            site_keys: site_keys.to_owned(),
            ..Wish::default()
        })
        .await;
        Self::with(app).await
    }

    /// With somebody signed in at the site, who holds record 1.
    pub async fn with(app: TestApp) -> Self {
        let patient = app.patient("P-1", "1").await;
        let mut browser = app.browser();
        app.sign_in(&mut browser, &patient).await;
        assert_eq!(browser.visit(&format!("{}/entetes", app.site)).await.status, 200);
        Self { app, browser }
    }

    pub fn authority(&self) -> String {
        self.app.site.trim_start_matches("https://").to_owned()
    }

    pub fn signed_in(&self, method: &'static str, target: &str) -> Asked {
        let host = self.authority();
        let host = host.split(':').next().unwrap();
        let cookie = self.browser.cookie(host, "__Host-vst_site").unwrap();
        Asked {
            lines: format!("Cookie: lis=1; __Host-vst_site={cookie}\r\n"),
            ..self.stranger(method, target)
        }
    }

    pub fn stranger(&self, method: &'static str, target: &str) -> Asked {
        Asked {
            method,
            scheme: "https",
            authority: self.authority(),
            target: target.to_owned(),
            lines: String::new(),
        }
    }

    pub async fn ask(&self, kind: &str, asked: &Asked) -> Received {
        self.send(kind, asked, &source(kind, asked)).await
    }

    /// With other lines than those in which this kind of proxy describes the request.
    pub async fn send(&self, kind: &str, asked: &Asked, source: &str) -> Received {
        let (method, target, host) = match kind {
            "envoy" => (asked.method, asked.target.as_str(), asked.authority.as_str()),
            _ => ("GET", "", "vestibule.internal"),
        };
        let request = format!(
            "{method} /forward-auth/{kind}{target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{source}{}\r\n",
            asked.lines
        );
        let port = self.app.internal().rsplit(':').next().unwrap().parse().unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        parse(&head(&mut stream).await, true)
    }
}

/// All that a proxy reads. The connection may stay open where the browser wants an upgrade.
async fn head(stream: &mut TcpStream) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = tokio::time::timeout(Duration::from_secs(5), stream.read_u8()).await;
        head.push(byte.unwrap().unwrap());
    }
    head
}

/// Header lines in which a proxy of that kind describes the request.
pub fn source(kind: &str, asked: &Asked) -> String {
    let Asked {
        method,
        scheme,
        authority,
        target,
        ..
    } = asked;
    match kind {
        "nginx" => {
            format!("X-Original-Method: {method}\r\nX-Original-URL: {scheme}://{authority}{target}\r\n")
        }
        "envoy" => format!("X-Forwarded-Proto: {scheme}\r\n"),
        _ => format!(
            "X-Forwarded-Method: {method}\r\nX-Forwarded-Proto: {scheme}\r\nX-Forwarded-Host: {authority}\r\n\
             X-Forwarded-Uri: {target}\r\n"
        ),
    }
}
