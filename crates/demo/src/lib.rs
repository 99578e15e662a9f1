//! `vestibule demo`: the whole product on this machine, with a sample LIS, seeded accounts and a guided tour. Nothing to
//! install, nothing that leaves the machine.

mod application;
pub mod certificate;
mod folder;
pub mod lis;
mod people;
mod seed;
mod tour;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jsonwebtoken::jwk::JwkSet;

use admin::{installation, keyring_file};
use cli::output;
use config::Config;
use crypto::jose::{SigningKey, jwk_set};
use crypto::keyring::Purpose;
use kernel::clock::{Clock, SystemClock};
use kernel::entropy::SystemEntropy;
use server::{self, Running};
use service::Core;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Why the demo did not start, in a sentence with its remedy.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("{place}: {error}; check that the folder can be written, or name another with --dir")]
    Folder { place: PathBuf, error: std::io::Error },
    #[error("{0}")]
    Problem(String),
}

impl DemoError {
    fn in_folder(place: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let place = place.to_owned();
        move |error| Self::Folder { place, error }
    }

    fn problem(error: impl std::fmt::Display) -> Self {
        Self::Problem(error.to_string())
    }
}

/// A demo that is up.
#[derive(Debug)]
pub struct Demo {
    running: Running,
    lis: lis::Lis,
    core: Core,
    story: folder::Story,
}

/// Serves the demo until `stopped` is over; a second start in the same folder finds the same accounts.
///
/// # Errors
/// The folder cannot be written, or a port is taken.
pub async fn run(dir: &Path, port: u16, stopped: impl Future<Output = ()>) -> Result<(), DemoError> {
    let demo = start(dir, port).await?;
    output::line(&tour::text(dir, &demo.story, &demo.core));
    let codes = tour::codes_on_terminal(&demo.story, &demo.core);
    tokio::pin!(stopped, codes);
    tokio::select! {
        () = &mut stopped => {}
        () = &mut codes => {}
    }
    output::line("Stopping: requests under way are finished first.");
    demo.running.stop().await;
    demo.lis.stop().await;
    Ok(())
}

async fn start(dir: &Path, port: u16) -> Result<Demo, DemoError> {
    folder::prepare(dir)?;
    let now = SystemClock.now();
    let certificate = certificate::ensure(dir, now).map_err(DemoError::problem)?;
    let keyring_path = dir.join(folder::KEYRING);
    if !keyring_path.exists() {
        keyring_file::create(&keyring_path, &SystemEntropy, now).map_err(DemoError::problem)?;
    }
    let keyring = keyring_file::read(&keyring_path).map_err(DemoError::problem)?;
    let (_, seed) = keyring.current_key(Purpose::Assertion);
    let lis = start_lis(&seed, port).await?;
    let internal = free_port(port)?;
    folder::write_config(dir, port, internal, &lis.base_url())?;
    let story = match folder::read_story(dir)? {
        Some(story) => story,
        None => seed_and_close(dir).await?,
    };
    let story = story.at_ports(port, internal);
    folder::write_story(dir, &story, &certificate.authority)?;
    let core = open(dir).await?;
    let running = server::start(core.clone()).map_err(DemoError::problem)?;
    Ok(Demo {
        running,
        lis,
        core,
        story,
    })
}

async fn open(dir: &Path) -> Result<Core, DemoError> {
    let config = Config::load(&dir.join(folder::CONFIG)).map_err(DemoError::problem)?;
    let core = installation::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy)).await;
    core.map_err(DemoError::problem)
}

/// Closed again, so that the counters of the server begin at nothing.
async fn seed_and_close(dir: &Path) -> Result<folder::Story, DemoError> {
    let core = open(dir).await?;
    let story = seed::seed(&core).await;
    core.db.close().await;
    story
}

async fn start_lis(seed: &[u8; 32], port: u16) -> Result<lis::Lis, DemoError> {
    let key = SigningKey::derive(seed).map_err(DemoError::problem)?;
    let keys: JwkSet = serde_json::from_value(jwk_set([&key])).map_err(DemoError::problem)?;
    let settings = lis::Settings {
        address: SocketAddr::new(LOOPBACK, 0),
        patients: people::patients(),
        assertion_keys: Some(lis::AssertionKeys {
            keys,
            audience: Some(folder::site(port)),
        }),
        entropy: Arc::new(SystemEntropy),
    };
    lis::start(settings).await.map_err(DemoError::problem)
}

/// The port beside the public one, or any that is free.
fn free_port(public: u16) -> Result<u16, DemoError> {
    let wanted = public.checked_add(1).unwrap_or(0);
    let listener = TcpListener::bind((LOOPBACK, wanted)).or_else(|_| TcpListener::bind((LOOPBACK, 0)));
    let address = listener
        .and_then(|listener| listener.local_addr())
        .map_err(DemoError::problem)?;
    Ok(address.port())
}
