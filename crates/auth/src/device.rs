//! Trusted devices: every complete sign-in makes its browser one, under a token that is new each time.

use crate::browser::Browser;
use crypto::token::{PlainToken, TokenKind};
use domain::audit::{Actor, Event};
use domain::device::{self, Device};
use domain::ending::KeyId;
use kernel::ids::{AccountId, DeviceId, LabId};
use service::act::Act;
use service::{Core, Fault, audit};
use store::StoreFault;
use store::account::locked::LockedAccount;
use store::sign_in::devices;

/// One line of the holder's list.
#[derive(Debug)]
pub struct DeviceLine {
    pub device: Device,
    /// The browser that asks.
    pub is_this: bool,
}

/// `key`: the passkey or linked identity that was shown. The browser's new token; whatever token it had no longer works.
pub async fn trust(
    act: Act<'_>,
    holder: &mut LockedAccount<'_>,
    key: Option<KeyId>,
    browser: &Browser,
) -> Result<PlainToken, StoreFault> {
    let (Act { core, lab, .. }, account) = (act, holder.id());
    let now = core.now();
    let token = PlainToken::generate(TokenKind::Device, &*core.entropy);
    if let Some(old) = &browser.known_by {
        devices::renew(holder.tx(), lab, old, &token.hashed()).await?;
    }
    let trusted = Device {
        id: DeviceId::generate(&*core.entropy),
        description: browser.description.clone(),
        trusted_at: now,
        last_used_at: now,
    };
    if devices::trust(holder, &token.hashed(), key, &trusted).await? {
        let event = Event::DeviceTrusted {
            device: trusted.id.to_string(),
        };
        act.record(holder.tx(), Some(account), event).await?;
        let all = devices::find(holder.tx(), lab, account, core.devices_used_since()).await?;
        for (surplus, _) in all.iter().skip(device::MOST) {
            devices::forget(holder.tx(), lab, account, surplus.id).await?;
        }
    }
    Ok(token)
}

pub async fn list(core: &Core, lab: &LabId, account: AccountId, browser: &Browser) -> Result<Vec<DeviceLine>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = devices::find(&mut tx, lab, account, core.devices_used_since()).await?;
    tx.commit().await?;
    let own = browser.known_by.as_ref().map(|token| token.as_bytes().to_vec());
    let listed = |(device, token)| DeviceLine {
        device,
        is_this: own.as_ref() == Some(&token),
    };
    Ok(found.into_iter().map(listed).collect())
}

/// The holder does not trust it any more.
///
/// # Errors
/// The database does not answer; it may still be trusted.
pub async fn forget(
    core: &Core,
    lab: &LabId,
    account: AccountId,
    device: DeviceId,
    actor: &Actor,
) -> Result<(), Fault> {
    let mut tx = core.db.begin().await?;
    if devices::forget(&mut tx, lab, account, device).await? {
        let event = Event::DeviceForgotten {
            device: device.to_string(),
        };
        audit::record(core, &mut tx, lab, actor, Some(account), event).await?;
    }
    Ok(tx.commit().await?)
}
