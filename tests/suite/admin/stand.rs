//! An installation without a server: configuration, keyring, database, clock in the test's hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use vestibule::admin::patients::{BadLine, ColumnMap, ImportReport, Notice, import};
use vestibule::admin::{Problem, installation, keyring_file};
use vestibule::config::Config;
use vestibule::domain::audit::Actor;
use vestibule::domain::record::RecordNumber;
use vestibule::kernel::clock::{Clock, ManualClock, SystemClock, Timestamp};
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::kernel::ids::LabId;
use vestibule::service::Core;
use vestibule::store::audit;

use crate::support::postgres;

pub struct Stand {
    pub folder: tempfile::TempDir,
    pub clock: Arc<ManualClock>,
    pub url: Option<String>,
}

pub const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

impl Stand {
    /// SQLite, in a folder of its own.
    pub fn sqlite() -> Self {
        Self::at(None)
    }

    /// Every database there is.
    pub async fn all() -> Vec<Self> {
        let mut all = vec![Self::sqlite()];
        all.extend(postgres::create_database().await.map(|url| Self::at(Some(url))));
        all
    }

    fn at(url: Option<String>) -> Self {
        let stand = Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(ManualClock::at(START)),
            url,
        };
        keyring_file::create(&stand.path("keyring"), &SystemEntropy, START).unwrap();
        stand.write_config("");
        stand
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write_config(&self, extra: &str) {
        let url = self.url.as_deref().unwrap_or("sqlite:vestibule.db");
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\ninternal_listen = \"127.0.0.1:0\"\n\
             [tls]\ncertificate_file = \"certificate.pem\"\nkey_file = \"key.pem\"\n\
             [database]\nurl = \"{url}\"\n[keyring]\nfile = \"keyring\"\n\
             [password]\nmemory_kib = 19456\niterations = 2\nparallelism = 1\nthreads = 1\n\
             [[lab]]\nid = \"port\"\nname = \"Laboratoire du Port\"\nportal = \"https://localhost\"\n\
             [[lab]]\nid = \"vallee\"\nname = \"Laboratoire de la Vallée\"\nportal = \"https://vallee.localhost\"\n{extra}"
        );
        std::fs::write(self.path("vestibule.toml"), text).unwrap();
    }

    pub fn config(&self) -> Config {
        Config::load(&self.path("vestibule.toml")).unwrap()
    }

    pub async fn try_open(&self) -> Result<Core, Problem> {
        installation::open(self.config(), Arc::clone(&self.clock) as _, Arc::new(SystemEntropy)).await
    }

    /// With the machine's own clock, as commands have it.
    pub async fn open_now(&self) -> Core {
        let opened = installation::open(self.config(), Arc::new(SystemClock), Arc::new(SystemEntropy)).await;
        opened.unwrap()
    }

    pub async fn open(&self) -> Core {
        self.try_open().await.unwrap()
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, contents).unwrap();
        path
    }
}

pub fn lab() -> LabId {
    "port".parse().unwrap()
}

pub fn actor() -> Actor {
    Actor::Machine {
        user: "claire".to_owned(),
    }
}

pub fn record(text: &str) -> RecordNumber {
    RecordNumber::parse(text).unwrap()
}

pub async fn import_file(core: &Core, file: &Path) -> (ImportReport, Vec<BadLine>) {
    import_mapped(core, file, &ColumnMap::default()).await.unwrap()
}

pub async fn import_mapped(core: &Core, file: &Path, map: &ColumnMap) -> Result<(ImportReport, Vec<BadLine>), Problem> {
    let mut bad = Vec::new();
    let mut notify = |notice| {
        if let Notice::Bad(line) = notice {
            bad.push(line);
        }
    };
    let report = import(core, &lab(), file, map, &actor(), &mut notify).await?;
    Ok((report, bad))
}

/// Kinds of a lab's events, in the alphabet's order: the clock does not move, so they all have the same time.
pub async fn events(core: &Core) -> Vec<String> {
    let mut tx = core.db.begin_read().await.unwrap();
    let found = audit::find_newest(&mut tx, &lab(), 100).await.unwrap();
    let mut kinds: Vec<_> = found.into_iter().map(|event| event.kind).collect();
    kinds.sort();
    kinds
}

pub const PATIENTS: &str = "record,identifier,email,birth_date,given_name,family_name\n\
    771234,P-1024 77,odette@example.org,1944-05-12,Odette,Lemaître\n\
    771235,P-2048,,1980-05-12,Jean,Martin\n";
