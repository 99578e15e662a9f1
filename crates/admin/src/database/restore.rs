//! The way back from a backup. Everything is checked before anything is replaced: the file, the keyring it belongs to,
//! and that what it would replace is empty or meant to go.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::database::postgres;
use crate::database::record_for_every_lab;
use crate::database::status::is_sqlite;
use crate::files::{self, Beside};
use crate::installation::{self, IfAbsent, Place, check_bond, open_database};
use crate::{Problem, explain, keyring_file};
use config::Config;
use crypto::keyring::Keyring;
use domain::audit::{Actor, Event};
use kernel::clock::SharedClock;
use kernel::entropy::SharedEntropy;
use store::StoreFault;
use store::installation::keys_seen;
use store::installation::sqlite_file::{self, Offline};
use store::installation::trouble::Trouble;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restoration {
    /// Where the replaced SQLite database is now.
    pub kept: Option<PathBuf>,
}

/// `force`: what the database holds now is replaced.
///
/// # Errors
/// The file is damaged, not of this keyring or of a newer version; the database is in use or not empty; or it cannot be
/// written. The database is then as it was.
pub async fn restore(
    config: Config,
    file: &Path,
    force: bool,
    actor: &Actor,
    clock: SharedClock,
    entropy: SharedEntropy,
) -> Result<Restoration, Problem> {
    let keyring = keyring_file::read(&config.keyring.file)?;
    let place = Place::of(&config)?;
    if !file.is_file() {
        return Err(about(
            file,
            "the backup does not exist",
            "give a file made by vestibule db backup",
        ));
    }
    let kept = if is_sqlite(&place) {
        let target = place.sqlite_file().unwrap_or_default();
        into_sqlite(&config, &place, &keyring, file, &target, force).await?
    } else {
        into_postgres(&config, &place, &keyring, file, force).await?;
        None
    };
    let core = installation::open(config, clock, entropy).await?;
    let recorded = record_for_every_lab(&core, actor, Event::DatabaseRestored).await;
    recorded.map_err(|fault| explain(&fault, &place.shown))?;
    core.db.close().await;
    Ok(Restoration { kept })
}

async fn into_sqlite(
    config: &Config,
    place: &Place,
    keyring: &Keyring,
    file: &Path,
    target: &Path,
    force: bool,
) -> Result<Option<PathBuf>, Problem> {
    // What is checked is the copy, which no other process can change.
    let unwritable = |error: io::Error| {
        let remedy = "make room for a second copy beside the database, writable by this user";
        Problem::new(
            place.shown.clone(),
            format!("the backup cannot be copied beside it: {error}"),
            remedy,
        )
    };
    let (beside, mut copy) = Beside::create(target).map_err(unwritable)?;
    let mut source = File::open(file).map_err(|error| about(file, &error.to_string(), "make it readable"))?;
    io::copy(&mut source, &mut copy).map_err(unwritable)?;
    copy.sync_all().map_err(unwritable)?;
    files::own_like(&copy, target).map_err(unwritable)?;
    drop(copy);
    check_file(config, place, keyring, file, beside.path()).await?;
    let vacated = vacate(place, target, force).await?;
    beside.replace().map_err(unwritable)?;
    // Only now may others open the name again.
    if let Some(offline) = vacated.offline {
        let released = offline.release().await;
        released.map_err(|fault| explain(&fault, &place.shown))?;
    }
    Ok(vacated.kept)
}

async fn check_file(
    config: &Config,
    place: &Place,
    keyring: &Keyring,
    file: &Path,
    copy: &Path,
) -> Result<(), Problem> {
    let damaged = || {
        about(
            file,
            "the backup is damaged or not an SQLite database",
            "use another backup",
        )
    };
    let found = sqlite_file::inspect(copy)
        .await
        .map_err(|fault| match fault.trouble() {
            Trouble::Damaged => damaged(),
            _ => explain(&fault, &file.display().to_string()),
        })?;
    if !found.sound {
        return Err(damaged());
    }
    if found.newer {
        let remedy = "restore it with the version of vestibule that made it, or a newer one";
        return Err(about(file, "the backup was made by a newer version", remedy));
    }
    check_keyring(config, place, keyring, file, found.keyring_fingerprint)
}

