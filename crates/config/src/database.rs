//! `[database]`: SQLite or PostgreSQL, by URL alone.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::Problems;

const SQLITE: &str = "sqlite:";

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH`, or a `postgres://` URL without a password in it.
    pub url: Option<SecretString>,
    /// A file that holds the URL, where it carries a password.
    pub url_file: Option<PathBuf>,
    #[serde(default = "default_connections")]
    pub connections: u32,
}

fn default_connections() -> u32 {
    8
}

impl Database {
    /// # Errors
    /// The URL file cannot be read.
    pub fn url(&self) -> Result<SecretString, Problems> {
        if let Some(url) = &self.url {
            return Ok(url.clone());
        }
        let path = self.url_file.clone().unwrap_or_default();
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(SecretString::from(text.trim())),
            Err(error) => Err(Problems::one(
                format!("[database] url_file {}", path.display()),
                error.to_string(),
                "make the file readable by the user that runs vestibule",
            )),
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if self.url.is_some() == self.url_file.is_some() {
            problems.add(
                "[database]",
                "exactly one of url and url_file is needed",
                "keep one of them",
            );
        }
        if self.connections == 0 {
            problems.add("[database] connections", "it is 0", "allow at least one connection");
        }
        if let Some(url) = &self.url {
            let url = url.expose_secret();
            let known = url.starts_with(SQLITE) || url.starts_with("postgres://") || url.starts_with("postgresql://");
            if !known {
                problems.add(
                    "[database] url",
                    "neither sqlite: nor postgres://",
                    "write sqlite:PATH or postgres://USER@HOST/NAME",
                );
            }
            if url::Url::parse(url).is_ok_and(|url| url.password().is_some()) {
                problems.add(
                    "[database] url",
                    "it holds a password",
                    "put the URL into a file that only vestibule can read and name it as url_file",
                );
            }
        }
    }
}

pub(super) fn resolve_sqlite_path(url: &mut SecretString, base: &Path) {
    if let Some(path) = url.expose_secret().strip_prefix(SQLITE) {
        let path = base.join(path.trim_start_matches("//"));
        *url = SecretString::from(format!("{SQLITE}{}", path.display()));
    }
}
