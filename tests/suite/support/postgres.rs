//! A PostgreSQL of the tests' own: one cluster per run, in a temporary directory, and one empty database per test.
//!
//! Nothing to set up: the programs of an installed PostgreSQL are found, and root drops to another user, since
//! PostgreSQL refuses to run as root. The cluster ends with the test program, however that ends: a shell waits on a
//! pipe that only this program holds open, then stops that one cluster and removes its directory.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::Connection;

use super::programs;

const PACKAGE: &str = "postgresql-15";

/// Speed over safety: no one will miss these databases after a power cut.
const SETTINGS: &str = "\
listen_addresses = ''
max_connections = 200
shared_buffers = 32MB
fsync = off
synchronous_commit = off
full_page_writes = off
log_min_messages = warning
timezone = 'UTC'
";

struct Cluster {
    directory: PathBuf,
    /// Its standard input is the pipe; never written to, closed by the end of this process.
    _watchdog: Child,
    databases: AtomicU32,
}

static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();

/// The URL of a new, empty database that the caller owns.
///
/// None where PostgreSQL is not installed (said aloud): the test then returns. In CI that fails.
pub async fn create_database() -> Option<String> {
    create_database_with(SETTINGS).await
}

/// As [`create_database`]; the first call decides about the cluster's settings.
pub async fn create_database_with(settings: &str) -> Option<String> {
    let Some(cluster) = CLUSTER.get_or_init(|| start(settings)) else {
        programs::missing("PostgreSQL (initdb, pg_ctl)", PACKAGE);
        return None;
    };
    let name = format!("vestibule_{}", cluster.databases.fetch_add(1, Ordering::Relaxed));
    let mut connection = sqlx::PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"));
    sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    Some(cluster.url(&name))
}

impl Cluster {
    fn url(&self, database: &str) -> String {
        format!(
            "postgres://vestibule@localhost/{database}?host={}",
            self.directory.display()
        )
    }
}

fn start(settings: &str) -> Option<Cluster> {
    let (initdb, pg_ctl) = (program("initdb")?, program("pg_ctl")?);
    let owner = owner();
    let directory = tempfile::Builder::new()
        .prefix("vestibule-pg-")
        .tempdir()
        .unwrap()
        .keep();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).unwrap();
    if let Some((uid, gid)) = owner {
        chown(&directory, Some(uid), Some(gid)).unwrap();
    }
    // Before the server, so that a failure from here on leaves nothing behind either.
    let watchdog = watch(&pg_ctl, &directory, owner);
    let data = directory.join("data");
    let options = [
        "--username=vestibule",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ];
    run(command(&initdb, owner).args(options).arg("-D").arg(&data), &directory);
    let socket = format!("unix_socket_directories = '{}'\n", directory.display());
    fs::write(data.join("postgresql.auto.conf"), format!("{settings}{socket}")).unwrap();
    run(
        command(&pg_ctl, owner)
            .args(["start", "-w", "-t", "60", "-D"])
            .arg(&data)
            .arg("-l")
            .arg(log(&directory)),
        &directory,
    );
    Some(Cluster {
        directory,
        _watchdog: watchdog,
        databases: AtomicU32::new(0),
    })
}

/// Stops the server by its data directory, never by name. Its own process group: Ctrl-C must not end it first.
fn watch(pg_ctl: &Path, directory: &Path, owner: Option<(u32, u32)>) -> Child {
    let script = r#"read -r _; "$0" stop -D "$1/data" -m immediate -w; rm -rf "$1""#;
    let mut shell = command(Path::new("/bin/sh"), owner);
    shell.arg("-c").arg(script).arg(pg_ctl).arg(directory);
    shell
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    shell.spawn().unwrap()
}

fn log(directory: &Path) -> PathBuf {
    directory.join("log")
}

fn command(program: &Path, owner: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir("/")
        .env_remove("PGDATA")
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    if let Some((uid, gid)) = owner {
        command.uid(uid).gid(gid);
    }
    command
}

/// Output goes to a file: a server that inherits a pipe would keep its reader waiting.
fn run(command: &mut Command, directory: &Path) {
    let output = directory.join("setup");
    let file = fs::OpenOptions::new().create(true).append(true).open(&output).unwrap();
    let status = command.stdout(file.try_clone().unwrap()).stderr(file).status().unwrap();
    let said = |file: &Path| fs::read_to_string(file).unwrap_or_default();
    assert!(
        status.success(),
        "{command:?}: {status}\n{}{}",
        said(&output),
        said(&log(directory))
    );
}

fn program(name: &str) -> Option<PathBuf> {
    let mut versions: Vec<_> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    versions
        .sort_by_key(|version| std::cmp::Reverse(version.file_name().to_string_lossy().parse::<u32>().unwrap_or(0)));
    let folders: Vec<_> = versions.into_iter().map(|version| version.path().join("bin")).collect();
    programs::find(name, &folders)
}

/// Whom root drops to: `postgres` if there is one, else `nobody`.
fn owner() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &str| {
        let fields: Vec<_> = users
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
            .find(|user| user[0] == name)?;
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    Some(
        find("postgres")
            .or_else(|| find("nobody"))
            .expect("a user named postgres or nobody, to run PostgreSQL as"),
    )
}

#[tokio::test]
async fn every_test_gets_an_empty_database_of_its_own() {
    let Some(one) = create_database().await else { return };
    let other = create_database().await.unwrap();
    assert_ne!(one, other);
    let mut connection = sqlx::PgConnection::connect(&one).await.unwrap();
    sqlx::raw_sql("CREATE TABLE t (n BIGINT); INSERT INTO t VALUES (7)")
        .execute(&mut connection)
        .await
        .unwrap();
    let (n,): (i64,) = sqlx::query_as("SELECT n FROM t WHERE n = $1")
        .bind(7_i64)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(n, 7);
    let mut connection = sqlx::PgConnection::connect(&other).await.unwrap();
    assert!(sqlx::raw_sql("SELECT n FROM t").execute(&mut connection).await.is_err());
}
