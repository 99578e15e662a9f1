//! `vestibule patient canary`

use std::io::Write;
use std::path::Path;

use serde_json::json;

use crate::admin::explain;
use crate::admin::files::Beside;
use crate::admin::patients::{self, Canary, CanaryError};
use crate::cli::patient::unknown_lab;
use crate::cli::{Done, Invocation, open, problem};
use crate::config::Problems;
use crate::kernel::ids::LabId;
use crate::store::accounts::Person;

pub(super) async fn make(
    invocation: &Invocation,
    lab: &LabId,
    count: u16,
    out: Option<&Path>,
) -> Result<Done, Problems> {
    let actor = invocation.actor()?;
    // Before anything is made: a list that cannot be written is lost.
    let file = match out {
        Some(path) => Some((path, Beside::create(path).map_err(|error| unwritable(path, &error))?)),
        None => None,
    };
    let core = open(invocation).await?;
    let made = patients::make_canaries(&core, lab, usize::from(count), &actor).await;
    core.db.close().await;
    let made = made.map_err(|error| match error {
        CanaryError::Store(fault) => Problems::from(explain(&fault, "database")),
        CanaryError::UnknownLab => unknown_lab(lab),
        CanaryError::NoPatients => problem(format!("--lab {lab}"), error.to_string(), "import its patients first"),
        CanaryError::NoRoom => problem("--count", error.to_string(), "ask for fewer"),
    })?;
    let json: Vec<_> = made.iter().map(as_json).collect();
    let json = json!({ "lab": lab, "canaries": json });
    let Some((path, (beside, mut file))) = file else {
        return Ok(Done::new(as_csv(&made).trim_end(), json));
    };
    let written = file.write_all(as_csv(&made).as_bytes()).and_then(|()| file.sync_all());
    written
        .and_then(|()| beside.publish())
        .map_err(|error| unwritable(path, &error))?;
    Ok(Done::new(
        format!("{} canaries in {}", made.len(), path.display()),
        json,
    ))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Problems {
    let remedy = "name a file that does not exist yet, in a folder that this user can write to";
    problem(path.display().to_string(), error.to_string(), remedy)
}

const CANARY_COLUMNS: [&str; 5] = ["identifier", "password", "birth_date", "given_name", "family_name"];

fn fields(canary: &Canary) -> [&str; 5] {
    let Person {
        identifier,
        birth_date,
        given_name,
        family_name,
        ..
    } = &canary.person;
    [identifier, &canary.password, birth_date, given_name, family_name]
}

fn as_json(canary: &Canary) -> serde_json::Value {
    CANARY_COLUMNS
        .into_iter()
        .zip(fields(canary))
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect()
}

fn as_csv(made: &[Canary]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(CANARY_COLUMNS);
    for canary in made {
        let _ = writer.write_record(fields(canary));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
