//! A record that another person may read: a parent, a guardian, a carer, signing in as themselves.

use domain::audit::Event;
use domain::identifier::Identifier;
use domain::record::RecordNumber;
use kernel::clock::Timestamp;
use service::act::Act;
use service::audit;
use store::StoreFault;
use store::account::accounts;
use store::account::records::{self, Relation};

#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    #[error("no account of this laboratory has that record as its own file")]
    UnknownRecord,
    #[error("no account of this laboratory has that identifier")]
    UnknownIdentifier,
    #[error("the record is that account's own file")]
    OwnRecord,
    #[error("the grant would have ended already")]
    Ended,
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Lets the account of `to` read `record` until `ends_at`; granted again, scope and end change.
///
/// # Errors
/// No such record or account, or the database does not answer; nothing is granted then.
pub async fn grant(
    act: Act<'_>,
    record: &RecordNumber,
    to: &Identifier,
    scope: &str,
    ends_at: Timestamp,
) -> Result<(), GrantError> {
    let Act { core, lab, actor } = act;
    let now = core.now();
    if ends_at <= now {
        return Err(GrantError::Ended);
    }
    let index = core.record_index(lab, record.as_str());
    let mut tx = core.db.begin().await?;
    let owner = records::lookup_owner(&mut tx, lab, &index).await?;
    let owner = owner.ok_or(GrantError::UnknownRecord)?;
    let holder = accounts::lookup_imported(&mut tx, lab, &core.identifier_index(lab, to)).await?;
    let holder = holder.ok_or(GrantError::UnknownIdentifier)?.account;
    if holder == owner {
        return Err(GrantError::OwnRecord);
    }
    let relation = Relation::Granted {
        scope: scope.to_owned(),
        ends_at,
    };
    records::attach(
        &mut tx,
        &core.sealer,
        lab,
        holder,
        &records::NewRecord {
            index: &index,
            record: record.as_str(),
            relation: &relation,
            at: now,
        },
    )
    .await?;
    let event = Event::RecordGranted {
        subject: owner.to_string(),
        scope: scope.to_owned(),
        ends_at: ends_at.to_string(),
    };
    audit::record(core, &mut tx, lab, actor, Some(holder), event).await?;
    tx.commit().await?;
    core.visits.forget_account(holder);
    Ok(())
}
