//! Whether the database can be reached, is up to date, can be written, has room, and belongs to the keyring.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::clock::References;
use super::{Check, alerts, clients, conflicts, operators, siege};
use crate::installation::{IfAbsent, Place, bond, check_bond, open_database};
use crate::{explain, files};
use config::Config;
use crypto::keyring::Keyring;
use kernel::clock::Timestamp;
use store::installation::keys_seen;
use store::{Db, StoreFault, audit};

const NAME: &str = "database";
const MIB: u64 = 1 << 20;

pub(super) async fn examine(
    config: &Config,
    keyring: Option<&Keyring>,
    references: &mut References,
    now: Timestamp,
) -> Vec<Check> {
    let place = match Place::of(config) {
        Ok(place) => place,
        Err(problem) => return vec![Check::of(NAME, problem)],
    };
    let db = match open_database(config, &place, IfAbsent::Refuse).await {
        Ok(db) => db,
        Err(problem) => return vec![Check::of(NAME, problem)],
    };
    let mut checks = vec![Check::ok(NAME, format!("{} at {}", db.name(), place.shown))];
    if let Some(file) = place.sqlite_file() {
        checks.extend(space(&file));
        checks.extend(rights(&file));
        references.not_before("the database file", modified(&file));
    }
    match inside(config, &db, &place, keyring, references, now).await {
        Ok(more) => checks.extend(more),
        Err(fault) => checks.push(Check::of(NAME, explain(&fault, &place.shown))),
    }
    db.close().await;
    checks
}

async fn inside(
    config: &Config,
    db: &Db,
    place: &Place,
    keyring: Option<&Keyring>,
    references: &mut References,
    now: Timestamp,
) -> Result<Vec<Check>, StoreFault> {
    if let Some(at) = db.server_time().await? {
        references.now("the database server", at);
    }
    let (names, applied) = db.migration_status().await?;
    if applied != names.len() {
        let what = format!("{applied} of {} migrations applied", names.len());
        let check = match applied > names.len() {
            true => Check::problem(
                "migrations",
                what,
                "run the version of vestibule that made the database",
            ),
            false => Check::warning("migrations", what, "run: vestibule db migrate (serve does it too)"),
        };
        if applied == 0 || applied > names.len() {
            return Ok(vec![check]);
        }
        return Ok(vec![check, writable(db).await?]);
    }
    let mut checks = vec![Check::ok("migrations", format!("all {applied} applied"))];
    checks.push(writable(db).await?);
    let bond = bond(db).await?;
    match (keyring, bond.fingerprint) {
        (Some(keyring), Some(fingerprint)) => {
            let belongs = check_bond(config, place, keyring, &fingerprint, bond.newest_key.as_deref());
            checks.push(match belongs {
                Ok(()) => Check::ok("keyring and database", "they belong together"),
                Err(problem) => Check::of("keyring and database", problem),
            });
        }
        (Some(_), None) => checks.push(Check::ok("keyring and database", "the first start will bind them")),
        (None, _) => {}
    }
    checks.push(operators::examine(config, db).await?);
    let mut tx = db.begin_read().await?;
    let mut newest = None;
    for lab in &config.labs {
        let events = audit::find_newest(&mut tx, &lab.id, 1).await?;
        newest = newest.max(events.first().map(|event| event.at));
    }
    references.not_before("the newest audit event", newest);
    checks.push(alerts::open(config, &mut tx).await?);
    checks.extend(clients::examine(config, &mut tx, now).await?);
    checks.extend(conflicts::examine(config, &mut tx).await?);
    drop(tx);
    checks.extend(siege::examine(config, db, now).await?);
    Ok(checks)
}

/// Writes and takes it back.
async fn writable(db: &Db) -> Result<Check, StoreFault> {
    let mut tx = db.begin().await?;
    keys_seen::probe_write(&mut tx).await?;
    drop(tx);
    Ok(Check::ok(
        "database writable",
        "a test write succeeded and was rolled back",
    ))
}

fn space(file: &Path) -> Option<Check> {
    let room = rustix::fs::statvfs(files::folder(file)).ok()?;
    let free = room.f_bavail.saturating_mul(room.f_frsize) / MIB;
    let what = format!("{free} MiB free for {}", file.display());
    let remedy = "free space or move the database: without room no one can sign in";
    Some(match free {
        0..64 => Check::problem("disk space", what, remedy),
        64..1024 => Check::warning("disk space", what, remedy),
        _ => Check::ok("disk space", what),
    })
}

fn rights(file: &Path) -> Option<Check> {
    let mode = std::fs::metadata(file).ok()?.mode() & 0o777;
    (mode & 0o007 != 0).then(|| {
        let what = format!(
            "{} is open to everyone on this machine (mode {mode:04o})",
            file.display()
        );
        Check::warning(
            "database rights",
            what,
            format!("run: chmod o= {0} {0}-wal {0}-shm", file.display()),
        )
    })
}

fn modified(file: &Path) -> Option<Timestamp> {
    Some(Timestamp::from_seconds(std::fs::metadata(file).ok()?.mtime()))
}
