//! A real mail server, not ours, on a free port of this machine.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::programs;

/// Debian's own Python: packages of the system are for it alone.
const PYTHON: &str = "/usr/bin/python3";

pub struct MailServer {
    pub port: u16,
    pub folder: tempfile::TempDir,
    child: Child,
}

#[derive(Debug, serde::Deserialize)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    pub tls: bool,
    pub user: Option<String>,
    pub text: String,
}

impl MailServer {
    /// None where it is not installed (said aloud). `mode`: none, starttls, implicit, locked; `certificates`: the
    /// folder of `certificate.pem` and `key.pem`.
    pub fn start(mode: &str, certificates: &Path) -> Option<Self> {
        let probe = Command::new(PYTHON)
            .args(["-c", "import aiosmtpd"])
            .stderr(Stdio::null())
            .status();
        if !probe.is_ok_and(|status| status.success()) {
            programs::missing("aiosmtpd", "python3-aiosmtpd");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/support/smtp.py");
        let mut child = Command::new(PYTHON)
            .args(["-W", "ignore"])
            .arg(script)
            .arg(folder.path())
            .arg(mode)
            .args(["certificate.pem", "key.pem"].map(|name| certificates.join(name)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Some(Self {
            port: line.trim().parse().unwrap(),
            folder,
            child,
        })
    }

    /// What it took, in that order.
    pub fn mails(&self) -> Vec<Mail> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        let read = |file: &PathBuf| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        files.iter().map(read).collect()
    }

    /// Whom it was asked to take a mail for.
    pub fn tried(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.folder.path().join("tried")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
