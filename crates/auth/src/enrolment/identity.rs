//! An identity of a provider that is shown on the way through an enrolment.

use super::under_way::{Enrolling, Stage};
use domain::pending::Pending;
use domain::provider::{self, Identity};
use kernel::ids::{LabId, ProviderId};
use service::provider::ShownIdentity;
use service::{Core, Fault};
use store::account::provider_links;
use store::sign_in::pending;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityOutcome {
    Done,
    /// Another account of the lab has it.
    Elsewhere,
    /// The enrolment is over, is further on, or was not begun with a lab code.
    Over,
}

/// An identity of a provider was shown on the way: it is linked when the enrolment ends.
///
/// # Errors
/// The database does not answer; the enrolment stays where it was.
pub async fn note_identity(
    core: &Core,
    lab: &LabId,
    enrolling: Enrolling,
    errand: &provider::Enrolling,
    provider: &ProviderId,
    shown: &ShownIdentity,
) -> Result<IdentityOutcome, Fault> {
    let stage = match enrolling.stage {
        Stage::ChoosingPassword(stage) if stage.origin().lets_link() && errand.pending() == enrolling.id => stage,
        _ => return Ok(IdentityOutcome::Over),
    };
    let identity = Identity::shown(provider.clone(), &shown.token, shown.index);
    let mut tx = core.db.begin().await?;
    let linked = provider_links::lookup(&mut tx, lab, &shown.index).await?;
    if linked.is_some_and(|linked| linked.account != enrolling.account) {
        return Ok(IdentityOutcome::Elsewhere);
    }
    let next = Pending::ChoosingPassword(stage.with(identity));
    let advanced = pending::advance(&mut tx, &core.sealer, lab, enrolling.id, &next).await?;
    tx.commit().await?;
    Ok(if advanced {
        IdentityOutcome::Done
    } else {
        IdentityOutcome::Over
    })
}
