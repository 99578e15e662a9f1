//! Clients are told of sessions that ended (OpenID Connect Back-Channel Logout 1.0), however they ended: seen from what is
//! stored, and repeated until the client has taken it or two days are over.

use std::collections::BTreeSet;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use serde_json::json;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::domain::alert::reminder::retry_after;
use crate::domain::client::{Client, Policy};
use crate::kernel::clock::Timestamp;
use crate::kernel::entropy::random;
use crate::oidc::authorize::lab_issuer;
use crate::service::tls::Authorities;
use crate::service::{Core, Fault, http_client, signing_keys};
use crate::store::client_sessions::{self, ClientSession, Outcome};
use crate::store::{StoreFault, clients};

/// No attempt lasts longer.
const LONGEST: Duration = Duration::from_secs(10);
/// What was taken and never recorded is due again then.
const INTERRUPTED: Duration = Duration::from_secs(60);
/// A transaction that ended a session may have begun so long before it was seen.
const OVERLAP: Duration = Duration::from_secs(120);
/// From issue to expiry.
const TOKEN_LASTS: Duration = Duration::from_secs(120);
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Tells what is due. `seen_until` is where the last turn stood; the start of time at first.
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
    // Whoever does not answer keeps nobody else waiting.
    let mut unreachable = BTreeSet::new();
    loop {
        let mut tx = core.db.begin_read().await?;
        let mut due = client_sessions::find_due(&mut tx, core.now()).await?;
        tx.commit().await?;
        due.retain(|one| !unreachable.contains(&(one.lab.clone(), one.client.clone())));
        if due.is_empty() {
            return Ok(now);
        }
        for session in &due {
            let client = (session.lab.clone(), session.client.clone());
            if !unreachable.contains(&client) && !tell(core, session).await? {
                unreachable.insert(client);
            }
        }
    }
}

/// False: the client does not answer.
async fn tell(core: &Core, session: &ClientSession) -> Result<bool, Fault> {
    let now = core.now();
    let mut tx = core.db.begin().await?;
    let claimed = client_sessions::claim(&mut tx, session, now, now.plus(INTERRUPTED)).await?;
    let client = clients::lookup(&mut tx, &session.lab, &session.client).await?;
    tx.commit().await?;
    let Some(client) = client.filter(|_| claimed) else {
        return Ok(true);
    };
    let address = client.policy.backchannel_logout_uri.as_deref();
    let Some(address) = address.and_then(|address| Url::parse(address).ok()) else {
        record(core, session, Outcome::GivenUp).await?;
        return Ok(true);
    };
    let token = token(core, session, &client).await?;
    let told = post(&client.policy, &address, &token).await;
    let outcome = match &told {
        Ok(()) => Outcome::Told,
        Err(why) => {
            let wait = retry_after(session.attempts.saturating_add(1));
            let (lab, client) = (&session.lab, &session.client);
            tracing::warn!(%lab, %client, why, again = wait.is_some(), "a client was not told of a sign-out");
            wait.map_or(Outcome::GivenUp, |wait| Outcome::Again(core.now().plus(wait)))
        }
    };
    record(core, session, outcome).await?;
    Ok(told.is_ok())
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

async fn post(policy: &Policy, address: &Url, token: &str) -> Result<(), String> {
    let body = Serializer::new(String::new())
        .append_pair("logout_token", token)
        .finish();
    let request = http_client::post(address, "application/x-www-form-urlencoded", body);
    let authorities = policy.backchannel_ca.as_deref().map(Authorities::Pem);
    let request = request.map_err(|fault| fault.to_string())?;
    match http_client::send_and_close(address, authorities, request, LONGEST).await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!("status {}", answer.status().as_u16())),
        Err(fault) => Err(fault.to_string()),
    }
}
