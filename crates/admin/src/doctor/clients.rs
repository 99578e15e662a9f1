//! Whether a client's last secret is about to expire: from that moment on its people cannot sign in.

use std::time::Duration;

use super::Check;
use config::Config;
use domain::client::Client;
use kernel::clock::Timestamp;
use kernel::ids::LabId;
use store::oauth::clients;
use store::{StoreFault, Tx};

const NAME: &str = "secrets of clients";
const SOON: Duration = Duration::from_secs(30 * 24 * 3600);

pub(super) async fn examine(config: &Config, tx: &mut Tx, now: Timestamp) -> Result<Vec<Check>, StoreFault> {
    let mut checks = Vec::new();
    for lab in &config.labs {
        for client in clients::find(tx, &lab.id).await? {
            checks.extend(look_at(tx, &lab.id, &client, now).await?);
        }
    }
    if checks.is_empty() {
        checks.push(Check::ok(NAME, "no client's last secret expires within 30 days"));
    }
    Ok(checks)
}

async fn look_at(tx: &mut Tx, lab: &LabId, client: &Client, now: Timestamp) -> Result<Option<Check>, StoreFault> {
    if client.disabled_at.is_some() || !client.policy.authentication.has_secret() {
        return Ok(None);
    }
    let secrets = clients::find_secrets(tx, lab, &client.id, now).await?;
    let last = secrets.iter().map(|(secret, _)| secret.expires_at).max();
    let (id, remedy) = (
        &client.id,
        format!("run: vestibule client rotate {} --lab {lab}", client.id),
    );
    Ok(match last {
        None => {
            let what = format!("lab {lab}: no secret of the client {id} works any more");
            Some(Check::warning(NAME, what, remedy))
        }
        Some(last) if last <= now.plus(SOON) => {
            let what = format!("lab {lab}: the last secret of the client {id} expires on {last}");
            Some(Check::warning(NAME, what, remedy))
        }
        Some(_) => None,
    })
}
