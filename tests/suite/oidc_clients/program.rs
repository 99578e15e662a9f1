//! A relying party as a process of its own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::stand::{SCOPE, Stand};
use crate::support::relying_party::RelyingParty;

pub struct Program {
    child: Child,
    pub origin: String,
    log: PathBuf,
}

/// Where a relying party's program is.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/oidc_clients")
        .join(name)
}

/// What the programs of ours are told in a file; `more` goes on top.
pub fn settings(stand: &Stand, port: u16, client: &RelyingParty, more: &Value) -> PathBuf {
    let files = stand.app.directory.path();
    let mut settings = json!({
        "issuer": stand.app.portal,
        "client_id": client.id,
        "client_secret": client.secret,
        "scope": SCOPE,
        "port": port,
        "certificate": files.join("certificate.pem"),
        "key": files.join("key.pem"),
    });
    let more = more.as_object().unwrap().clone();
    settings.as_object_mut().unwrap().extend(more);
    let file = files.join(format!("{}.json", client.id));
    std::fs::write(&file, settings.to_string()).unwrap();
    file
}

impl Program {
    /// With nothing of our own environment but the path; ready once it takes connections.
    pub async fn start(mut command: Command, environment: &[(&str, &str)], port: u16, log: PathBuf) -> Self {
        let file = File::create(&log).unwrap();
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file);
        let mut program = Self {
            child: command.spawn().unwrap(),
            origin: format!("https://localhost:{port}"),
            log,
        };
        for _ in 0..600 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return program;
            }
            assert!(
                program.child.try_wait().unwrap().is_none(),
                "it ended: {}",
                program.log()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it does not listen: {}", program.log());
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub fn page(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl Drop for Program {
    /// By its own pid, and with time to stop what it started.
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        let _ = self.child.wait();
    }
}
