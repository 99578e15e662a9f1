//! The dry run: the list is read, its digests loaded and matched. Nothing happens to anyone.

use tokio::sync::watch;

use super::list::{Interpretation, List, ListDescription, Reading};
use super::spool::{SortedEntries, Spool};
use super::{LeakError, Notice, Notify, load, unmatched};
use crate::dump::{DumpReader, Mapping, Row};
use crypto::blind_index::{BlindIndex, Indexer};
use crypto::leak_digest::PairDigester;
use domain::audit::{Actor, Event};
use domain::leak::Leak;
use domain::leak::{LeakId, LeakState, Move};
use kernel::ids::LabId;
use kernel::stack;
use service::{Core, audit};
use store::leak::leak_entries::Entry;
use store::leak::leaks::{self, NewLeak};

/// Reads a list and says under which number it is known from now on. A list that was read before keeps its number; if
/// that was cut off, it continues where it was.
///
/// # Errors
/// The list cannot be read, or the database does not answer; the same call continues from there.
pub async fn draft(
    core: &Core,
    lab: &LabId,
    list: List,
    about: ListDescription,
    actor: &Actor,
    notify: Notify<'_>,
) -> Result<LeakId, LeakError> {
    if core.config.lab(lab).is_none() {
        return Err(LeakError::UnknownLab);
    }
    let now = core.now();
    let aware_at = about.aware_at.unwrap_or(now);
    if aware_at > now {
        return Err(LeakError::AwareTooLate);
    }
    let mapping = about
        .mapping
        .as_deref()
        .map(Mapping::parse)
        .transpose()?
        .unwrap_or_default();
    let read = read(core, lab, list, mapping, notify).await?;
    let new = NewLeak {
        state: LeakState::Reading,
        source: &about.source,
        mapping: about.mapping.as_deref().unwrap_or_default(),
        aware_at,
        began_at: now,
    };
    let (id, state) = number(core, lab, &new, &read, actor).await?;
    notify(Notice::Numbered(id));
    if state != LeakState::Reading {
        return Ok(id);
    }
    load::load(core, lab, id, read.sorted, notify).await?;
    core.db.note_new_lists().await?;
    load::match_accounts(core, lab, id, notify).await?;
    core.db.note_new_lists().await?;
    let identifiers = Some(unmatched::count(core, lab, id).await?);
    let reading = Reading {
        identifiers,
        ..read.reading
    };
    finish(core, lab, id, actor, &reading).await?;
    Ok(id)
}

struct FinishedReading {
    sorted: SortedEntries,
    reading: Reading,
    /// Of the contents and of how they were understood.
    file: BlindIndex,
}

async fn read(
    core: &Core,
    lab: &LabId,
    list: List,
    mapping: Mapping,
    notify: Notify<'_>,
) -> Result<FinishedReading, LeakError> {
    let keys = Keys {
        identifiers: Indexer::new(&core.keyring, lab, "identifier"),
        pairs: PairDigester::new(&core.keyring, lab),
        files: Indexer::new(&core.keyring, lab, "leak-file"),
    };
    let (progress, mut seen) = watch::channel((0, 0));
    let work = tokio::task::spawn_blocking(move || {
        let read = list
            .open(&mapping)
            .map_err(LeakError::from)
            .and_then(|reader| keys.read(reader, &progress));
        stack::wipe();
        read
    });
    while seen.changed().await.is_ok() {
        let (done, of) = *seen.borrow_and_update();
        notify(Notice::Reading { done, of });
    }
    let broken = |error| LeakError::Spool(std::io::Error::other(error));
    work.await.map_err(broken)?
}

/// # Errors
/// It is not the file that the leak was read from, or it cannot be read.
pub(super) async fn check_file(
    core: &Core,
    lab: &LabId,
    leak: &Leak,
    list: List,
    mapping: Mapping,
) -> Result<(), LeakError> {
    let read = read(core, lab, list, mapping, &mut |_| {}).await?;
    let mut tx = core.db.begin_read().await?;
    let file = leaks::lookup_file(&mut tx, lab, leak.id).await?;
    tx.commit().await?;
    if file.as_deref() != Some(read.file.as_bytes()) {
        return Err(LeakError::OtherFile);
    }
    Ok(())
}

