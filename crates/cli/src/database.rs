//! `vestibule db …`

use std::path::Path;

use serde_json::json;

use crate::actor::machine_user;
use crate::args::Db;
use crate::{Done, Invocation, machine, open};
use admin::database;
use config::Problems;
use domain::operator::Role;

pub(super) async fn run(invocation: &Invocation, command: &Db) -> Result<Done, Problems> {
    match command {
        Db::Migrate => migrate(invocation).await,
        Db::Status => status(invocation).await,
        Db::Backup { file } => backup(invocation, file).await,
        Db::Restore { file, force } => restore(invocation, file, *force).await,
    }
}

async fn migrate(invocation: &Invocation) -> Result<Done, Problems> {
    invocation.refuse_operator()?;
    let ran = database::migrate(&invocation.load_config()?).await?;
    let text = match ran {
        0 => "the database is up to date".to_owned(),
        ran => format!("{ran} migrations applied"),
    };
    Ok(Done::new(text, json!({ "applied": ran })))
}

async fn status(invocation: &Invocation) -> Result<Done, Problems> {
    invocation.refuse_operator()?;
    let status = database::status(&invocation.load_config()?).await?;
    let text = format!(
        "{}\n{}, {} of {} migrations applied, {} accounts, {}",
        status.place,
        status.kind,
        status.applied,
        status.migrations.len(),
        status.accounts,
        if status.keyring_bound {
            "bound to a keyring"
        } else {
            "no keyring yet"
        },
    );
    Ok(Done::new(text, json!(status)))
}

async fn backup(invocation: &Invocation, file: &Path) -> Result<Done, Problems> {
    let core = open(invocation).await?;
    let actor = invocation.actor(&core, Role::Security, &[]).await?;
    let bytes = database::backup(&core, file, &actor).await?;
    let text = format!(
        "{}: {bytes} bytes. It does not contain the keyring: keep a copy of that in another place.",
        file.display()
    );
    Ok(Done::new(text, json!({ "file": file, "bytes": bytes })))
}

async fn restore(invocation: &Invocation, file: &Path, force: bool) -> Result<Done, Problems> {
    let actor = match &invocation.operator {
        None => machine_user(),
        // Operators are looked up in the database that is about to be replaced.
        Some(_) => {
            let core = open(invocation).await?;
            let actor = invocation.actor(&core, Role::Security, &[]).await;
            core.db.close().await;
            actor?
        }
    };
    let mut config = invocation.load_config()?;
    config.password.threads = 1;
    let (clock, entropy) = machine();
    let restored = database::restore(config, file, force, &actor, clock, entropy).await?;
    let text = match &restored.kept {
        Some(kept) => format!(
            "restored from {}; the previous database is {}",
            file.display(),
            kept.display()
        ),
        None => format!("restored from {}", file.display()),
    };
    Ok(Done::new(text, json!({ "file": file, "kept": restored.kept })))
}
