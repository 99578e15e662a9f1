//! Opens an installation: keyring, database, the bond between the two, and the hash pool.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::ExposeSecret;

use crate::{Problem, explain, files, keyring_file};
use config::Config;
use crypto::keyring::Keyring;
use crypto::password_hash::Cost;
use crypto::seal::Sealer;
use domain::audit::{Actor, Entry, Event};
use kernel::clock::SharedClock;
use kernel::entropy::SharedEntropy;
use kernel::ids::AuditEventId;
use machinery::admission::Admission;
use machinery::hashing::{HashPool, Tools};
use machinery::metrics::Metrics;
use machinery::visits::Visits;
use service::Core;
use service::known_passwords::KnownPasswords;
use service::provider::Providers;
use service::siege::{self, Sieges};
use service::signing_keys::SigningKeys;
use store::installation::keys_seen;
use store::{Db, StoreFault, audit};

/// Where, what, and what to do about it; never a secret.
pub type OpenError = Problem;

/// Reads the keyring, opens and migrates the database, makes sure that the two belong together, starts the hash pool.
///
/// # Errors
/// The first thing that keeps the installation from being used.
pub async fn open(config: Config, clock: SharedClock, entropy: SharedEntropy) -> Result<Core, OpenError> {
    let keyring = Arc::new(keyring_file::read(&config.keyring.file)?);
    let place = Place::of(&config)?;
    let db = open_database(&config, &place, IfAbsent::Create).await?;
    db.migrate().await.map_err(|fault| explain(&fault, &place.shown))?;
    bind_keyring(&config, &db, &keyring, &clock, &entropy, &place).await?;
    let metrics = Arc::new(Metrics::default());
    let tools = Tools {
        keyring: Arc::clone(&keyring),
        entropy: Arc::clone(&entropy),
        metrics: Arc::clone(&metrics),
        cost: Cost {
            memory_kib: config.password.memory_kib,
            iterations: config.password.iterations,
            parallelism: config.password.parallelism,
        },
    };
    let hashing = HashPool::start(tools, config.password.threads, config.password.queue_wait()).map_err(|error| {
        let remedy = "lower threads or memory_kib, or give the process more memory and threads";
        Problem::new("[password] memory_kib, threads", error.to_string(), remedy)
    })?;
    let core = Core {
        sealer: Sealer::new(Arc::clone(&keyring), Arc::clone(&entropy)),
        hashing: Arc::new(hashing),
        known_passwords: Arc::new(KnownPasswords::of(config.corpus.file.clone())),
        visits: Visits::default(),
        admission: Arc::new(Admission::new(config.server.strangers_at_once)),
        sieges: Arc::new(Sieges::of(&config)),
        detector: Arc::default(),
        providers: Arc::new(Providers::of(&config)),
        signing_keys: Arc::new(SigningKeys::of(&config)),
        config: Arc::new(config),
        clock,
        entropy,
        db,
        keyring,
        metrics,
    };
    siege::recall(&core)
        .await
        .map_err(|fault| explain(&fault, &place.shown))?;
    Ok(core)
}

/// A database's address: the one to connect with, and the one to show.
#[derive(Debug)]
pub struct Place {
    pub url: secrecy::SecretString,
    /// Without password and options.
    pub shown: String,
}

impl Place {
    /// # Errors
    /// The file that holds the URL cannot be read.
    pub fn of(config: &Config) -> Result<Self, Problem> {
        let url = config.database.url().map_err(|problems| {
            let first = problems.iter().next().cloned();
            first.unwrap_or_else(|| Problem::new("[database]", "the URL cannot be read", "set url or url_file"))
        })?;
        let shown = shown(url.expose_secret());
        Ok(Self { url, shown })
    }

    /// None for PostgreSQL.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let path = self.url.expose_secret().strip_prefix("sqlite:")?;
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
    }
}

