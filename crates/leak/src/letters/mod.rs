//! Letters for those whom mail does not reach: a table for merging addresses, and pages to print. Written
//! stretch by stretch, so that three hundred thousand need no more memory than three.

mod page;

use std::collections::HashMap;
use std::io::{self, Write};
use std::time::Duration;

use crate::campaign::{LeakError, share};
use crate::table::Table;
use config::Lab;
use crypto::human_code::{CodeKind, HumanCode};
use domain::account::AccountState;
use domain::audit::{Actor, Event};
use domain::leak::Leak;
use domain::leak::{LeakId, LeakState, Move};
use i18n::{Language, Medium, Notice, Situation, Texts, Zone};
use kernel::clock::{Stopwatch, Timestamp};
use kernel::ids::{AccountId, LabId, NoticeId};
use machinery::pause;
use service::{Core, Fault, audit, outbox};
use store::StoreFault;
use store::account::accounts::{self, Person};
use store::account::{lab_codes, records};
use store::leak::leaks;
use store::leak::letters::{self, Addressee};

pub use store::leak::letters::Wish;

/// Letters of one transaction.
const STRETCH: i64 = 500;

/// Which letters are wanted, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    pub lab: &'a LabId,
    pub leak: LeakId,
    pub wish: Wish,
    /// A page in each.
    pub languages: &'a [Language],
    pub actor: &'a Actor,
}

/// What was written. Not final before [`finish`].
#[derive(Debug)]
pub struct WrittenLetters {
    run: NoticeId,
    pub letters: u64,
    pub lab_codes: u64,
}

/// Why letters could not be written.
#[derive(Debug, thiserror::Error)]
pub enum LettersError {
    #[error(transparent)]
    Leak(#[from] LeakError),
    #[error("{0}")]
    File(#[from] io::Error),
}

impl From<StoreFault> for LettersError {
    fn from(fault: StoreFault) -> Self {
        Self::Leak(LeakError::Fault(fault.into()))
    }
}

impl From<Fault> for LettersError {
    fn from(fault: Fault) -> Self {
        Self::Leak(LeakError::Fault(fault))
    }
}

/// Writes the requested letters, with a new lab code where the old password no longer works: a table to
/// merge addresses into, and pages to print. `notify` is told the progress, out of 65,535.
///
/// # Errors
/// The leak is not in effect, a file cannot be written, or the database does not answer. Codes issued until then are
/// replaced when it is done again.
pub async fn write<T: Write + Send, P: Write + Send>(
    core: &Core,
    order: &Order<'_>,
    table: T,
    mut pages: P,
    notify: &mut (dyn FnMut(u64) + Send),
) -> Result<WrittenLetters, LettersError> {
    let run = Run::begin(core, order).await?;
    let mut table = Table::begin(
        table,
        ["record", "name", "identifier", "reason", "lab_code", "expires_at"],
    )?;
    run.head(&mut pages)?;
    let mut written = WrittenLetters {
        run: run.id,
        letters: 0,
        lab_codes: 0,
    };
    let mut at = Vec::new();
    loop {
        let held = Stopwatch::start();
        let batch = run.next(&at).await?;
        let Some(last) = batch.last() else { break };
        at.clone_from(&last.index);
        for letter in &batch {
            written.letters += 1;
            written.lab_codes += u64::from(letter.code.is_some());
            run.put(letter, &mut table, &mut pages)?;
        }
        notify(share(&at));
        pause::after(&core.db, held).await;
    }
    table.end()?;
    pages.write_all(b"</body>\n</html>\n")?;
    pages.flush()?;
    Ok(written)
}

/// The files are where they belong: these letters are written, and the next run leaves them out.
///
/// # Errors
/// Another run has written some of the same letters, whose codes are the ones that count; or the database does not
/// answer.
pub async fn finish(core: &Core, order: &Order<'_>, written: &WrittenLetters) -> Result<(), LeakError> {
    let mut tx = core.db.begin().await?;
    if letters::finish(&mut tx, written.run, core.now()).await? != written.letters {
        return Err(LeakError::ElsewhereAtWork);
    }
    let event = Event::LettersWritten {
        leak: order.leak,
        letters: written.letters,
        lab_codes: written.lab_codes,
    };
    let who = order.actor.label();
    leaks::add_step(&mut tx, order.lab, order.leak, event.kind(), &who, core.now()).await?;
    audit::record(core, &mut tx, order.lab, order.actor, None, event).await?;
    Ok(tx.commit().await?)
}

/// One person's letter.
struct Letter {
    index: Vec<u8>,
    /// The person's own files in the LIS; more than one is rare.
    records: String,
    person: Person,
    situation: Situation,
    code: Option<HumanCode>,
}

struct Run<'a> {
    core: &'a Core,
    lab: &'a Lab,
    leak: Leak,
    id: NoticeId,
    order: &'a Order<'a>,
    texts: Texts,
    zone: Zone,
    now: Timestamp,
}

impl<'a> Run<'a> {
    async fn begin(core: &'a Core, order: &'a Order<'a>) -> Result<Self, LettersError> {
        let lab = core.config.lab(order.lab).ok_or(LeakError::UnknownLab)?;
        let mut tx = core.db.begin().await?;
        let leak = leaks::lookup(&mut tx, order.lab, order.leak)
            .await?
            .ok_or(LeakError::UnknownLeak)?;
        let (state, wanted) = (leak.state, Move::Close);
        if !state.is_in_effect() {
            return Err(LeakError::NotNow { state, wanted }.into());
        }
        if leak.settled_at.is_none() && state == LeakState::Applied {
            return Err(LeakError::NotSettled.into());
        }
        let event = Event::LettersStarted { leak: leak.id };
        audit::record(core, &mut tx, order.lab, order.actor, None, event).await?;
        tx.commit().await?;
        Ok(Self {
            core,
            lab,
            leak,
            id: NoticeId::generate(&*core.entropy),
            order,
            texts: Texts::load().map_err(|_| Fault::Broken("the texts cannot be read"))?,
            zone: Zone::named(&lab.time_zone).map_err(|_| Fault::Broken("[[lab]] time_zone is not known"))?,
            now: core.now(),
        })
    }

