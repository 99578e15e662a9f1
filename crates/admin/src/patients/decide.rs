//! What becomes of each line of an import: one look into the database for many lines, decisions in memory, one write.

use std::collections::HashMap;

use crate::patients::columns::Field;
use crate::patients::row::{Reason, Row, Wrong};
use crypto::blind_index::BlindIndex;
use kernel::ids::{AccountId, LabId};
use service::{Core, standing};
use store::account::accounts::{self, NewAccount, Person};
use store::account::records::{self, OwnRecord};
use store::leak::leaks;
use store::{StoreFault, Tx};

/// A line that was read, well or badly.
pub(super) struct Line {
    pub number: u64,
    pub row: Result<KeyedRow, Wrong>,
}

/// A row with what it is looked up by.
pub(super) struct KeyedRow {
    pub identifier: BlindIndex,
    pub record: BlindIndex,
    pub digest: BlindIndex,
    pub row: Row,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    Added,
    Updated,
    Unchanged,
}

/// What is known of an identifier, the lines above included.
struct Holder {
    account: AccountId,
    digest: Vec<u8>,
    /// Opened only where a record is to be added.
    birth_date: Option<String>,
}

struct Chunk<'a> {
    core: &'a Core,
    lab: &'a LabId,
    tx: &'a mut Tx,
    holders: HashMap<BlindIndex, Holder>,
    owners: HashMap<BlindIndex, AccountId>,
    accounts: Vec<NewAccount>,
    records: Vec<OwnRecord>,
    updates: Vec<(AccountId, Person, BlindIndex)>,
}

/// Stores what these lines say; tells of each, in their order, what was done or why not.
pub(super) async fn store(
    core: &Core,
    lab: &LabId,
    tx: &mut Tx,
    lines: Vec<Line>,
) -> Result<Vec<(u64, Result<Done, Wrong>)>, StoreFault> {
    let keyed = || lines.iter().filter_map(|line| line.row.as_ref().ok());
    let identifiers: Vec<_> = keyed().map(|keyed| keyed.identifier).collect();
    let numbers: Vec<_> = keyed().map(|keyed| keyed.record).collect();
    let holders = accounts::find_imported(tx, lab, &identifiers).await?;
    let holder = |(identifier, found): (BlindIndex, accounts::ImportedRow)| {
        let holder = Holder {
            account: found.account,
            digest: found.digest,
            birth_date: None,
        };
        (identifier, holder)
    };
    let mut chunk = Chunk {
        core,
        lab,
        holders: holders.into_iter().map(holder).collect(),
        owners: records::find_owners(tx, lab, &numbers).await?.into_iter().collect(),
        tx,
        accounts: Vec::new(),
        records: Vec::new(),
        updates: Vec::new(),
    };
    let mut all = Vec::with_capacity(lines.len());
    for Line { number, row } in lines {
        let done = match row {
            Ok(keyed) => chunk.decide(keyed).await?,
            Err(wrong) => Err(wrong),
        };
        all.push((number, done));
    }
    chunk.write().await?;
    Ok(all)
}

/// For some days after a leak no one is written to at a different address than before.
async fn changes_frozen_contact(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    person: &Person,
) -> Result<bool, StoreFault> {
    if standing::contacts_frozen(core, tx, lab, account).await?.is_none() {
        return Ok(false);
    }
    let known = accounts::lookup_person(tx, &core.sealer, lab, account).await?;
    Ok(known.is_some_and(|known| known.email != person.email))
}

impl Chunk<'_> {
    async fn decide(&mut self, keyed: KeyedRow) -> Result<Result<Done, Wrong>, StoreFault> {
        let owner = self.owners.get(&keyed.record).copied();
        let Some(holder) = self.holders.get_mut(&keyed.identifier) else {
            return Ok(match owner {
                Some(_) => Err((Some(Field::Record), Reason::RecordOfAnother)),
                None => Ok(self.add(keyed)),
            });
        };
        let account = holder.account;
        let changed = holder.digest != keyed.digest.as_bytes();
        if changed && changes_frozen_contact(self.core, self.tx, self.lab, account, &keyed.row.person).await? {
            return Ok(Err((Some(Field::Email), Reason::ContactFrozen)));
        }
        match owner {
            Some(owner) if owner != account => return Ok(Err((Some(Field::Record), Reason::RecordOfAnother))),
            Some(_) if !changed => return Ok(Ok(Done::Unchanged)),
            Some(_) => {}
            None => {
                if holder.birth_date.is_none() {
                    let person = accounts::lookup_person(self.tx, &self.core.sealer, self.lab, account).await?;
                    holder.birth_date = person.map(|person| person.birth_date);
                }
                if holder.birth_date.as_deref() != Some(keyed.row.person.birth_date.as_str()) {
                    return Ok(Err((Some(Field::Identifier), Reason::IdentifierOfAnother)));
                }
                self.owners.insert(keyed.record, account);
                self.records.push(OwnRecord {
                    account,
                    index: keyed.record,
                    number: keyed.row.record,
                });
            }
        }
        if changed {
            holder.digest = keyed.digest.as_bytes().to_vec();
            holder.birth_date = Some(keyed.row.person.birth_date.clone());
            self.updates.push((account, keyed.row.person, keyed.digest));
        }
        Ok(Ok(Done::Updated))
    }

    fn add(&mut self, keyed: KeyedRow) -> Done {
        let account = AccountId::generate(&*self.core.entropy);
        let holder = Holder {
            account,
            digest: keyed.digest.as_bytes().to_vec(),
            birth_date: Some(keyed.row.person.birth_date.clone()),
        };
        self.holders.insert(keyed.identifier, holder);
        self.owners.insert(keyed.record, account);
        self.accounts.push(NewAccount {
            id: account,
            identifier: keyed.identifier,
            person: keyed.row.person,
            digest: keyed.digest,
        });
        self.records.push(OwnRecord {
            account,
            index: keyed.record,
            number: keyed.row.record,
        });
        Done::Added
    }

    async fn write(self) -> Result<(), StoreFault> {
        let (sealer, lab, now) = (&self.core.sealer, self.lab, self.core.now());
        accounts::insert_many(self.tx, sealer, lab, &self.accounts, now).await?;
        if !self.accounts.is_empty() {
            leaks::match_again(self.tx, lab).await?;
        }
        records::attach_own(self.tx, sealer, lab, &self.records, now).await?;
        for (account, person, digest) in &self.updates {
            accounts::update_person(self.tx, sealer, lab, *account, person, digest.as_bytes(), now).await?;
        }
        Ok(())
    }
}