struct Keys {
    identifiers: Indexer,
    pairs: PairDigester,
    files: Indexer,
}

impl Keys {
    const SHOW_EVERY: u64 = 1 << 14;

    fn read(&self, mut reader: DumpReader, progress: &watch::Sender<(u64, u64)>) -> Result<FinishedReading, LeakError> {
        let mut spool = Spool::new();
        while let Some(row) = reader.next_row()? {
            self.keep(&row, &mut spool).map_err(LeakError::Spool)?;
            if reader.census().rows % Self::SHOW_EVERY == 1 {
                progress.send_replace(reader.progress());
            }
        }
        progress.send_replace(reader.progress());
        if reader.census().rows == 0 {
            return Err(LeakError::NothingRead(Box::new(reader.census().clone())));
        }
        Ok(FinishedReading {
            sorted: spool.sorted().map_err(LeakError::Spool)?,
            file: self.files.index(&[&reader.checkpoint().fingerprint]),
            reading: Reading {
                census: reader.census().clone(),
                damage: reader.damage(),
                understood: Interpretation::of(reader.inspection()),
                identifiers: None,
            },
        })
    }

    /// From here on there are only keyed digests.
    fn keep(&self, row: &Row, spool: &mut Spool) -> std::io::Result<()> {
        let index = self.identifiers.index(&[row.identifier.as_str()]);
        let origin = unmatched::origin(row);
        let Some(password) = &row.password else {
            return spool.push(Entry::new(&index, None, origin));
        };
        let mut push = |form: &str| spool.push(Entry::new(&index, Some(self.pairs.digest(&index, form)), origin));
        push(password.as_found())?;
        for form in password.other_forms() {
            push(&form)?;
        }
        Ok(())
    }
}

/// The same file, understood in the same way, is the same leak.
async fn number(
    core: &Core,
    lab: &LabId,
    new: &NewLeak<'_>,
    read: &FinishedReading,
    actor: &Actor,
) -> Result<(LeakId, LeakState), LeakError> {
    let mut tx = core.db.begin().await?;
    tx.begin_campaign(lab).await?;
    if let Some(known) = leaks::lookup_by_file(&mut tx, lab, &read.file).await? {
        return Ok((known.id, known.state));
    }
    let id = leaks::insert(&mut tx, lab, new).await?;
    let census = serde_json::to_string(&read.reading).unwrap_or_default();
    leaks::set_read(&mut tx, lab, id, &read.file, &census).await?;
    leaks::add_step(&mut tx, lab, id, new.state.as_str(), &actor.label(), core.now()).await?;
    tx.commit().await?;
    Ok((id, new.state))
}

async fn finish(core: &Core, lab: &LabId, id: LeakId, actor: &Actor, reading: &Reading) -> Result<(), LeakError> {
    let now = core.now();
    let (from, wanted) = (LeakState::Reading, Move::Draft);
    let to = from.after(wanted).ok_or(LeakError::NotNow { state: from, wanted })?;
    let mut tx = core.db.begin().await?;
    // Another process may have got here first: then it has reported this, too.
    if leaks::advance(&mut tx, lab, id, from, to, now).await? {
        leaks::set_census(&mut tx, lab, id, &serde_json::to_string(reading).unwrap_or_default()).await?;
        leaks::add_step(&mut tx, lab, id, to.as_str(), &actor.label(), now).await?;
        let read = usize::from(reading.understood.identifier_column.is_some())
            + usize::from(reading.understood.password_column.is_some());
        let event = Event::LeakRead {
            leak: id,
            rows: reading.census.rows,
            bad_rows: reading.census.bad_rows(),
            columns_dropped: reading.understood.columns.saturating_sub(read),
            input_kept: false,
        };
        audit::record(core, &mut tx, lab, actor, None, event).await?;
    }
    tx.commit().await?;
    Ok(())
}