fn check_keyring(
    config: &Config,
    place: &Place,
    keyring: &Keyring,
    file: &Path,
    fingerprint: Option<String>,
) -> Result<(), Problem> {
    let Some(fingerprint) = fingerprint else {
        let remedy = "give a file made by vestibule db backup";
        return Err(about(file, "it is not a backup made by vestibule", remedy));
    };
    let backup = Place {
        url: place.url.clone(),
        shown: format!("the backup {}", file.display()),
    };
    check_bond(config, &backup, keyring, &fingerprint, None)
}

#[derive(Default)]
struct ReplacedDatabase {
    kept: Option<PathBuf>,
    /// Keeps others out as long as it lives.
    offline: Option<Offline>,
}

/// Makes sure that the database is not in use and that nothing in it is lost unasked, then moves it aside.
async fn vacate(place: &Place, target: &Path, force: bool) -> Result<ReplacedDatabase, Problem> {
    if !target.exists() {
        return Ok(ReplacedDatabase::default());
    }
    match sqlite_file::take_offline(target).await {
        Ok(offline) => {
            if offline.accounts > 0 && !force {
                return Err(not_empty(place, offline.accounts));
            }
            Ok(ReplacedDatabase {
                kept: Some(move_aside(target)?),
                offline: Some(offline),
            })
        }
        Err(fault) => match fault.trouble() {
            Trouble::Busy => {
                let remedy = "stop every vestibule that uses it, then try again";
                Err(Problem::new(place.shown.clone(), "the database is in use", remedy))
            }
            Trouble::Damaged if force => Ok(ReplacedDatabase {
                kept: Some(move_aside(target)?),
                offline: None,
            }),
            Trouble::Damaged => {
                let remedy = "to replace it run the same command with --force; it is kept as .before-restore";
                Err(Problem::new(
                    place.shown.clone(),
                    "the database that would be replaced is damaged",
                    remedy,
                ))
            }
            _ => Err(explain(&fault, &place.shown)),
        },
    }
}

/// The database keeps its own name until the restored one takes it, so that there is always one. Log files that would
/// be read with the restored one go aside too.
fn move_aside(target: &Path) -> Result<PathBuf, Problem> {
    let named = |suffix: &str| {
        let mut name = target.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let kept = named(".before-restore");
    let problem = |error: io::Error| {
        let (what, remedy) = match error.kind() {
            io::ErrorKind::AlreadyExists => (
                "a database kept from an earlier restore is in the way".to_owned(),
                "move it away, then try again",
            ),
            _ => (error.to_string(), "make the database's folder writable by this user"),
        };
        Problem::new(kept.display().to_string(), what, remedy)
    };
    fs::hard_link(target, &kept).map_err(problem)?;
    for suffix in ["-wal", "-shm"] {
        let log = named(suffix);
        if log.exists() {
            fs::rename(&log, named(&format!(".before-restore{suffix}"))).map_err(problem)?;
        }
    }
    files::sync_folder(target).map_err(problem)?;
    Ok(kept)
}

async fn into_postgres(
    config: &Config,
    place: &Place,
    keyring: &Keyring,
    file: &Path,
    force: bool,
) -> Result<(), Problem> {
    let fingerprint = postgres::fingerprint_in(file).await?;
    check_keyring(config, place, keyring, file, fingerprint)?;
    let fault = |fault: StoreFault| explain(&fault, &place.shown);
    let db = open_database(config, place, IfAbsent::Refuse).await?;
    let (_, applied) = db.migration_status().await.map_err(fault)?;
    if applied > 0 && !force {
        let mut tx = db.begin_read().await.map_err(fault)?;
        let accounts = keys_seen::count_accounts(&mut tx).await.map_err(fault)?;
        if accounts > 0 {
            return Err(not_empty(place, accounts));
        }
    }
    db.close().await;
    postgres::load(place, file).await
}

fn not_empty(place: &Place, accounts: i64) -> Problem {
    Problem::new(
        place.shown.clone(),
        format!("the database holds {accounts} accounts"),
        "back it up first, then replace it with --force",
    )
}

fn about(file: &Path, what: &str, remedy: &str) -> Problem {
    Problem::new(file.display().to_string(), what, remedy)
}
