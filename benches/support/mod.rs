//! What the load programs share: a private installation in a folder of its own, the server as a separate process, what
//! the kernel says of that process, and a client that costs little beside it.

#![allow(dead_code, reason = "each load program uses a part of it")]

pub mod client;
pub mod glewlwyd;
pub mod nginx;
pub mod process;
pub mod wrk;

use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use vestibule::admin::{installation, keyring_file};
use vestibule::config::Config;
use vestibule::crypto::totp::{Seed, Step};
use vestibule::demo::certificate;
use vestibule::domain::account::AccountState;
use vestibule::domain::identifier::Identifier;
use vestibule::domain::password::Password;
use vestibule::kernel::clock::{Clock, Stopwatch, SystemClock};
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::kernel::ids::AccountId;
use vestibule::service::Core;
use vestibule::store::account::accounts::Person;
use vestibule::store::account::records::Relation;
use vestibule::store::account::{accounts, authenticators, locked, passwords, records};

pub const PASSWORD: &str = "la cigogne repasse ses rideaux mauves";
pub const RECORD: &str = "102477";
pub const BIRTH_DATE: &str = "1944-05-12";
pub const WORKERS: usize = 2;
/// So that a load program may speak for many addresses.
const BEHIND_A_PROXY: &str = "trusted_proxies = [\"127.0.0.1/32\"]";

/// Certificate, keyring, configuration; removed when dropped.
pub struct Installation {
    folder: tempfile::TempDir,
    pub port: u16,
    pub internal: u16,
}

/// An account; once it is enrolled the password is [`PASSWORD`].
#[derive(Clone)]
pub struct Patient {
    pub account: AccountId,
    pub identifier: String,
    pub seed: Seed,
}

impl Patient {
    pub fn code(&self) -> String {
        self.seed.code(SystemClock.now())
    }

    /// Six digits that are right in no step near this moment.
    pub fn wrong_code(&self) -> String {
        let now = SystemClock.now();
        let near = [-60, -30, 0, 30, 60, 90].map(|seconds: i64| {
            let span = Duration::from_secs(seconds.unsigned_abs());
            let then = if seconds < 0 { now.minus(span) } else { now.plus(span) };
            self.seed.code(then)
        });
        let free = (0..10).map(|digit| digit.to_string().repeat(6));
        free.into_iter().find(|code| !near.contains(code)).unwrap()
    }
}

impl Installation {
    /// `extra`: lines of configuration for the sections of this run.
    pub fn prepare(extra: &str, upstream: u16) -> Self {
        Self::with_server_keys(BEHIND_A_PROXY, extra, upstream)
    }

