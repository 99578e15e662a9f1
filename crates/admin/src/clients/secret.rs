//! Secrets of clients: random, shown once, stored as a hash, valid for a time. A new one is valid beside the older ones
//! for an overlap, so that no sign-in fails while it is put in place.

use std::time::Duration;

use super::{Authority, ClientError, lock};
use crypto::token::{PlainToken, TokenKind};
use domain::audit::Event;
use domain::client::PolicyProblem;
use kernel::clock::Timestamp;
use kernel::ids::{ClientId, LabId, SecretId};
use service::Core;
use service::act::Act;
use store::Tx;
use store::oauth::clients;
use store::oauth::clients::Secret;

/// The default lifetime of a secret.
pub const ISSUED_DAYS: u32 = 365;
/// By default, how long older secrets keep working.
pub const OVERLAP_DAYS: u32 = 7;
const MOST_ISSUED_DAYS: u32 = 730;
const MOST_OVERLAP_DAYS: u32 = 90;
/// Each of them is compared at every request of the client.
pub(super) const MOST: usize = 5;

/// Whole days, within what is allowed for them.
#[derive(Clone, Copy, Debug)]
pub struct Days(u32);

impl Days {
    fn within(field: &'static str, least: u32, days: u32, most: u32) -> Result<Self, PolicyProblem> {
        match (least..=most).contains(&days) {
            true => Ok(Self(days)),
            false => Err(PolicyProblem {
                field,
                remedy: format!("{least} to {most} days"),
            }),
        }
    }

    /// # Errors
    /// Too many, or none.
    pub fn of_secret(days: Option<u32>) -> Result<Self, PolicyProblem> {
        Self::within("secret_days", 1, days.unwrap_or(ISSUED_DAYS), MOST_ISSUED_DAYS)
    }

    /// # Errors
    /// Too many.
    pub fn of_overlap(days: Option<u32>) -> Result<Self, PolicyProblem> {
        Self::within("overlap_days", 0, days.unwrap_or(OVERLAP_DAYS), MOST_OVERLAP_DAYS)
    }

    fn after(self, now: Timestamp) -> Timestamp {
        now.plus(Duration::from_secs(u64::from(self.0) * 24 * 3600))
    }
}

/// Leaves once.
#[derive(Debug)]
pub struct IssuedSecret {
    plain: PlainToken,
    pub expires_at: Timestamp,
    /// Older ones serve until then at most.
    pub older_until: Timestamp,
}

impl IssuedSecret {
    pub fn expose(&self) -> &str {
        self.plain.expose()
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// For which older secrets serve on.
    pub overlap: Days,
    /// For which the new one serves.
    pub valid: Days,
}

/// A new secret for a client that has one.
///
/// # Errors
/// No such client, or none that has secrets; the older ones serve as before then.
pub async fn rotate(
    core: &Core,
    lab: &LabId,
    id: &ClientId,
    rotation: Rotation,
    authority: &Authority,
) -> Result<IssuedSecret, ClientError> {
    let mut tx = core.db.begin().await?;
    let client = lock(core, &mut tx, lab, id, authority).await?;
    if client.disabled_at.is_some() {
        return Err(ClientError::Disabled);
    }
    if !client.policy.authentication.has_secret() {
        return Err(ClientError::NoSecret);
    }
    let now = core.now();
    let older_until = rotation.overlap.after(now);
    clients::expire_secrets(&mut tx, lab, id, older_until).await?;
    if clients::find_secrets(&mut tx, lab, id, now).await?.len() >= MOST {
        return Err(ClientError::TooManySecrets);
    }
    let issued = issue(
        Act::of(core, lab, authority.actor()),
        &mut tx,
        id,
        rotation.valid,
        older_until,
    )
    .await?;
    tx.commit().await?;
    Ok(issued)
}

pub(super) async fn issue(
    act: Act<'_>,
    tx: &mut Tx,
    client: &ClientId,
    valid: Days,
    older_until: Timestamp,
) -> Result<IssuedSecret, ClientError> {
    let Act { core, lab, .. } = act;
    let now = core.now();
    let plain = PlainToken::generate(TokenKind::ClientSecret, &*core.entropy);
    let secret = Secret {
        id: SecretId::generate(&*core.entropy),
        created_at: now,
        expires_at: valid.after(now),
    };
    clients::insert_secret(tx, lab, client, &secret, &plain.hashed()).await?;
    let event = Event::ClientSecretIssued {
        client: client.clone(),
        expires_at: secret.expires_at.to_string(),
        older_until: older_until.to_string(),
    };
    act.record(tx, None, event).await?;
    Ok(IssuedSecret {
        plain,
        expires_at: secret.expires_at,
        older_until,
    })
}
