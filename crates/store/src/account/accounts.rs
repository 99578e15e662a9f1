//! Accounts and the person behind each, names and contacts sealed.

use sqlx::Row;

use crate::columns::{id, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::blind_index::BlindIndex;
use crypto::password_hash::HashedPassword;
use crypto::seal::{Place, Sealer};
use crypto::totp::{Seed, Step};
use domain::account::{Account, AccountState};
use domain::ending::Generation;
use domain::names::ComparedNames;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

/// What a lab knows of a patient, as imported.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    pub identifier: String,
    pub email: Option<String>,
    /// `YYYY-MM-DD`
    pub birth_date: String,
    pub given_name: String,
    pub family_name: String,
    /// Birth name, used name: what else the family name may be.
    pub other_names: Vec<String>,
}

impl Person {
    pub fn compared_names(&self) -> ComparedNames {
        let others = self.other_names.iter().map(String::as_str);
        ComparedNames::of(&self.given_name, others.chain([self.family_name.as_str()]))
    }
}

kernel::opaque!(Person);

/// Everything a sign-in weighs, read in one go.
#[derive(Debug)]
pub struct ForSignIn {
    pub account: Account,
    pub password: Option<HashedPassword>,
    pub authenticator: Option<Authenticator>,
}

#[derive(Debug)]
pub struct Authenticator {
    pub seed: Seed,
    pub consumed: Step,
    pub tried: Step,
    pub tried_times: i64,
}

/// What an import compares to tell a changed line from an unchanged one.
#[derive(Debug)]
pub struct ImportedRow {
    pub account: AccountId,
    pub digest: Vec<u8>,
}

pub async fn lookup_for_sign_in(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    identifier: &BlindIndex,
) -> Result<Option<ForSignIn>, StoreFault> {
    const SQL: &str = "SELECT a.account_id, a.state, a.generation, p.hash, t.seed, t.consumed_step, \
         t.tried_step, t.tried_times FROM accounts a \
         LEFT JOIN passwords p ON p.lab_id = a.lab_id AND p.account_id = a.account_id \
         LEFT JOIN authenticators t ON t.lab_id = a.lab_id AND t.account_id = a.account_id \
         WHERE a.lab_id = $1 AND a.identifier_index = $2";
    type Columns = (
        Vec<u8>,
        String,
        i64,
        Option<String>,
        Option<Vec<u8>>,
        Option<i64>,
        Option<i64>,
        Option<i64>,
    );
    let row: Option<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(identifier.as_bytes()).fetch_optional(connection).await?
    });
    let Some((account_id, state, generation, hash, seed, consumed, tried, tried_times)) = row else {
        return Ok(None);
    };
    let account = account(&account_id, &state, generation)?;
    let password = hash.map(HashedPassword::restore).transpose();
    let password = password.map_err(|_| StoreFault::Unreadable("passwords.hash"))?;
    let authenticator = match (seed, consumed, tried, tried_times) {
        (Some(seed), Some(consumed), Some(tried), Some(tried_times)) => {
            let place = Place {
                lab,
                column: "authenticators.seed",
                row: &account_id,
            };
            let seed = Seed::from_bytes(&sealer.open(place, &seed)?);
            Some(Authenticator {
                seed: seed.ok_or(StoreFault::Unreadable("authenticators.seed"))?,
                consumed: Step::from_number(consumed),
                tried: Step::from_number(tried),
                tried_times,
            })
        }
        _ => None,
    };
    Ok(Some(ForSignIn {
        account,
        password,
        authenticator,
    }))
}

pub async fn lookup(tx: &mut Tx, lab: &LabId, account_id: AccountId) -> Result<Option<Account>, StoreFault> {
    const SQL: &str = "SELECT account_id, state, generation FROM accounts WHERE lab_id = $1 AND account_id = $2";
    let row: Option<(Vec<u8>, String, i64)> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(account_id.as_bytes().as_slice()).fetch_optional(connection).await?
    });
    row.map(|(id, state, generation)| account(&id, &state, generation))
        .transpose()
}

fn account(account_id: &[u8], state: &str, generation: i64) -> Result<Account, StoreFault> {
    Ok(Account {
        id: id(account_id, "accounts.account_id")?,
        state: word(state, "accounts.state")?,
        generation: Generation::from_number(generation),
    })
}

/// # Errors
/// The database does not answer, or a sealed value does not open.
pub async fn lookup_person(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    account: AccountId,
) -> Result<Option<Person>, StoreFault> {
    Ok(find_people(tx, sealer, lab, &[account])
        .await?
        .pop()
        .map(|(_, person)| person))
}

