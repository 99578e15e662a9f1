//! A lab code for a patient whose identity was checked at the desk.

use crate::lab_code::{self, IssuedLabCode};
use domain::account::AccountState;
use domain::audit::Actor;
use domain::record::RecordNumber;
use kernel::ids::LabId;
use service::Core;
use service::act::Act;
use store::StoreFault;
use store::account::{accounts, conflicts, records};

#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    #[error("the configuration has no such laboratory")]
    UnknownLab,
    #[error("no account of this laboratory has that record as its own file")]
    UnknownRecord,
    #[error("the account is disabled")]
    Disabled,
    #[error("an import contradicts this record: somebody has to decide first")]
    Disputed,
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Ends the account's earlier codes. `actor` is who checked the identity.
///
/// # Errors
/// No such account, or the database does not answer; no code is issued then.
pub async fn issue_lab_code(
    core: &Core,
    lab: &LabId,
    record: &RecordNumber,
    actor: &Actor,
) -> Result<IssuedLabCode, IssueError> {
    let days = core.config.lab(lab).ok_or(IssueError::UnknownLab)?.lab_code_days;
    let index = core.record_index(lab, record.as_str());
    let mut tx = core.db.begin().await?;
    let owner = records::lookup_owner(&mut tx, lab, &index).await?;
    let owner = owner.ok_or(IssueError::UnknownRecord)?;
    let account = accounts::lookup(&mut tx, lab, owner)
        .await?
        .ok_or(IssueError::UnknownRecord)?;
    if account.state == AccountState::Disabled {
        return Err(IssueError::Disabled);
    }
    let open = conflicts::lookup_open(&mut tx, lab, &index).await?;
    if open.is_some_and(|(kind, _)| kind.stops_reading()) {
        return Err(IssueError::Disputed);
    }
    let person = accounts::lookup_person(&mut tx, &core.sealer, lab, owner).await?;
    let person = person.ok_or(IssueError::UnknownRecord)?;
    let issued = lab_code::issue(Act::of(core, lab, actor), &mut tx, owner, person, days).await?;
    tx.commit().await?;
    Ok(issued)
}
