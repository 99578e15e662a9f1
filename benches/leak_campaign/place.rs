//! Where a campaign runs: an installation, and a database that can be copied.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use sqlx::Connection as _;
use vestibule::admin::installation;
use vestibule::kernel::clock::SystemClock;
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::service::Core;

use super::STEP;
use super::support::Installation;

/// As Debian ships it, but for the socket: what is committed is on disk.
const POSTGRES: &str = "listen_addresses = ''\nlog_min_messages = warning\ntimezone = 'UTC'\n";

/// The smallest hash pool there may be, so that its memory is not what is measured.
const CONFIG: &str = "[password]\nmemory_kib = 19456\niterations = 2\nparallelism = 1\nthreads = 1\n\
    [leak]\napproval = \"one-person\"";

pub struct Place {
    installation: Arc<Installation>,
    url: String,
    postgres: bool,
}

impl Place {
    /// None where PostgreSQL is wanted and not installed.
    pub async fn prepare(postgres: bool) -> Option<Self> {
        let installation = Arc::new(Installation::prepare(CONFIG, 9));
        let url = if postgres {
            super::postgres::create_database_with(POSTGRES).await?
        } else {
            format!("sqlite:{}", installation.folder().join("filled.db").display())
        };
        Some(Self {
            installation,
            url,
            postgres,
        })
    }

    pub fn folder(&self) -> &Path {
        self.installation.folder()
    }

    /// A program that works on this database.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("VESTIBULE_CONFIG", self.installation.config_file())
            .env("VESTIBULE__DATABASE__URL", &self.url);
        command
    }

    /// What one step says, done in a process of its own.
    pub fn step(&self, step: &str, list: &Path) -> String {
        let mut command = self.command(std::env::current_exe().unwrap().to_str().unwrap());
        command.env(STEP, step).env("LEAK_BENCH_LIST", list);
        let output = command.stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "{step}: {}", output.status);
        String::from_utf8(output.stdout).unwrap()
    }

    pub async fn copy(&self, name: &str) -> Self {
        let url = if self.postgres {
            let (_, database, _) = self.parts();
            let sql = format!("CREATE DATABASE {name} TEMPLATE {database} STRATEGY FILE_COPY");
            self.administer(&sql).await;
            self.url_of(name)
        } else {
            let copy = self.folder().join(format!("{name}.db"));
            std::fs::copy(file(&self.url), &copy).unwrap();
            format!("sqlite:{}", copy.display())
        };
        Self {
            installation: Arc::clone(&self.installation),
            url,
            postgres: self.postgres,
        }
    }

    pub async fn remove(self) {
        if self.postgres {
            let (_, database, _) = self.parts();
            self.administer(&format!("DROP DATABASE {database} WITH (FORCE)")).await;
            return;
        }
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", file(&self.url).display()));
        }
    }

    /// Server, database and options of PostgreSQL's URL.
    fn parts(&self) -> (&str, &str, &str) {
        let (path, options) = self.url.split_once('?').unwrap();
        let (server, database) = path.rsplit_once('/').unwrap();
        (server, database, options)
    }

    fn url_of(&self, database: &str) -> String {
        let (server, _, options) = self.parts();
        format!("{server}/{database}?{options}")
    }

    async fn administer(&self, sql: &str) {
        let mut connection = sqlx::PgConnection::connect(&self.url_of("postgres")).await.unwrap();
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

fn file(url: &str) -> PathBuf {
    PathBuf::from(url.strip_prefix("sqlite:").unwrap())
}

/// The database that this process was given.
pub async fn open() -> Core {
    let config = std::env::var_os("VESTIBULE_CONFIG").unwrap();
    let config = vestibule::config::Config::load(Path::new(&config)).unwrap();
    let core = installation::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy));
    core.await.unwrap()
}

pub fn list() -> PathBuf {
    PathBuf::from(std::env::var_os("LEAK_BENCH_LIST").unwrap())
}
