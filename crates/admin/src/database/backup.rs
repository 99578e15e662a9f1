//! A copy of the database in one new file, taken while the server runs. It holds what the database holds: sealed
//! columns stay sealed, and without the keyring it is of no use.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::database::postgres;
use crate::files::Beside;
use crate::installation::Place;
use crate::{Problem, explain};
use domain::audit::{Actor, Event};
use service::{Core, audit};
use store::StoreFault;

/// Writes `file`, which must not exist, readable by its owner only; returns its size in bytes.
///
/// # Errors
/// The file exists, the disk is full, or the database does not answer; then there is no file.
pub async fn backup(core: &Core, file: &Path, actor: &Actor) -> Result<u64, Problem> {
    let place = Place::of(&core.config)?;
    if file.exists() {
        return Err(exists(file));
    }
    record_for_every_lab(core, actor, Event::DatabaseBackedUp)
        .await
        .map_err(|fault| explain(&fault, &place.shown))?;
    let (beside, opened) = Beside::create(file).map_err(|error| unwritable(file, &error))?;
    drop(opened);
    let copied = core.db.copy_sqlite_to(beside.path()).await;
    if !copied.map_err(|fault| explain(&fault, &format!("{} or {}", file.display(), place.shown)))? {
        postgres::dump(&place, beside.path()).await?;
    }
    let bytes = File::open(beside.path()).and_then(|copy| {
        copy.sync_all()?;
        copy.metadata().map(|metadata| metadata.len())
    });
    let bytes = bytes.map_err(|error| unwritable(file, &error))?;
    beside.publish().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(file),
        _ => unwritable(file, &error),
    })?;
    Ok(bytes)
}

/// An act on the whole installation is recorded in the trail of every lab.
pub async fn record_for_every_lab(core: &Core, actor: &Actor, event: Event) -> Result<(), StoreFault> {
    let mut tx = core.db.begin().await?;
    for lab in &core.config.labs {
        audit::record(core, &mut tx, &lab.id, actor, None, event.clone()).await?;
    }
    tx.commit().await
}

fn exists(file: &Path) -> Problem {
    let remedy = "give a new file: a backup never overwrites another";
    Problem::new(file.display().to_string(), "the file exists", remedy)
}

fn unwritable(file: &Path, error: &io::Error) -> Problem {
    let remedy = "give a file in a folder that this user can write to, with room for the whole database";
    Problem::new(
        file.display().to_string(),
        format!("it cannot be written: {error}"),
        remedy,
    )
}
