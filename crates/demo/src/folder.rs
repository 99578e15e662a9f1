//! The demo's folder: configuration, `demo.json`, and the list that leaked.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::DemoError;
use crate::people::{Character, State};
use config::Lab;

pub const CONFIG: &str = "vestibule.toml";
pub const KEYRING: &str = "keyring.toml";
const DATABASE: &str = "vestibule.db";
/// How a configuration of ours begins.
const MARK: &str = "# Written by `vestibule demo`";
const STORY: &str = "demo.json";
/// Where the desk finds lists.
const LISTS: &str = "lists";
pub const LEAK: &str = "lists/leaked-list.csv";

/// What `demo.json` tells: everything a visitor or a script needs, secrets of the demo included.
#[derive(Debug, Serialize, Deserialize)]
pub struct Story {
    pub portal: String,
    pub site: String,
    pub internal: String,
    pub ca_file: String,
    pub lab: String,
    pub accounts: Vec<Account>,
    pub lab_codes: Vec<LabCode>,
    /// None in a folder that an older version made.
    pub operator: Option<Operator>,
    /// None in a folder that an older version made.
    pub client: Option<Client>,
    pub leak_file: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Account {
    pub identifier: String,
    pub password: Option<String>,
    /// Base32.
    pub totp_secret: Option<String>,
    pub records: Vec<String>,
    pub state: State,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Operator {
    pub name: String,
    pub password: String,
    /// Base32.
    pub totp_secret: String,
}

/// A relying party.
#[derive(Debug, Serialize, Deserialize)]
pub struct Client {
    pub client_id: String,
    pub client_secret: String,
    pub redirect_uri: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct LabCode {
    pub code: String,
    pub record: String,
    /// `YYYY-MM-DD`
    pub birth_date: String,
}

impl Account {
    pub fn of(who: &Character) -> Self {
        Self {
            identifier: who.identifier.to_owned(),
            password: None,
            totp_secret: None,
            records: vec![who.record.to_owned()],
            state: who.state,
        }
    }
}

impl Story {
    pub fn of(lab: &Lab) -> Self {
        Self {
            portal: String::new(),
            site: String::new(),
            internal: String::new(),
            ca_file: String::new(),
            lab: lab.id.to_string(),
            accounts: Vec::new(),
            lab_codes: Vec::new(),
            operator: None,
            client: None,
            leak_file: String::new(),
        }
    }

    #[must_use]
    pub fn at_ports(mut self, public: u16, internal: u16) -> Self {
        self.portal = portal(public);
        self.site = site(public);
        self.internal = format!("http://127.0.0.1:{internal}");
        self
    }

    pub fn account(&self, state: State) -> Option<&Account> {
        self.accounts.iter().find(|account| account.state == state)
    }
}

pub fn portal(port: u16) -> String {
    format!("https://localhost:{port}")
}

pub fn site(port: u16) -> String {
    format!("https://results.localhost:{port}")
}

/// Makes the folder, and keeps away from one that holds something else.
pub fn prepare(dir: &Path) -> Result<(), DemoError> {
    let made = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir.join(LISTS));
    made.map_err(DemoError::in_folder(dir))?;
    let strangers = match fs::read_to_string(dir.join(CONFIG)) {
        Ok(config) => !config.starts_with(MARK),
        Err(_) => dir.join(DATABASE).exists(),
    };
    if strangers {
        let place = dir.display();
        return Err(DemoError::Problem(format!(
            "{place} holds another installation; name another folder with --dir"
        )));
    }
    Ok(())
}

pub fn write_config(dir: &Path, port: u16, internal: u16, upstream: &str) -> Result<(), DemoError> {
    let config = include_str!("vestibule.toml")
        .replace("{port}", &port.to_string())
        .replace("{internal}", &internal.to_string())
        .replace("{upstream}", upstream);
    write(&dir.join(CONFIG), config.as_bytes())
}

pub fn read_story(dir: &Path) -> Result<Option<Story>, DemoError> {
    let path = dir.join(STORY);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(DemoError::in_folder(&path)(error)),
    };
    let damaged = |error| DemoError::Problem(format!("{}: {error}; remove the folder to begin anew", path.display()));
    serde_json::from_str(&text).map(Some).map_err(damaged)
}

pub fn write_story(dir: &Path, story: &Story, authority: &Path) -> Result<(), DemoError> {
    let absolute = |path: &Path| fs::canonicalize(path).map_err(DemoError::in_folder(path));
    let leak = dir.join(LEAK);
    write(&leak, leaked_list(story).as_bytes())?;
    let mut told = serde_json::to_value(story).map_err(DemoError::problem)?;
    if let Some(fields) = told.as_object_mut() {
        fields.insert("ca_file".to_owned(), absolute(authority)?.display().to_string().into());
        fields.insert("leak_file".to_owned(), absolute(&leak)?.display().to_string().into());
    }
    let text = serde_json::to_string_pretty(&told).map_err(DemoError::problem)?;
    write(&dir.join(STORY), text.as_bytes())
}

/// A list such as circulates, of this laboratory's people alone: strangers would have to be accepted first.
fn leaked_list(story: &Story) -> String {
    let mut list = String::from("identifiant;motdepasse\r\n");
    for account in story.accounts.iter().filter(|account| account.state == State::Leaked) {
        let password = account.password.as_deref().unwrap_or_default();
        list.push_str(&format!("{};{password}\r\n", account.identifier));
    }
    list
}

/// Readable by the owner only; written beside and renamed, so that half a file is never read.
fn write(path: &Path, contents: &[u8]) -> Result<(), DemoError> {
    let beside = path.with_extension("new");
    let written = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut file| file.write_all(contents).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    written.map_err(DemoError::in_folder(path))
}
