//! A receiver of webhooks: takes requests on a free port of this machine, keeps them, and answers as it was told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use data_encoding::BASE64;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

#[derive(Clone, Debug)]
pub struct Received {
    pub request: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        &found.unwrap_or_else(|| panic!("no {name}: {self:?}")).1
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// As a receiver does it who has read the Standard Webhooks specification.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let secret = BASE64
            .decode(secret.strip_prefix("whsec_").unwrap().as_bytes())
            .unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let (id, at) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        let signed = format!("{id}.{at}.{}", self.body);
        let mut signatures = self.header("webhook-signature").split(' ');
        signatures.any(|one| {
            let tag = BASE64.decode(one.strip_prefix("v1,").unwrap().as_bytes()).unwrap();
            hmac::verify(&key, signed.as_bytes(), &tag).is_ok()
        })
    }
}

#[derive(Default)]
struct State {
    received: Vec<Received>,
    /// Of the next answers; 200 when there are no more.
    answers: Vec<String>,
}

pub struct Hook {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

impl Hook {
    pub fn plain() -> Self {
        Self::start(None)
    }

    /// `certificates`: the folder of `certificate.pem` and `key.pem`.
    pub fn tls(certificates: &Path) -> Self {
        let chain = CertificateDer::pem_file_iter(certificates.join("certificate.pem")).unwrap();
        let chain = chain.collect::<Result<Vec<_>, _>>().unwrap();
        let key = PrivateKeyDer::from_pem_file(certificates.join("key.pem")).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        Self::start(Some(Arc::new(config)))
    }

    fn start(tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::<Mutex<State>>::default();
        let kept = Arc::clone(&state);
        // Ends with the process: it only waits.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                match &tls {
                    None => serve(stream, &kept),
                    Some(config) => serve(
                        StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), stream),
                        &kept,
                    ),
                }
            }
        });
        Self { port, state }
    }

    pub fn answer_next(&self, answers: &[&str]) {
        self.state.lock().unwrap().answers = answers.iter().map(ToString::to_string).collect();
    }

    pub fn received(&self) -> Vec<Received> {
        self.state.lock().unwrap().received.clone()
    }
}

/// Nothing is kept of a client that does not send a whole request.
fn serve(stream: impl Read + Write, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).is_err() || line.is_empty() {
            return;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let header = |line: &String| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.to_ascii_lowercase(), value.to_owned())
    };
    let mut received = Received {
        request: lines[0].clone(),
        headers: lines[1..].iter().map(header).collect(),
        body: String::new(),
    };
    let length: usize = received.header("content-length").parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    received.body = String::from_utf8(body).unwrap();
    let answer = {
        let mut state = state.lock().unwrap();
        state.received.push(received);
        match state.answers.is_empty() {
            true => "200 OK\r\n".to_owned(),
            false => state.answers.remove(0),
        }
    };
    let stream = reader.get_mut();
    let _ = write!(stream, "HTTP/1.1 {answer}content-length: 0\r\n\r\n");
    let _ = stream.flush();
}
