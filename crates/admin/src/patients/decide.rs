//! What becomes of each line of an import: one look into the database for many lines, decisions in memory, one write.

use std::collections::{HashMap, HashSet};

use crate::patients::columns::Field;
use crate::patients::row::{Reason, Row, Wrong};
use crypto::blind_index::BlindIndex;
use domain::audit::{Actor, Event};
use domain::conflict::Conflict;
use kernel::ids::{AccountId, LabId};
use service::{Core, Fault, audit, standing};
use store::account::accounts::{self, NewAccount, Person};
use store::account::conflicts::{self, FoundConflict};
use store::account::records::{self, OwnRecord, Owner};
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
    /// Opened only where a line is not what it was.
    person: Option<Person>,
}

struct Chunk<'a> {
    core: &'a Core,
    lab: &'a LabId,
    tx: &'a mut Tx,
    /// Identifiers of the lines above, those of earlier chunks included.
    seen: &'a mut HashSet<BlindIndex>,
    holders: HashMap<BlindIndex, Holder>,
    owners: HashMap<BlindIndex, Owner>,
    /// What somebody has decided about: this line is right, and the record belongs where it is.
    decided: HashMap<BlindIndex, Vec<u8>>,
    accounts: Vec<NewAccount>,
    records: HashMap<BlindIndex, OwnRecord>,
    updates: Vec<(AccountId, Person, Vec<u8>)>,
    conflicts: Vec<FoundConflict>,
}

/// Stores what these lines say; tells of each, in their order, what was done or why not.
pub(super) async fn store(
    core: &Core,
    lab: &LabId,
    tx: &mut Tx,
    lines: Vec<Line>,
    seen: &mut HashSet<BlindIndex>,
    actor: &Actor,
) -> Result<Vec<(u64, Result<Done, Wrong>)>, Fault> {
    let keyed = || lines.iter().filter_map(|line| line.row.as_ref().ok());
    let identifiers: Vec<_> = keyed().map(|keyed| keyed.identifier).collect();
    let numbers: Vec<_> = keyed().map(|keyed| keyed.record).collect();
    let holders = accounts::find_imported(tx, lab, &identifiers).await?;
    let holder = |(identifier, found): (BlindIndex, accounts::ImportedRow)| {
        let holder = Holder {
            account: found.account,
            digest: found.digest,
            person: None,
        };
        (identifier, holder)
    };
    let mut chunk = Chunk {
        core,
        lab,
        seen,
        holders: holders.into_iter().map(holder).collect(),
        owners: records::find_owners(tx, lab, &numbers).await?.into_iter().collect(),
        decided: conflicts::find_decided(tx, lab, &numbers).await?.into_iter().collect(),
        tx,
        accounts: Vec::new(),
        records: HashMap::new(),
        updates: Vec::new(),
        conflicts: Vec::new(),
    };
    let mut all = Vec::with_capacity(lines.len());
    for Line { number, row } in lines {
        let done = match row {
            Ok(keyed) => chunk.decide(keyed).await?,
            Err(wrong) => Err(wrong),
        };
        all.push((number, done));
    }
    chunk.write(actor).await?;
    Ok(all)
}

/// Birth date and names, beside the identifier by which they were met.
fn is_same_person(known: &Person, said: &Person) -> bool {
    known.birth_date == said.birth_date && known.compared_names().agree_with(&said.compared_names())
}