/// The people behind these accounts, in no order.
///
/// # Errors
/// The database does not answer, or a sealed value does not open.
pub async fn find_people(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, Person)>, StoreFault> {
    const SQL: &str = "SELECT account_id, identifier, email, birth_date, given_name, family_name, other_names \
         FROM accounts WHERE lab_id = ";
    type Columns = (
        Vec<u8>,
        Vec<u8>,
        Option<Vec<u8>>,
        Vec<u8>,
        Vec<u8>,
        Vec<u8>,
        Option<Vec<u8>>,
    );
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Columns> = on_both!(tx, connection => {
        let mut query = sqlx::QueryBuilder::new(SQL);
        query.push_bind(lab.as_str().to_owned()).push(" AND account_id IN (");
        let mut list = query.separated(", ");
        for account in accounts {
            list.push_bind(account.as_bytes().to_vec());
        }
        query.push(")");
        query.build_query_as().fetch_all(connection).await?
    });
    let opened = |(account, identifier, email, birth_date, given_name, family_name, other_names): Columns| {
        let account: AccountId = id(&account, "accounts.account_id")?;
        let row = account.as_bytes().as_slice();
        let open = |column, sealed: &[u8]| sealer.open_text(Place { lab, column, row }, sealed);
        let person = Person {
            identifier: open(IDENTIFIER, &identifier)?,
            email: email.map(|email| open(EMAIL, &email)).transpose()?,
            birth_date: open(BIRTH_DATE, &birth_date)?,
            given_name: open(GIVEN_NAME, &given_name)?,
            family_name: open(FAMILY_NAME, &family_name)?,
            other_names: match other_names {
                Some(names) => open(OTHER_NAMES, &names)?.lines().map(str::to_owned).collect(),
                None => Vec::new(),
            },
        };
        Ok((account, person))
    };
    rows.into_iter().map(opened).collect()
}

/// Some identifiers of a lab, as typed: those of the accounts whose ids follow.
///
/// # Errors
/// The database does not answer, or a sealed value does not open.
pub async fn find_some_identifiers(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    after: AccountId,
    most: i64,
) -> Result<Vec<String>, StoreFault> {
    const SQL: &str = "SELECT account_id, identifier FROM accounts WHERE lab_id = $1 AND account_id > $2 \
         ORDER BY account_id LIMIT $3";
    let rows: Vec<(Vec<u8>, Vec<u8>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(after.as_bytes().as_slice()).bind(most).fetch_all(connection).await?
    });
    let open = |(row, sealed): &(Vec<u8>, Vec<u8>)| {
        let column = IDENTIFIER;
        Ok(sealer.open_text(Place { lab, column, row }, sealed)?)
    };
    rows.iter().map(open).collect()
}

pub async fn lookup_imported(
    tx: &mut Tx,
    lab: &LabId,
    identifier: &BlindIndex,
) -> Result<Option<ImportedRow>, StoreFault> {
    const SQL: &str = "SELECT account_id, import_digest FROM accounts WHERE lab_id = $1 AND identifier_index = $2";
    let row: Option<(Vec<u8>, Vec<u8>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(identifier.as_bytes()).fetch_optional(connection).await?
    });
    row.map(|(account, digest)| {
        Ok(ImportedRow {
            account: id(&account, "accounts.account_id")?,
            digest,
        })
    })
    .transpose()
}

const IDENTIFIER: &str = "accounts.identifier";
const EMAIL: &str = "accounts.email";
const BIRTH_DATE: &str = "accounts.birth_date";
const GIVEN_NAME: &str = "accounts.given_name";
const FAMILY_NAME: &str = "accounts.family_name";
const OTHER_NAMES: &str = "accounts.other_names";

struct SealedPerson {
    identifier: Vec<u8>,
    email: Option<Vec<u8>>,
    birth_date: Vec<u8>,
    given_name: Vec<u8>,
    family_name: Vec<u8>,
    other_names: Option<Vec<u8>>,
}

fn seal(sealer: &Sealer, lab: &LabId, account: AccountId, person: &Person) -> Result<SealedPerson, StoreFault> {
    let seal = |column, text: &str| {
        sealer.seal(
            Place {
                lab,
                column,
                row: account.as_bytes(),
            },
            text.as_bytes(),
        )
    };
    Ok(SealedPerson {
        identifier: seal(IDENTIFIER, &person.identifier)?,
        email: person.email.as_deref().map(|email| seal(EMAIL, email)).transpose()?,
        birth_date: seal(BIRTH_DATE, &person.birth_date)?,
        given_name: seal(GIVEN_NAME, &person.given_name)?,
        family_name: seal(FAMILY_NAME, &person.family_name)?,
        other_names: match person.other_names.as_slice() {
            [] => None,
            names => Some(seal(OTHER_NAMES, &names.join("\n"))?),
        },
    })
}

/// Whom an account is for that no import brings.
#[derive(Debug)]
pub struct NewHolder<'a> {
    pub identifier: &'a BlindIndex,
    pub person: &'a Person,
    pub at: Timestamp,
}

/// What a line of an import says now.
#[derive(Debug)]
pub struct ImportedLine<'a> {
    pub person: &'a Person,
    pub digest: &'a [u8],
}

