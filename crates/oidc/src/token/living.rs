//! Whether a grant is still valid. Checked at every use, so that whatever ended it counts at once.

use domain::account::HoldReason;
use domain::authorization::Grant;
use kernel::ids::{GrantId, LabId};
use service::{Core, Fault, standing};
use store::Tx;
use store::oauth::oauth_grants;

/// None: it ended, expired, its session is over, or its account is held.
pub async fn living(core: &Core, tx: &mut Tx, lab: &LabId, id: GrantId) -> Result<Option<Grant>, Fault> {
    let now = core.now();
    let Some(found) = oauth_grants::lookup(tx, lab, id, now).await? else {
        return Ok(None);
    };
    let grant = found.grant;
    let is_over = grant.ended_at.is_some() || grant.expires_at <= now || (found.session_is_over && !grant.is_offline);
    if is_over || HoldReason::of(standing::of(core, tx, lab, grant.account).await?).is_some() {
        return Ok(None);
    }
    Ok(Some(grant))
}
