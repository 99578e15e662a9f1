//! A whole server on real sockets: TLS in front, the sample LIS behind, the clock in the test's hand.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use vestibule::admin::{installation, keyring_file};
use vestibule::config::Config;
use vestibule::demo::{certificate, lis};
use vestibule::kernel::clock::{Clock, ManualClock, SystemClock, Timestamp};
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::kernel::ids::LabId;
use vestibule::server::{self, Running};
use vestibule::service::Core;

use super::browser::Browser;

pub struct TestApp {
    pub core: Core,
    pub clock: Arc<ManualClock>,
    pub portal: String,
    pub site: String,
    pub directory: tempfile::TempDir,
    pub ca_file: std::path::PathBuf,
    running: Option<Running>,
    lis: Option<lis::Lis>,
}

/// What a test wants otherwise than usual, as lines of configuration.
#[derive(Default)]
pub struct Wish {
    pub database_url: Option<String>,
    pub extra: String,
    /// The role `security` takes a passkey.
    pub security_passkey: bool,
    /// Of `[server]`.
    pub server_keys: String,
    /// Of refusals; 200 by default.
    pub floor_ms: u64,
    pub site_keys: String,
    /// Of `[[lab]]`, and tables below it.
    pub lab_keys: String,
    /// Used instead of a new one, if something is prepared in it.
    pub directory: Option<tempfile::TempDir>,
    /// Instead of the sample LIS.
    pub upstream: Option<String>,
    /// Before the real time at the start.
    pub clock_behind: Duration,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::wishing(Wish::default()).await
    }

    pub async fn on(database_url: &str) -> Self {
        Self::wishing(Wish {
            database_url: Some(database_url.to_owned()),
            ..Wish::default()
        })
        .await
    }

    pub async fn wishing(mut wish: Wish) -> Self {
        let directory = wish.directory.take().unwrap_or_else(|| tempfile::tempdir().unwrap());
        let (config, ca_file, lis) = prepare(directory.path(), &wish).await;
        // Real certificates are dated by the real clock, so the test's clock begins there too.
        let clock = Arc::new(ManualClock::at(SystemClock.now().minus(wish.clock_behind)));
        let core = installation::open(config, Arc::clone(&clock) as _, Arc::new(SystemEntropy))
            .await
            .unwrap();
        let running = server::start(core.clone()).unwrap();
        let origin = |id: &str| match id {
            "portal" => core.config.labs[0].portal_origin(),
            _ => core.config.sites[0].origin.clone(),
        };
        Self {
            portal: origin("portal"),
            site: origin("site"),
            clock,
            directory,
            ca_file,
            running: Some(running),
            lis,
            core,
        }
    }

    pub fn lab(&self) -> LabId {
        self.core.config.labs[0].id.clone()
    }

    pub fn browser(&self) -> Browser {
        Browser::new(&self.ca_file, self.public_address())
    }

    pub fn public_address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().public
    }

    pub fn internal(&self) -> String {
        format!("http://{}", self.running.as_ref().unwrap().internal)
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// The same installation again, as after a restart of the process.
    pub async fn restart(&mut self) {
        self.restart_with(|_| {}).await;
    }

    pub async fn restart_with(&mut self, change: impl FnOnce(&mut Config)) {
        self.pause_with(change).await;
        self.running = Some(server::start(self.core.clone()).unwrap());
    }

    /// No listener and no job any more: what a test does with the core is all that happens.
    pub async fn pause(&mut self) {
        self.pause_with(|_| {}).await;
    }

    async fn pause_with(&mut self, change: impl FnOnce(&mut Config)) {
        self.running.take().unwrap().stop().await;
        let mut config = Config::clone(&self.core.config);
        change(&mut config);
        let clock = Arc::clone(&self.clock) as _;
        self.core = installation::open(config, clock, Arc::new(SystemEntropy))
            .await
            .unwrap();
    }

    pub async fn stop(mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
        if let Some(lis) = self.lis.take() {
            lis.stop().await;
        }
    }

    /// A counter or gauge of `/metrics`, by its whole name with labels.
    pub async fn metric(&self, name: &str) -> f64 {
        let mut response = awc::Client::new()
            .get(format!("{}/metrics", self.internal()))
            .send()
            .await
            .unwrap();
        let body = String::from_utf8(response.body().await.unwrap().to_vec()).unwrap();
        let line = body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0.0, |value| value.split(' ').next().unwrap().parse().unwrap())
    }
}

async fn prepare(directory: &Path, wish: &Wish) -> (Config, std::path::PathBuf, Option<lis::Lis>) {
    let files = certificate::ensure(directory, SystemClock.now()).unwrap();
    keyring_file::create(&directory.join("keyring.toml"), &SystemEntropy, SystemClock.now()).unwrap();
    let lis = match &wish.upstream {
        Some(_) => None,
        None => Some(
            lis::start(lis::Settings {
                address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                patients: Vec::new(),
                assertion_keys: None,
                entropy: Arc::new(SystemEntropy),
            })
            .await
            .unwrap(),
        ),
    };
    let upstream = wish
        .upstream
        .clone()
        .or_else(|| lis.as_ref().map(lis::Lis::base_url))
        .unwrap();
    let text = config_text(wish, &upstream);
    let file = directory.join("vestibule.toml");
    std::fs::write(&file, text).unwrap();
    (Config::load(&file).unwrap(), files.authority, lis)
}

fn config_text(wish: &Wish, upstream: &str) -> String {
    let (port, internal) = (free_port(), free_port());
    let url = wish.database_url.as_deref().unwrap_or("sqlite:vestibule.db");
    format!(
        r#"
[server]
listen = "127.0.0.1:{port}"
internal_listen = "127.0.0.1:{internal}"
workers = 2
shutdown_seconds = 1
{server_keys}
[tls]
certificate_file = "certificate.pem"
key_file = "key.pem"
[database]
url = "{url}"
[keyring]
file = "keyring.toml"
[password]
memory_kib = 12288
parallelism = 1
[sign_in]
refusal_floor_ms = {floor}
[operator]
security_passkey = "{security_passkey}"
{extra}
[[lab]]
id = "port"
name = "Laboratoire du Port"
portal = "https://localhost:{port}"
security_contact = "mailto:securite@laboratoire.example"
{lab_keys}
[[site]]
id = "results"
lab = "port"
origin = "https://results.localhost:{port}"
upstream = "{upstream}"
{site_keys}
[[site.rule]]
url = "/aide.html"
requires = "public"
[[site.rule]]
url = "/entetes"
requires = "session"
[[site.rule]]
url = "/dossiers/{{record}}/**"
requires = "record"
[[site.rule]]
url = "/imprimer.php?dossier={{record}}"
requires = "record"
"#,
        security_passkey = if wish.security_passkey { "required" } else { "offered" },
        extra = wish.extra,
        server_keys = wish.server_keys,
        floor = if wish.floor_ms == 0 { 200 } else { wish.floor_ms },
        site_keys = wish.site_keys,
        lab_keys = wish.lab_keys,
    )
}

pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
