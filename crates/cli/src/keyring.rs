//! `vestibule keyring …`

use std::path::PathBuf;

use serde_json::json;

use crate::args::{Keyring, KeyringFile};
use crate::{Done, Invocation, now, open};
use admin::{keyring_file, keyring_rotation};
use config::Problems;
use domain::operator::Role;
use kernel::entropy::SystemEntropy;

pub(super) async fn run(invocation: &Invocation, command: &Keyring) -> Result<Done, Problems> {
    match command {
        Keyring::New(of) => new(invocation, of),
        Keyring::Rotate => rotate(invocation).await,
        Keyring::Status(of) => status(invocation, of),
    }
}

fn file(invocation: &Invocation, of: &KeyringFile) -> Result<PathBuf, Problems> {
    match &of.file {
        Some(file) => Ok(file.clone()),
        None => Ok(invocation.load_config()?.keyring.file),
    }
}

fn new(invocation: &Invocation, of: &KeyringFile) -> Result<Done, Problems> {
    invocation.refuse_operator()?;
    let file = file(invocation, of)?;
    let keyring = keyring_file::create(&file, &SystemEntropy, now())?;
    let text = format!(
        "{}: key {}. Keep a copy apart from the database's backups: without it they cannot be read.",
        file.display(),
        keyring.current()
    );
    Ok(Done::new(
        text,
        json!({ "file": file, "key": keyring.current().to_string() }),
    ))
}

async fn rotate(invocation: &Invocation) -> Result<Done, Problems> {
    let core = open(invocation).await?;
    let actor = invocation.actor(&core, Role::Security, &[]).await?;
    let key = keyring_rotation::rotate(&core, &actor).await?;
    let file = &core.config.keyring.file;
    let text = format!(
        "{}: key {key} added. Copy this file to every server, then restart them: they seal older values again with the new key.",
        file.display()
    );
    Ok(Done::new(text, json!({ "file": file, "key": key.to_string() })))
}

fn status(invocation: &Invocation, of: &KeyringFile) -> Result<Done, Problems> {
    invocation.refuse_operator()?;
    let file = file(invocation, of)?;
    let keyring = keyring_file::read(&file)?;
    let current = keyring.current();
    let mut text = file.display().to_string();
    for (id, made) in keyring.ids() {
        let use_of = if id == current {
            "makes new values"
        } else {
            "opens older values"
        };
        text.push_str(&format!("\n{id}  {made}  {use_of}"));
    }
    let keys: Vec<_> = keyring
        .ids()
        .map(|(id, made)| json!({ "id": id.to_string(), "created": made.to_string(), "current": id == current }))
        .collect();
    Ok(Done::new(text, json!({ "file": file, "keys": keys })))
}