fn shown(url: &str) -> String {
    if url.starts_with("sqlite:") {
        return format!("database {url}");
    }
    match url::Url::parse(url) {
        Ok(mut url) => {
            // Fails only for URLs that cannot have a password.
            let _ = url.set_password(None);
            url.set_query(None);
            format!("database {url}")
        }
        Err(_) => "[database] url".to_owned(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfAbsent {
    Create,
    Refuse,
}

/// # Errors
/// It is not there, locked, full, or not to be reached.
pub async fn open_database(config: &Config, place: &Place, absent: IfAbsent) -> Result<Db, Problem> {
    if let Some(file) = place.sqlite_file()
        && !file.exists()
    {
        if absent == IfAbsent::Refuse {
            let remedy = "run: vestibule db migrate";
            return Err(Problem::new(place.shown.clone(), "the database does not exist", remedy));
        }
        create_private(&file).map_err(|error| {
            let remedy = format!(
                "make the folder {}, writable by vestibule",
                files::folder(&file).display()
            );
            Problem::new(place.shown.clone(), format!("it cannot be made: {error}"), remedy)
        })?;
    }
    Db::open(place.url.expose_secret(), config.database.connections)
        .await
        .map_err(|fault| explain(&fault, &place.shown))
}

/// SQLite gives its log and index the rights of the file itself, so no other user can ever read any of them.
fn create_private(file: &Path) -> std::io::Result<()> {
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(files::PRIVATE)
        .open(file)
    {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        opened => opened.map(|_| ()),
    }
}

/// A database without a keyring takes this one and writes that down; one that has another is not touched.
async fn bind_keyring(
    config: &Config,
    db: &Db,
    keyring: &Keyring,
    clock: &SharedClock,
    entropy: &SharedEntropy,
    place: &Place,
) -> Result<(), Problem> {
    let fault = |fault: StoreFault| explain(&fault, &place.shown);
    let bond = bond(db).await.map_err(fault)?;
    if let Some(fingerprint) = &bond.fingerprint {
        check_bond(config, place, keyring, fingerprint, bond.newest_key.as_deref())?;
    }
    let current = keyring.current().to_string();
    if bond.fingerprint.is_some() && bond.newest_key.as_ref() == Some(&current) {
        return Ok(());
    }
    let mut tx = db.begin().await.map_err(fault)?;
    let adopted = keys_seen::adopt_keyring(&mut tx, &keyring.fingerprint())
        .await
        .map_err(fault)?;
    for lab in &config.labs {
        let event = match adopted {
            true => Event::KeyringAdopted,
            false => Event::KeyInUse { key: current.clone() },
        };
        let entry = Entry {
            actor: Actor::Vestibule,
            account: None,
            event,
        };
        let now = clock.now();
        let written = audit::insert(&mut tx, &lab.id, AuditEventId::at(now, &**entropy), &entry, now);
        written.await.map_err(fault)?;
    }
    keys_seen::set_newest_key(&mut tx, &current).await.map_err(fault)?;
    // Another start may have been faster, with another keyring.
    let fingerprint = keys_seen::keyring_fingerprint(&mut tx).await.map_err(fault)?;
    check_bond(config, place, keyring, &fingerprint.unwrap_or_default(), None)?;
    tx.commit().await.map_err(fault)
}

/// What a database remembers of its keyring.
#[derive(Debug)]
pub(super) struct Bond {
    pub fingerprint: Option<String>,
    pub newest_key: Option<String>,
}

pub(super) async fn bond(db: &Db) -> Result<Bond, StoreFault> {
    let mut tx = db.begin_read().await?;
    Ok(Bond {
        fingerprint: keys_seen::keyring_fingerprint(&mut tx).await?,
        newest_key: keys_seen::newest_key(&mut tx).await?,
    })
}

pub(super) fn check_bond(
    config: &Config,
    place: &Place,
    keyring: &Keyring,
    fingerprint: &str,
    newest_key: Option<&str>,
) -> Result<(), Problem> {
    let at = format!("[keyring] file {}", config.keyring.file.display());
    if fingerprint != keyring.fingerprint() {
        let what = format!("this keyring is not the one that {} was made with", place.shown);
        let remedy = "use the keyring that belongs to this database, or name the keyring's own database in [database]";
        return Err(Problem::new(at, what, remedy));
    }
    let holds = |name: &str| keyring.ids().any(|(id, _)| id.to_string() == name);
    match newest_key {
        Some(newest) if !holds(newest) => Err(Problem::new(
            at,
            format!(
                "this keyring is an older copy: {} is in use with key {newest}, which it lacks",
                place.shown
            ),
            "copy the most recently rotated keyring to this server",
        )),
        _ => Ok(()),
    }
}

/// Whether the database answers.
///
/// # Errors
/// It does not.
pub async fn answers(core: &Core) -> Result<(), StoreFault> {
    let mut tx = core.db.begin_read().await?;
    keys_seen::keyring_fingerprint(&mut tx).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r01_a_url_is_shown_without_its_password() {
        let place = shown("postgres://vestibule:s3cret@db.lab.example:5432/main?password=s3cret&sslmode=require");
        assert_eq!(place, "database postgres://vestibule@db.lab.example:5432/main");
        assert_eq!(shown("postgres://u:s3cret@[bad/"), "[database] url");
        assert_eq!(shown("sqlite:/var/lib/v.db"), "database sqlite:/var/lib/v.db");
    }
}
