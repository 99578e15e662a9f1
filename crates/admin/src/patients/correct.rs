//! What an import got wrong, or the LIS changed: a record goes to the account that it belongs to. Each with a reason in
//! the trail, and the sessions of those concerned end.

use domain::account::AccountState;
use domain::audit::{Actor, Event};
use domain::conflict::Correction;
use domain::ending::Change;
use domain::record::RecordNumber;
use kernel::ids::{AccountId, LabId};
use service::{Core, Fault, audit};
use store::account::conflicts::{self, OpenConflict};
use store::account::records::{self, MovedRecord};
use store::account::{invitations, lab_codes, locked};
use store::{StoreFault, Tx};

/// Shown of a list, in one go.
const MOST: i64 = 10_000;

#[derive(Debug, thiserror::Error)]
pub enum CorrectionError {
    #[error("the configuration has no such laboratory")]
    UnknownLab,
    #[error("no account of this laboratory has that record as its own file")]
    UnknownRecord,
    #[error("no account of this laboratory has that other record as its own file")]
    UnknownOther,
    #[error("both records are the same account's already")]
    SameAccount,
    #[error("nothing about this record waits for a decision")]
    NothingOpen,
    #[error("no merge has brought this record to its account")]
    NotMerged,
    #[error("a reason is missing, or longer than 500 characters")]
    NoReason,
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreFault> for CorrectionError {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault.into())
    }
}

/// What becomes of a record.
#[derive(Clone, Debug)]
pub enum Act {
    /// It stays where it is: its line in the last import is the same person, and is taken by the next.
    Keep,
    /// It is nobody's own file any more; the next import finds its person.
    Detach,
    /// It becomes the own file of the account that has this one.
    Move(RecordNumber),
    /// So do all records of its account, which is closed.
    Merge(RecordNumber),
    /// Undoes a merge: the records of the closed account go back to it.
    Split,
}

/// The lab's records that wait for a decision, the oldest first.
///
/// # Errors
/// No such lab, or the database does not answer.
pub async fn find_conflicts(core: &Core, lab: &LabId) -> Result<Vec<OpenConflict>, CorrectionError> {
    core.config.lab(lab).ok_or(CorrectionError::UnknownLab)?;
    let mut tx = core.db.begin_read().await?;
    let open = conflicts::find_open(&mut tx, &core.sealer, lab, MOST).await?;
    tx.commit().await?;
    Ok(open)
}

/// Does it in one transaction, with its entry in the trail.
///
/// # Errors
/// It cannot be done, and nothing was changed.
pub async fn correct(
    core: &Core,
    lab: &LabId,
    record: &RecordNumber,
    act: &Act,
    reason: &str,
    actor: &Actor,
) -> Result<(), CorrectionError> {
    core.config.lab(lab).ok_or(CorrectionError::UnknownLab)?;
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(CorrectionError::NoReason);
    }
    let mut tx = core.db.begin().await?;
    let mut correcting = Correcting {
        core,
        lab,
        tx: &mut tx,
        record,
        concerned: Vec::new(),
    };
    let done = correcting.apply(act).await?;
    let mut concerned = std::mem::take(&mut correcting.concerned);
    concerned.sort_unstable();
    concerned.dedup();
    for account in &concerned {
        if let Some(mut holder) = locked::lock(&mut tx, lab, *account).await? {
            holder.end(Change::SignedOut, core.now()).await?;
        }
        let event = Event::RecordCorrected {
            act: done,
            reason: reason.to_owned(),
        };
        audit::record(core, &mut tx, lab, actor, Some(*account), event).await?;
    }
    tx.commit().await?;
    for account in concerned {
        core.visits.forget_account(account);
    }
    Ok(())
}

struct Correcting<'a> {
    core: &'a Core,
    lab: &'a LabId,
    tx: &'a mut Tx,
    record: &'a RecordNumber,
    /// Whose sessions end.
    concerned: Vec<AccountId>,
}

