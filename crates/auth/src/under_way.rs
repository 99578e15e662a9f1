//! What a browser has begun and not ended, whatever it is.

use crate::arrival;
use crypto::token::PlainToken;
use domain::pending::{Pending, Remedy};
use kernel::ids::LabId;
use service::{Core, Fault};
use store::sign_in::pending;

/// The page that goes on with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnderWay {
    Enrolment,
    Hold,
    /// A hold that only the lab opens.
    HoldForLab,
    /// A provider said who it is; a code is awaited.
    Code,
}

/// None: it ended, or is a part of something that is signed in.
pub async fn lookup(core: &Core, lab: &LabId, token: &PlainToken) -> Result<Option<UnderWay>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = pending::lookup(&mut tx, &core.sealer, lab, &token.hashed(), core.now()).await?;
    let Some(row) = found else {
        return Ok(None);
    };
    let listed = arrival::listed_in(core, &mut tx, lab, row.account).await?;
    tx.commit().await?;
    Ok(match row.state {
        Pending::ChoosingPassword(_) | Pending::BindingAuthenticator(_) => Some(UnderWay::Enrolment),
        Pending::Held(held) if held.wanted(listed) == Remedy::LabCode => Some(UnderWay::HoldForLab),
        Pending::Held(_) => Some(UnderWay::Hold),
        Pending::AwaitingCode(_) => Some(UnderWay::Code),
        Pending::AddingPasskey(_) => None,
    })
}
