//! Links to be mailed to patients whose LIS password was imported. A link begins an enrolment only together with the
//! birth date and that password, so a mailbox alone opens nothing.

use std::time::Duration;

use crypto::token::{PlainToken, TokenKind};
use domain::audit::{Actor, Event};
use domain::identifier::Identifier;
use domain::record::RecordNumber;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};
use service::{Core, audit};
use store::account::accounts::{self, Person};
use store::account::legacy_passwords::{self, Candidate};
use store::account::{invitations, records};
use store::{StoreFault, Tx};

const INVITATION_LASTS: Duration = Duration::from_secs(7 * 24 * 3600);
const TOGETHER: i64 = 500;

/// Shown once, to be mailed; only the token's digest is stored.
#[derive(Debug)]
pub struct Invitation {
    pub token: PlainToken,
    pub person: Person,
    pub expires_at: Timestamp,
}

#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    #[error("the configuration has no such laboratory")]
    UnknownLab,
    #[error("no account of this laboratory has that record as its own file")]
    UnknownRecord,
    #[error(
        "a link would not work: the patient has already enrolled, has no imported LIS password, or is on a leaked list"
    )]
    NotInvited,
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Ends the earlier links of each person who gets one: everyone who may be invited, or the patient with this record.
///
/// # Errors
/// No such patient, or the database does not answer; links made until then serve.
pub async fn invite(
    core: &Core,
    lab: &LabId,
    record: Option<&RecordNumber>,
    actor: &Actor,
) -> Result<Vec<Invitation>, InviteError> {
    core.config.lab(lab).ok_or(InviteError::UnknownLab)?;
    if let Some(record) = record {
        return invite_one(core, lab, record, actor).await;
    }
    let (mut all, mut after) = (Vec::new(), AccountId::from_bytes([0; 16]));
    loop {
        let mut tx = core.db.begin().await?;
        let accounts = invitations::find_who_may_be_invited(&mut tx, lab, after, TOGETHER).await?;
        let Some(last) = accounts.last() else { return Ok(all) };
        after = *last;
        all.extend(issue(core, &mut tx, lab, &accounts, actor).await?);
        tx.commit().await?;
    }
}

async fn invite_one(
    core: &Core,
    lab: &LabId,
    record: &RecordNumber,
    actor: &Actor,
) -> Result<Vec<Invitation>, InviteError> {
    let mut tx = core.db.begin().await?;
    let owner = records::lookup_owner(&mut tx, lab, &core.record_index(lab, record.as_str())).await?;
    let owner = owner.ok_or(InviteError::UnknownRecord)?;
    let person = accounts::lookup_person(&mut tx, &core.sealer, lab, owner).await?;
    let identifier = person.and_then(|person| Identifier::parse(&person.identifier));
    let index = core.identifier_index(lab, &identifier.ok_or(InviteError::UnknownRecord)?);
    let candidates = legacy_passwords::find_candidates(&mut tx, lab, &[index]).await?;
    let may_be_invited = |found: &Candidate| found.is_waiting && found.has_one && !found.is_listed;
    if !candidates.iter().any(|(_, found)| may_be_invited(found)) {
        return Err(InviteError::NotInvited);
    }
    let issued = issue(core, &mut tx, lab, &[owner], actor).await?;
    tx.commit().await?;
    Ok(issued)
}

async fn issue(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    accounts: &[AccountId],
    actor: &Actor,
) -> Result<Vec<Invitation>, StoreFault> {
    let now = core.now();
    let expires_at = now.plus(INVITATION_LASTS);
    let mut issued = Vec::with_capacity(accounts.len());
    for account in accounts {
        let Some(person) = accounts::lookup_person(tx, &core.sealer, lab, *account).await? else {
            continue;
        };
        let token = PlainToken::generate(TokenKind::Invitation, &*core.entropy);
        let label = actor.label();
        invitations::issue(
            tx,
            lab,
            *account,
            &invitations::NewInvitation {
                token: &token.hashed(),
                issued_by: &label,
                issued_at: now,
                expires_at,
            },
        )
        .await?;
        issued.push(Invitation {
            token,
            person,
            expires_at,
        });
    }
    let event = Event::InvitationsIssued {
        number: issued.len(),
        expires_at: expires_at.to_string(),
    };
    audit::record(core, tx, lab, actor, None, event).await?;
    Ok(issued)
}