    /// The letters after an index, their codes issued; empty at the end.
    async fn next(&self, after: &[u8]) -> Result<Vec<Letter>, LettersError> {
        let (core, lab, leak) = (self.core, &self.lab.id, self.leak.id);
        let mut tx = core.db.begin().await?;
        let found = letters::find_next(&mut tx, lab, leak, self.order.wish, after, STRETCH).await?;
        let ids: Vec<AccountId> = found.iter().map(|addressee| addressee.account).collect();
        let people = accounts::find_people(&mut tx, &core.sealer, lab, &ids).await?;
        let mut people: HashMap<AccountId, Person> = people.into_iter().collect();
        let mut own: HashMap<AccountId, Vec<String>> = HashMap::new();
        for (account, record) in records::find_own(&mut tx, &core.sealer, lab, &ids).await? {
            own.entry(account).or_default().push(record);
        }
        let (mut batch, mut codes) = (Vec::with_capacity(found.len()), Vec::new());
        for addressee in &found {
            let Some(person) = people.remove(&addressee.account) else {
                continue;
            };
            let situation = self.situation(addressee);
            let code = needs_code(addressee, situation).then(|| HumanCode::generate(&*core.entropy));
            codes.extend(
                code.as_ref()
                    .map(|code| (addressee.account, code.mac(&core.keyring, lab, CodeKind::Lab))),
            );
            batch.push(Letter {
                index: addressee.index.clone(),
                records: own.remove(&addressee.account).unwrap_or_default().join(" "),
                person,
                situation,
                code,
            });
        }
        lab_codes::issue_many(
            &mut tx,
            lab,
            &codes,
            &self.order.actor.label(),
            self.now,
            self.expires_at(),
        )
        .await?;
        letters::begin(&mut tx, lab, leak, self.id, &found, self.now).await?;
        tx.commit().await?;
        Ok(batch)
    }

    fn expires_at(&self) -> Timestamp {
        self.now
            .plus(Duration::from_secs(u64::from(self.lab.lab_code_days) * 86_400))
    }

    fn situation(&self, addressee: &Addressee) -> Situation {
        let until = self
            .leak
            .effective_at
            .map(|at| at.plus(self.core.config.leak.rotation_within()));
        outbox::situation(addressee.effect, addressee.progress, until, self.now)
    }

    fn put<T: Write, P: Write>(&self, letter: &Letter, table: &mut Table<T>, pages: &mut P) -> io::Result<()> {
        let language = self.order.languages.first().copied().unwrap_or_default();
        let code = letter.code.as_ref().map(HumanCode::grouped);
        let expires = code
            .as_ref()
            .map(|_| self.texts.moment(language, &self.zone, self.expires_at()));
        table.row([
            &letter.records,
            &name(&letter.person),
            &letter.person.identifier,
            reason(letter.situation),
            code.as_ref().map_or("", |code| code.as_str()),
            expires.as_deref().unwrap_or_default(),
        ])?;
        for language in self.order.languages {
            pages.write_all(self.page(letter, *language)?.as_bytes())?;
        }
        Ok(())
    }

    fn notice<'n>(&'n self, letter: &Letter, holder: &'n str, address: &'n str) -> Notice<'n> {
        Notice {
            lab: &self.lab.name,
            holder,
            situation: letter.situation,
            medium: Medium::Letter {
                with_code: letter.code.is_some(),
            },
            address,
            phone: self.lab.phone.as_deref(),
            contact: self.lab.data_protection_contact.as_deref(),
        }
    }
}

fn needs_code(addressee: &Addressee, situation: Situation) -> bool {
    situation == Situation::Disabled && addressee.state != AccountState::Disabled
}

pub(super) fn name(person: &Person) -> String {
    format!("{} {}", person.given_name, person.family_name)
        .trim()
        .to_owned()
}

const fn reason(situation: Situation) -> &'static str {
    match situation {
        Situation::Rotate { .. } => "rotate",
        Situation::Disabled => "disabled",
        Situation::Listed => "listed",
        Situation::Changed => "changed",
    }
}
