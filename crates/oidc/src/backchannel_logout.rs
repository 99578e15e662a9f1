//! Clients are told about sessions that ended (OpenID Connect Back-Channel Logout 1.0), however they ended: seen from
//! what is stored, and repeated until the client has taken it or two days are over.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use futures_util::future::join_all;
use serde_json::json;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::issuer::lab_issuer;
use domain::alert::reminder::retry_after;
use domain::client::{Client, Policy};
use kernel::clock::{Stopwatch, Timestamp};
use kernel::entropy::random;
use kernel::ids::{ClientId, LabId};
use machinery::http_client;
use machinery::tls::Authorities;
use service::{Core, Fault, signing_keys};
use store::StoreFault;
use store::oauth::client_sessions::{self, ClientSession, Outcome};
use store::oauth::clients;

/// No attempt lasts longer.
const LONGEST: Duration = Duration::from_secs(10);
/// The longest time, plus one attempt, that a turn spends telling one client about sessions; the next turn continues.
const TURN_LASTS: Duration = Duration::from_secs(10);
/// What was taken and never recorded is due again then.
const INTERRUPTED: Duration = Duration::from_secs(60);
/// A transaction that ended a session may have started this long before it was noticed.
const OVERLAP: Duration = Duration::from_secs(120);
/// From issue to expiry.
const TOKEN_LASTS: Duration = Duration::from_secs(120);
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Tells what is due. `seen_until` is where the last turn ended; the start of time at first.
///
/// # Errors
/// The database does not answer. A client that does not is no error: it is told again later.
pub async fn turn(core: &Core, seen_until: Timestamp) -> Result<Timestamp, Fault> {
    let now = core.now();
    let since = seen_until.minus(OVERLAP);
    let mut tx = core.db.begin_read().await?;
    let have_ended = client_sessions::have_ended(&mut tx, since).await?;
    tx.commit().await?;
    if have_ended {
        let mut tx = core.db.begin().await?;
        client_sessions::mark_due(&mut tx, since, now).await?;
        tx.commit().await?;
    }
    let mut tx = core.db.begin_read().await?;
    let clients = client_sessions::find_due_clients(&mut tx, now).await?;
    tx.commit().await?;
    // All at once: a client that is slow or does not answer does not make the others wait.
    let told = clients.iter().map(|(lab, client)| tell_all(core, lab, client));
    join_all(told).await.into_iter().collect::<Result<(), Fault>>()?;
    Ok(now)
}

/// All that one client is to be told, for as long as a turn lasts and it answers.
async fn tell_all(core: &Core, lab: &LabId, client: &ClientId) -> Result<(), Fault> {
    let begun = Stopwatch::start();
    while begun.elapsed() < TURN_LASTS {
        let now = core.now();
        let mut tx = core.db.begin_read().await?;
        let due = client_sessions::find_due(&mut tx, lab, client, now).await?;
        tx.commit().await?;
        if due.is_empty() {
            return Ok(());
        }
        for session in &due {
            if let Some(until) = tell(core, session).await? {
                let mut tx = core.db.begin().await?;
                client_sessions::put_off(&mut tx, lab, client, now, until).await?;
                tx.commit().await?;
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Until when the client, which does not answer, is left alone. None: it answers.
async fn tell(core: &Core, session: &ClientSession) -> Result<Option<Timestamp>, Fault> {
    let now = core.now();
    let mut tx = core.db.begin().await?;
    let claimed = client_sessions::claim(&mut tx, session, now, now.plus(INTERRUPTED)).await?;
    let client = clients::lookup(&mut tx, &session.lab, &session.client).await?;
    tx.commit().await?;
    let Some(client) = client.filter(|_| claimed) else {
        return Ok(None);
    };
    let address = client.policy.backchannel_logout_uri.as_deref();
    let Some(address) = address.and_then(|address| Url::parse(address).ok()) else {
        record(core, session, Outcome::GivenUp).await?;
        return Ok(None);
    };
    let token = token(core, session, &client).await?;
    let Err(untold) = post(&client.policy, &address, &token).await else {
        record(core, session, Outcome::Told).await?;
        return Ok(None);
    };
    let wait = retry_after(session.attempts.saturating_add(1));
    let (lab, client, why) = (&session.lab, &session.client, untold.to_string());
    tracing::warn!(%lab, %client, why, again = wait.is_some(), "a client was not told of a sign-out");
    let until = core.now().plus(wait.unwrap_or(INTERRUPTED));
    let outcome = wait.map_or(Outcome::GivenUp, |_| Outcome::Again(until));
    record(core, session, outcome).await?;
    Ok(matches!(untold, DeliveryProblem::Unreachable(_)).then_some(until))
}

async fn record(core: &Core, session: &ClientSession, outcome: Outcome) -> Result<(), StoreFault> {
    let mut tx = core.db.begin().await?;
    client_sessions::record(&mut tx, session, outcome).await?;
    tx.commit().await
}

async fn token(core: &Core, session: &ClientSession, client: &Client) -> Result<String, Fault> {
    let now = core.now();
    let claims = json!({
        "iss": lab_issuer(core, &session.lab)?,
        "aud": session.client.as_str(),
        "iat": now.unix_seconds(),
        "exp": now.plus(TOKEN_LASTS).unix_seconds(),
        "jti": BASE64URL_NOPAD.encode(&random::<16>(&*core.entropy)),
        "sub": session.subject,
        "sid": session.sid,
        "events": { EVENT: {} },
    });
    let key = signing_keys::current(core, &session.lab, client.policy.id_token_algorithm).await?;
    Ok(key.sign("logout+jwt", &claims)?)
}

#[derive(Debug, thiserror::Error)]
enum DeliveryProblem {
    /// Of this session it does not want to know; others it may take.
    #[error("status {0}")]
    Refused(u16),
    #[error("{0}")]
    Unreachable(String),
}

impl From<http_client::HttpFault> for DeliveryProblem {
    fn from(fault: http_client::HttpFault) -> Self {
        Self::Unreachable(fault.to_string())
    }
}

async fn post(policy: &Policy, address: &Url, token: &str) -> Result<(), DeliveryProblem> {
    let body = Serializer::new(String::new())
        .append_pair("logout_token", token)
        .finish();
    let request = http_client::post(address, "application/x-www-form-urlencoded", body)?;
    let authorities = policy.backchannel_ca.as_deref().map(Authorities::Pem);
    let answer = http_client::send_and_close(address, authorities, request, LONGEST).await?;
    let status = answer.status();
    match status.as_u16() {
        200..=299 => Ok(()),
        400..=499 => Err(DeliveryProblem::Refused(status.as_u16())),
        other => Err(DeliveryProblem::Unreachable(format!("status {other}"))),
    }
}
