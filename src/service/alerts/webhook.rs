//! Posts an alert as JSON, signed in the manner of the Standard Webhooks specification. No redirect is followed; what
//! comes back is read no further than its status.

use std::time::Duration;

use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::{Position, Url};

use super::deliver::{Outcome, Telling};
use crate::config::Alerts;
use crate::crypto::webhook::Secret;
use crate::domain::alert::{About, Alert, Kind};
use crate::service::{Core, tls};

/// From the first look at the address to the status.
const LONGEST: Duration = Duration::from_secs(15);

/// The body: docs/operations.md describes it.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    alert: String,
    lab: &'a str,
    about: About,
    cause: Kind,
    subject: &'a str,
    figure: u64,
    times: u64,
    first_at: String,
    last_at: String,
    owner: Option<&'a str>,
}

impl<'a> Body<'a> {
    fn of(alert: &'a Alert, about: About) -> Self {
        Self {
            kind: "vestibule.alert",
            timestamp: alert.last_at.to_string(),
            data: Data {
                alert: alert.id.to_string(),
                lab: alert.lab.as_str(),
                about,
                cause: alert.kind,
                subject: &alert.subject,
                figure: alert.figure,
                times: alert.times,
                first_at: alert.first_at.to_string(),
                last_at: alert.last_at.to_string(),
                owner: alert.owner.as_deref(),
            },
        }
    }
}

pub(super) async fn post(core: &Core, telling: &Telling<'_>) -> Outcome {
    let config = &core.config.alerts;
    let Some(url) = &config.webhook else {
        return Outcome::Failed("no webhook is configured any more".to_owned());
    };
    match request(core, config, url, telling) {
        Ok(request) => match timeout(LONGEST, send(config, url, request)).await {
            Ok(outcome) => outcome,
            Err(_) => Outcome::Unreachable("no answer in time".to_owned()),
        },
        Err(why) => Outcome::Failed(why),
    }
}

/// The secret is read anew each time, so that it can be replaced without a restart.
fn request(core: &Core, config: &Alerts, url: &Url, telling: &Telling<'_>) -> Result<Request<String>, String> {
    let secret = secret(config)?;
    let body = Body::of(telling.alert, telling.message.about);
    let body = serde_json::to_string(&body).map_err(|error| error.to_string())?;
    let (id, timestamp) = (format!("msg_{}", telling.message.id), core.now().unix_seconds());
    let signature = secret.sign(&id, timestamp, &body);
    Request::post(&url[Position::BeforePath..Position::AfterQuery])
        .header("host", &url[Position::BeforeHost..Position::AfterPort])
        .header("content-type", "application/json")
        .header("content-length", body.len())
        .header("user-agent", concat!("vestibule/", env!("CARGO_PKG_VERSION")))
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature)
        .body(body)
        .map_err(|error| error.to_string())
}

/// What both ends know.
///
/// # Errors
/// In words: its file cannot be read or holds none.
pub fn secret(config: &Alerts) -> Result<Secret, String> {
    let file = config
        .webhook_secret_file
        .as_deref()
        .ok_or("webhook_secret_file is missing")?;
    let text = std::fs::read_to_string(file).map(zeroize::Zeroizing::new);
    let text = text.map_err(|error| format!("{}: {error}", file.display()))?;
    Secret::parse(&text).map_err(|error| format!("{}: {error}", file.display()))
}

async fn send(config: &Alerts, url: &Url, request: Request<String>) -> Outcome {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let stream = match TcpStream::connect((host.as_str(), port)).await {
        Ok(stream) => stream,
        Err(error) => return Outcome::Unreachable(error.to_string()),
    };
    if url.scheme() != "https" {
        return exchange(stream, request).await;
    }
    let connector = config
        .webhook_ca_file
        .as_deref()
        .ok_or("webhook_ca_file is missing".to_owned());
    let connector = match connector.and_then(tls::connector) {
        Ok(connector) => connector,
        Err(why) => return Outcome::Unreachable(why),
    };
    let Ok(name) = ServerName::try_from(host) else {
        return Outcome::Unreachable("its host is none".to_owned());
    };
    match connector.connect(name, stream).await {
        Ok(stream) => exchange(stream, request).await,
        Err(error) => Outcome::Unreachable(error.to_string()),
    }
}

async fn exchange<S>(stream: S, request: Request<String>) -> Outcome
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = match http1::handshake(TokioIo::new(stream)).await {
        Ok(shaken) => shaken,
        Err(error) => return Outcome::Unreachable(error.to_string()),
    };
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request).await;
    connection.abort();
    match answer {
        Ok(answer) if answer.status().is_success() => Outcome::Delivered,
        Ok(answer) => Outcome::Failed(format!("status {}", answer.status().as_u16())),
        Err(error) => Outcome::Unreachable(error.to_string()),
    }
}
