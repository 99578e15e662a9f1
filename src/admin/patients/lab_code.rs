//! A lab code for a patient whose identity was checked at the desk.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::crypto::human_code::{CodeKind, HumanCode};
use crate::domain::account::AccountState;
use crate::domain::audit::{Actor, Event};
use crate::domain::record::RecordNumber;
use crate::kernel::clock::Timestamp;
use crate::kernel::ids::LabId;
use crate::service::{Core, audit};
use crate::store::accounts::Person;
use crate::store::{StoreFault, accounts, lab_codes, records};

/// Shown once, to be handed over on paper; only its MAC is stored.
#[derive(Debug)]
pub struct IssuedLabCode {
    code: HumanCode,
    pub expires_at: Timestamp,
    pub person: Person,
}

impl IssuedLabCode {
    /// In groups of four, as printed.
    pub fn code(&self) -> Zeroizing<String> {
        self.code.grouped()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    #[error("the configuration has no such laboratory")]
    UnknownLab,
    #[error("no account of this laboratory has that record as its own file")]
    UnknownRecord,
    #[error("the account is disabled")]
    Disabled,
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
    let now = core.now();
    let expires_at = now.plus(Duration::from_secs(u64::from(days) * 86_400));
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
    let person = accounts::lookup_person(&mut tx, &core.sealer, lab, owner).await?;
    let person = person.ok_or(IssueError::UnknownRecord)?;
    let code = HumanCode::generate(&*core.entropy);
    let mac = code.mac(&core.keyring, lab, CodeKind::Lab);
    lab_codes::issue(&mut tx, lab, owner, &mac, &actor.label(), now, expires_at).await?;
    let event = Event::LabCodeIssued {
        expires_at: expires_at.to_string(),
    };
    audit::record(core, &mut tx, lab, actor, Some(owner), event).await?;
    tx.commit().await?;
    Ok(IssuedLabCode {
        code,
        expires_at,
        person,
    })
}