    /// `keys`: lines of `[server]`.
    pub fn with_server_keys(keys: &str, extra: &str, upstream: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (port, internal) = (free_port(), free_port());
        certificate::ensure(folder.path(), SystemClock.now()).unwrap();
        keyring_file::create(&folder.path().join("keyring.toml"), &SystemEntropy, SystemClock.now()).unwrap();
        let text = config_text(port, internal, upstream, keys, extra);
        std::fs::write(folder.path().join("vestibule.toml"), text).unwrap();
        Self { folder, port, internal }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn config_file(&self) -> PathBuf {
        self.folder.path().join("vestibule.toml")
    }

    pub fn config(&self) -> Config {
        Config::load(&self.config_file()).unwrap()
    }

    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    pub fn portal_host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    pub fn site_host(&self) -> String {
        format!("results.localhost:{}", self.port)
    }

    /// The database and all that works on it, while no server runs.
    pub async fn open(&self) -> Core {
        let core = installation::open(self.config(), Arc::new(SystemClock), Arc::new(SystemEntropy));
        core.await.unwrap()
    }

    /// Puts active accounts into the database while no server runs.
    pub async fn seed(&self, count: usize) -> Vec<Patient> {
        let core = self.open().await;
        let patients = insert(&core, 0..count, AccountState::Active).await;
        core.db.close().await;
        patients
    }
}

/// Accounts with these numbers. Those that ever enrolled share one hash: it costs the same to check.
pub async fn insert(core: &Core, numbers: Range<usize>, state: AccountState) -> Vec<Patient> {
    let (lab, now) = (core.config.labs[0].id.clone(), core.now());
    let hash = core.hashing.make(Password::typed(PASSWORD).unwrap()).await.unwrap();
    let mut patients = Vec::with_capacity(numbers.len());
    let mut tx = core.db.begin().await.unwrap();
    for number in numbers {
        let identifier = format!("P-{}", 100_000 + number);
        let index = core.identifier_index(&lab, &Identifier::parse(&identifier).unwrap());
        let account = AccountId::generate(&*core.entropy);
        let person = Person {
            identifier: identifier.clone(),
            email: Some(format!("{identifier}@example.org")),
            birth_date: BIRTH_DATE.to_owned(),
            given_name: "Odette".to_owned(),
            family_name: "Lemaître".to_owned(),
            other_names: Vec::new(),
        };
        let seed = Seed::generate(&*core.entropy);
        let record = (102_477 + number).to_string();
        let record_index = core.record_index(&lab, &record);
        let holder = accounts::NewHolder {
            identifier: &index,
            person: &person,
            at: now,
        };
        let own = records::NewRecord {
            index: &record_index,
            record: &record,
            relation: &Relation::Own,
            at: now,
        };
        accounts::insert(&mut tx, &core.sealer, &lab, account, &holder)
            .await
            .unwrap();
        records::attach(&mut tx, &core.sealer, &lab, account, &own)
            .await
            .unwrap();
        if state != AccountState::Waiting {
            let mut holder = locked::lock(&mut tx, &lab, account).await.unwrap().unwrap();
            passwords::set(&mut holder, &hash, now).await.unwrap();
            authenticators::bind(&mut holder, &core.sealer, &seed, Step::from_number(0), now)
                .await
                .unwrap();
            holder.set_state(state, now).await.unwrap();
        }
        patients.push(Patient {
            account,
            identifier,
            seed,
        });
    }
    tx.commit().await.unwrap();
    patients
}

fn config_text(port: u16, internal: u16, upstream: u16, keys: &str, extra: &str) -> String {
    format!(
        r#"
[server]
listen = "127.0.0.1:{port}"
internal_listen = "127.0.0.1:{internal}"
workers = {WORKERS}
shutdown_seconds = 1
{keys}
[tls]
certificate_file = "certificate.pem"
key_file = "key.pem"
[database]
url = "sqlite:vestibule.db"
[keyring]
file = "keyring.toml"
{extra}
[[lab]]
id = "port"
name = "Laboratoire du Port"
portal = "https://localhost:{port}"
security_contact = "mailto:securite@laboratoire.example"
[[site]]
id = "results"
lab = "port"
origin = "https://results.localhost:{port}"
upstream = "http://127.0.0.1:{upstream}"
[[site.rule]]
url = "/aide.html"
requires = "public"
[[site.rule]]
url = "/dossiers/{{record}}/**"
requires = "record"
"#
    )
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// The `numerator`th hundredth of the sorted times.
pub fn percentile(times: &mut [Duration], hundredth: usize) -> Duration {
    times.sort_unstable();
    let index = (times.len() * hundredth).div_ceil(100).saturating_sub(1);
    times.get(index).copied().unwrap_or_default()
}

pub fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        return values[middle];
    }
    f64::midpoint(values[middle - 1], values[middle])
}

pub fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// Waits until `done`, at most 30 seconds.
pub fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let watch = Stopwatch::start();
    while !done() {
        assert!(watch.elapsed() < Duration::from_secs(30), "{what}: not within 30 s");
        std::thread::sleep(Duration::from_millis(20));
    }
}