impl Correcting<'_> {
    async fn apply(&mut self, act: &Act) -> Result<Correction, CorrectionError> {
        match act {
            Act::Keep => self.keep().await,
            Act::Detach => self.detach().await,
            Act::Move(to) => self.move_to(to).await,
            Act::Merge(into) => self.merge(into).await,
            Act::Split => self.split().await,
        }
    }

    async fn owner(&mut self, record: &RecordNumber) -> Result<Option<AccountId>, StoreFault> {
        let index = self.core.record_index(self.lab, record.as_str());
        records::lookup_owner(self.tx, self.lab, &index).await
    }

    async fn keep(&mut self) -> Result<Correction, CorrectionError> {
        let index = self.core.record_index(self.lab, self.record.as_str());
        let open = conflicts::lookup_open(self.tx, self.lab, &index).await?;
        let (_, account) = open.ok_or(CorrectionError::NothingOpen)?;
        conflicts::decide(self.tx, self.lab, &index, self.core.now()).await?;
        self.concerned.push(account);
        Ok(Correction::Kept)
    }

    async fn detach(&mut self) -> Result<Correction, CorrectionError> {
        let owner = self.owner(self.record).await?.ok_or(CorrectionError::UnknownRecord)?;
        let index = self.core.record_index(self.lab, self.record.as_str());
        // Who was granted it was granted another person's file.
        self.concerned.extend(records::detach(self.tx, self.lab, &index).await?);
        conflicts::forget(self.tx, self.lab, &index).await?;
        self.end_papers(owner).await?;
        Ok(Correction::Detached)
    }

    async fn move_to(&mut self, to: &RecordNumber) -> Result<Correction, CorrectionError> {
        let index = self.core.record_index(self.lab, self.record.as_str());
        let from = self.owner(self.record).await?;
        let open = conflicts::lookup_open(self.tx, self.lab, &index).await?;
        if from.is_none() && open.is_none() {
            return Err(CorrectionError::UnknownRecord);
        }
        let to = self.owner(to).await?.ok_or(CorrectionError::UnknownOther)?;
        if from == Some(to) {
            return Err(CorrectionError::SameAccount);
        }
        self.concerned
            .extend(records::end_grants(self.tx, self.lab, &index).await?);
        let number = self.record.clone();
        self.give(MovedRecord {
            index,
            number,
            from,
            to,
            by_merge: false,
        })
        .await?;
        if let Some(from) = from {
            self.end_papers(from).await?;
        }
        self.concerned.extend(from.into_iter().chain([to]));
        Ok(Correction::Moved)
    }

    async fn merge(&mut self, into: &RecordNumber) -> Result<Correction, CorrectionError> {
        let from = self.owner(self.record).await?.ok_or(CorrectionError::UnknownRecord)?;
        let to = self.owner(into).await?.ok_or(CorrectionError::UnknownOther)?;
        if from == to {
            return Err(CorrectionError::SameAccount);
        }
        for (index, number) in records::find_own_of(self.tx, &self.core.sealer, self.lab, from).await? {
            let from = Some(from);
            self.give(MovedRecord {
                index,
                number,
                from,
                to,
                by_merge: true,
            })
            .await?;
        }
        self.set_state(from, AccountState::Disabled).await?;
        self.end_papers(from).await?;
        self.concerned.extend([from, to]);
        Ok(Correction::Merged)
    }

    async fn split(&mut self) -> Result<Correction, CorrectionError> {
        let from = self.owner(self.record).await?.ok_or(CorrectionError::UnknownRecord)?;
        let index = self.core.record_index(self.lab, self.record.as_str());
        let to = records::lookup_former_account(self.tx, self.lab, from, &index).await?;
        let to = to.ok_or(CorrectionError::NotMerged)?;
        for (index, number) in records::find_own_of(self.tx, &self.core.sealer, self.lab, from).await? {
            if records::lookup_former_account(self.tx, self.lab, from, &index).await? != Some(to) {
                continue;
            }
            let from = Some(from);
            self.give(MovedRecord {
                index,
                number,
                from,
                to,
                by_merge: false,
            })
            .await?;
        }
        // Whoever it is shows a document at the desk again.
        self.set_state(to, AccountState::Waiting).await?;
        self.concerned.extend([from, to]);
        Ok(Correction::Parted)
    }

    async fn give(&mut self, moved: MovedRecord) -> Result<(), StoreFault> {
        let (lab, now) = (self.lab, self.core.now());
        records::move_to(self.tx, &self.core.sealer, lab, &moved, now).await?;
        conflicts::decide(self.tx, lab, &moved.index, now).await?;
        Ok(())
    }

    async fn set_state(&mut self, account: AccountId, state: AccountState) -> Result<(), StoreFault> {
        let now = self.core.now();
        match locked::lock(self.tx, self.lab, account).await? {
            Some(mut holder) => holder.set_state(state, now).await,
            None => Ok(()),
        }
    }

    /// What was handed out for the account's records as they were.
    async fn end_papers(&mut self, account: AccountId) -> Result<(), StoreFault> {
        let now = self.core.now();
        lab_codes::end_all(self.tx, self.lab, account, now).await?;
        invitations::end_all(self.tx, self.lab, account, now).await
    }
}
