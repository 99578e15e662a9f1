//! Posts an alert as JSON, signed in the manner of the Standard Webhooks specification. No redirect is followed; what
//! comes back is read no further than its status.

use std::time::Duration;

use hyper::Request;
use hyper::header::HeaderValue;
use serde::Serialize;
use url::Url;

use super::telling::{Outcome, Telling};
use crate::Core;
use config::Alerts;
use crypto::webhook::Secret;
use domain::alert::{About, Alert, Kind};
use machinery::http_client::{self, HttpFault};
use machinery::tls::Authorities;

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
    let request = match request(core, config, url, telling) {
        Ok(request) => request,
        Err(why) => return Outcome::Failed(why),
    };
    match http_client::send_and_close(
        url,
        config.webhook_ca_file.as_deref().map(Authorities::File),
        request,
        LONGEST,
    )
    .await
    {
        Ok(answer) if answer.status().is_success() => Outcome::Delivered,
        Ok(answer) => Outcome::Failed(format!("status {}", answer.status().as_u16())),
        Err(HttpFault::Unsendable(why)) => Outcome::Failed(why),
        Err(fault) => Outcome::Unreachable(fault.to_string()),
    }
}

/// The secret is read again each time, so that it can be replaced without a restart.
fn request(core: &Core, config: &Alerts, url: &Url, telling: &Telling<'_>) -> Result<Request<String>, String> {
    let secret = secret(config)?;
    let body = Body::of(telling.alert, telling.message.about);
    let body = serde_json::to_string(&body).map_err(|error| error.to_string())?;
    let (id, timestamp) = (format!("msg_{}", telling.message.id), core.now().unix_seconds());
    let signature = secret.sign(&id, timestamp, &body);
    let mut request = http_client::post(url, "application/json", body).map_err(|fault| fault.to_string())?;
    let signed = [
        ("webhook-id", id),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signature),
    ];
    for (name, value) in signed {
        let value = HeaderValue::try_from(value).map_err(|error| error.to_string())?;
        request.headers_mut().insert(name, value);
    }
    Ok(request)
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