/// A new account, waiting for its lab code.
///
/// # Errors
/// The database does not answer, or the identifier is taken.
pub async fn insert(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    account: AccountId,
    new: &NewHolder<'_>,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO accounts (lab_id, account_id, identifier_index, identifier, email, birth_date, \
         given_name, family_name, state, import_digest, created_at, updated_at, other_names) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)";
    let sealed = seal(sealer, lab, account, new.person)?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).bind(new.identifier.as_bytes())
            .bind(sealed.identifier).bind(sealed.email).bind(sealed.birth_date)
            .bind(sealed.given_name).bind(sealed.family_name)
            .bind(AccountState::Waiting.as_str()).bind([0_u8; 0].as_slice()).bind(new.at.micros()).bind(sealed.other_names)
            .execute(connection).await?;
    });
    Ok(())
}

pub async fn update_person(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    account: AccountId,
    line: &ImportedLine<'_>,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE accounts SET identifier = $3, email = $4, birth_date = $5, given_name = $6, \
         family_name = $7, import_digest = $8, updated_at = $9, other_names = $10 \
         WHERE lab_id = $1 AND account_id = $2";
    let sealed = seal(sealer, lab, account, line.person)?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice())
            .bind(sealed.identifier).bind(sealed.email).bind(sealed.birth_date)
            .bind(sealed.given_name).bind(sealed.family_name).bind(line.digest).bind(now.micros()).bind(sealed.other_names)
            .execute(connection).await?;
    });
    Ok(())
}

/// How many accounts a lab has, canaries included: answered from an index alone, where [`count_by_state`] reads every
/// account.
pub async fn count(tx: &mut Tx, lab: &LabId) -> Result<i64, StoreFault> {
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar("SELECT COUNT(*) FROM accounts WHERE lab_id = $1")
            .bind(lab.as_str()).fetch_one(connection).await?
    }))
}

/// How many accounts a lab has in each state; canaries are not patients.
pub async fn count_by_state(tx: &mut Tx, lab: &LabId) -> Result<Vec<(AccountState, i64)>, StoreFault> {
    const SQL: &str = "SELECT a.state, COUNT(*) FROM accounts a WHERE a.lab_id = $1 AND NOT EXISTS (\
         SELECT 1 FROM canaries c WHERE c.lab_id = a.lab_id AND c.account_id = a.account_id) \
         GROUP BY a.state ORDER BY a.state";
    let rows: Vec<(String, i64)> = on_both!(tx, connection => {
        sqlx::query(SQL).bind(lab.as_str()).fetch_all(connection).await?
            .iter().map(|row| (row.get(0), row.get(1))).collect()
    });
    rows.into_iter()
        .map(|(state, count)| Ok((word(&state, "accounts.state")?, count)))
        .collect()
}

/// An account that an import adds.
#[derive(Debug)]
pub struct NewAccount {
    pub id: AccountId,
    pub identifier: BlindIndex,
    pub person: Person,
    pub digest: BlindIndex,
}

/// Adds many accounts at once, each waiting for its lab code.
///
/// # Errors
/// The database does not answer, or an identifier is taken.
pub async fn insert_many(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    new: &[NewAccount],
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO accounts (lab_id, account_id, identifier_index, identifier, email, birth_date, \
         given_name, family_name, state, import_digest, created_at, updated_at, other_names) ";
    if new.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(new.len());
    for account in new {
        rows.push((account, seal(sealer, lab, account.id, &account.person)?));
    }
    on_both!(tx, connection => {
        let mut query = sqlx::QueryBuilder::new(SQL);
        query.push_values(rows, |mut row, (account, sealed)| {
            row.push_bind(lab.as_str().to_owned())
                .push_bind(account.id.as_bytes().to_vec()).push_bind(account.identifier.as_bytes().to_vec())
                .push_bind(sealed.identifier).push_bind(sealed.email).push_bind(sealed.birth_date)
                .push_bind(sealed.given_name).push_bind(sealed.family_name)
                .push_bind(AccountState::Waiting.as_str()).push_bind(account.digest.as_bytes().to_vec())
                .push_bind(now.micros()).push_bind(now.micros()).push_bind(sealed.other_names);
        });
        query.build().execute(connection).await?;
    });
    Ok(())
}

/// Those of these identifiers that an account has.
pub async fn find_imported(
    tx: &mut Tx,
    lab: &LabId,
    identifiers: &[BlindIndex],
) -> Result<Vec<(BlindIndex, ImportedRow)>, StoreFault> {
    if identifiers.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = on_both!(tx, connection => {
        let mut query = sqlx::QueryBuilder::new(
            "SELECT identifier_index, account_id, import_digest FROM accounts WHERE lab_id = ",
        );
        query.push_bind(lab.as_str().to_owned()).push(" AND identifier_index IN (");
        let mut list = query.separated(", ");
        for identifier in identifiers {
            list.push_bind(identifier.as_bytes().to_vec());
        }
        query.push(")");
        query.build_query_as().fetch_all(connection).await?
    });
    let found = |(index, account, digest): (Vec<u8>, Vec<u8>, Vec<u8>)| {
        let account = id(&account, "accounts.account_id")?;
        Ok((
            crate::columns::index(&index, "accounts.identifier_index")?,
            ImportedRow { account, digest },
        ))
    };
    rows.into_iter().map(found).collect()
}