impl Chunk<'_> {
    async fn decide(&mut self, keyed: KeyedRow) -> Result<Result<Done, Wrong>, StoreFault> {
        let owner = self.owners.get(&keyed.record).cloned();
        let holder = self.holders.get(&keyed.identifier).map(|holder| holder.account);
        let was_seen = !self.seen.insert(keyed.identifier);
        let is_decided = self
            .decided
            .get(&keyed.record)
            .is_some_and(|digest| digest == keyed.digest.as_bytes());
        match (owner, holder) {
            (None, None) => Ok(Ok(self.add(keyed))),
            (Some(owner), _) if owner.digest.as_deref() == Some(keyed.digest.as_bytes()) => Ok(Ok(Done::Unchanged)),
            (Some(owner), Some(account)) if owner.account == account => self.change(keyed, &owner, is_decided).await,
            (Some(_), _) if is_decided => Ok(Ok(Done::Unchanged)),
            (Some(owner), _) => Ok(Err(self.contradict(keyed, owner.account, Conflict::OtherIdentifier))),
            (None, Some(account)) => self.join(keyed, account, was_seen, is_decided).await,
        }
    }

    /// The line of a record that is the holder's own says something else than last time.
    async fn change(
        &mut self,
        keyed: KeyedRow,
        owner: &Owner,
        is_decided: bool,
    ) -> Result<Result<Done, Wrong>, StoreFault> {
        let account = owner.account;
        let Some((digest, known)) = self.person(&keyed.identifier).await? else {
            return Ok(Err((Some(Field::Record), Reason::RecordOfAnother)));
        };
        let said = &keyed.row.person;
        // Not compared yet, but what the account's person was taken from.
        let is_source = owner.digest.as_ref().is_none_or(|owner| *owner == digest);
        if owner.digest.is_none() && digest == keyed.digest.as_bytes() {
            self.own(keyed, account);
            return Ok(Ok(Done::Unchanged));
        }
        if !is_decided && !is_same_person(&known, said) {
            if owner.digest.is_none() {
                self.doubt(account).await?;
            }
            return Ok(Err(self.contradict(keyed, account, Conflict::OtherPerson)));
        }
        let person = Person {
            identifier: known.identifier.clone(),
            email: match &said.email {
                None if !is_source => known.email.clone(),
                email => email.clone(),
            },
            ..if is_source || is_decided {
                said.clone()
            } else {
                known.clone()
            }
        };
        if !is_decided && person.email != known.email && self.is_contact_frozen(account).await? {
            return Ok(Err(self.contradict(keyed, account, Conflict::Contact)));
        }
        self.update(&keyed, account, person, is_source || is_decided);
        self.own(keyed, account);
        Ok(Ok(Done::Updated))
    }

    /// A record that was nobody's has the identifier of an account.
    async fn join(
        &mut self,
        keyed: KeyedRow,
        account: AccountId,
        was_seen: bool,
        is_decided: bool,
    ) -> Result<Result<Done, Wrong>, StoreFault> {
        let Some((_, known)) = self.person(&keyed.identifier).await? else {
            return Ok(Err((Some(Field::Identifier), Reason::IdentifierOfAnother)));
        };
        if !is_decided && !is_same_person(&known, &keyed.row.person) {
            let (field, reason) = self.contradict(keyed, account, Conflict::NotJoined);
            let reason = if was_seen { Reason::IdentifierOfSeveral } else { reason };
            return Ok(Err((field, reason)));
        }
        if known.email.is_none() && keyed.row.person.email.is_some() && !self.is_contact_frozen(account).await? {
            let email = keyed.row.person.email.clone();
            self.update(&keyed, account, Person { email, ..known }, false);
        }
        self.own(keyed, account);
        Ok(Ok(Done::Updated))
    }

    /// What the account's person was taken from, and the person.
    async fn person(&mut self, identifier: &BlindIndex) -> Result<Option<(Vec<u8>, Person)>, StoreFault> {
        let Some(holder) = self.holders.get_mut(identifier) else {
            return Ok(None);
        };
        if holder.person.is_none() {
            holder.person = accounts::lookup_person(self.tx, &self.core.sealer, self.lab, holder.account).await?;
        }
        Ok(holder.person.clone().map(|person| (holder.digest.clone(), person)))
    }

    /// For some days after a leak no one is written to at a different address than before.
    async fn is_contact_frozen(&mut self, account: AccountId) -> Result<bool, StoreFault> {
        Ok(standing::contacts_frozen(self.core, self.tx, self.lab, account)
            .await?
            .is_some())
    }

    /// Joined before joins were looked at, and one of them is wrong: whose account it is, nobody knows.
    async fn doubt(&mut self, account: AccountId) -> Result<(), StoreFault> {
        for (record, number) in records::find_own_of(self.tx, &self.core.sealer, self.lab, account).await? {
            self.conflicts.push(FoundConflict {
                digest: record,
                record,
                number,
                kind: Conflict::OtherPerson,
                account,
            });
        }
        Ok(())
    }

    /// Onto the list for decision.
    fn contradict(&mut self, keyed: KeyedRow, account: AccountId, kind: Conflict) -> Wrong {
        self.conflicts.push(FoundConflict {
            record: keyed.record,
            number: keyed.row.record,
            kind,
            account,
            digest: keyed.digest,
        });
        match kind {
            Conflict::OtherIdentifier => (Some(Field::Record), Reason::RecordOfAnother),
            Conflict::OtherPerson => (Some(Field::Record), Reason::OtherPerson),
            Conflict::NotJoined => (Some(Field::Identifier), Reason::IdentifierOfAnother),
            Conflict::Contact => (Some(Field::Email), Reason::ContactFrozen),
        }
    }

    /// `follows`: the account's person is from now on what this line says.
    fn update(&mut self, keyed: &KeyedRow, account: AccountId, person: Person, follows: bool) {
        let Some(holder) = self.holders.get_mut(&keyed.identifier) else {
            return;
        };
        if follows {
            holder.digest = keyed.digest.as_bytes().to_vec();
        }
        holder.person = Some(person.clone());
        self.updates.push((account, person, holder.digest.clone()));
    }

    fn own(&mut self, keyed: KeyedRow, account: AccountId) {
        let digest = Some(keyed.digest.as_bytes().to_vec());
        self.owners.insert(keyed.record, Owner { account, digest });
        let own = OwnRecord {
            account,
            index: keyed.record,
            number: keyed.row.record,
            digest: keyed.digest,
        };
        self.records.insert(keyed.record, own);
    }

    fn add(&mut self, keyed: KeyedRow) -> Done {
        let account = AccountId::generate(&*self.core.entropy);
        let holder = Holder {
            account,
            digest: keyed.digest.as_bytes().to_vec(),
            person: Some(keyed.row.person.clone()),
        };
        self.holders.insert(keyed.identifier, holder);
        self.accounts.push(NewAccount {
            id: account,
            identifier: keyed.identifier,
            person: keyed.row.person.clone(),
            digest: keyed.digest,
        });
        self.own(keyed, account);
        Done::Added
    }

    async fn write(self, actor: &Actor) -> Result<(), Fault> {
        let (core, lab, now) = (self.core, self.lab, self.core.now());
        accounts::insert_many(self.tx, &core.sealer, lab, &self.accounts, now).await?;
        if !self.accounts.is_empty() {
            leaks::match_again(self.tx, lab).await?;
        }
        let records: Vec<OwnRecord> = self.records.into_values().collect();
        records::attach_own(self.tx, &core.sealer, lab, &records, now).await?;
        for (account, person, digest) in &self.updates {
            accounts::update_person(
                self.tx,
                &core.sealer,
                lab,
                *account,
                &accounts::ImportedLine { person, digest },
                now,
            )
            .await?;
        }
        for found in &self.conflicts {
            if conflicts::insert(self.tx, &core.sealer, lab, found, now).await? && found.kind.stops_reading() {
                let conflict = found.kind.as_str();
                let event = Event::RecordDisputed { conflict };
                audit::record(core, self.tx, lab, actor, Some(found.account), event).await?;
            }
        }
        Ok(())
    }
}
