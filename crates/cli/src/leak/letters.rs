//! `vestibule leak letters`

use std::io::BufWriter;
use std::path::Path;

use serde_json::json;

use super::args::Letters;
use super::{failed, lab};
use crate::progress::Progress;
use crate::{Done, Invocation, open, problem};
use admin::files::Beside;
use config::Problems;
use domain::operator::Role;
use leak::letters::{self, LettersError, Order, Wish};

pub(super) async fn run(invocation: &Invocation, options: &Letters) -> Result<Done, Problems> {
    let core = open(invocation).await?;
    let id = options.id;
    let lab = lab(&core, id).await?;
    let actor = invocation.actor(&core, Role::Security, &[&lab]).await?;
    let (csv, html) = (options.out.join("letters.csv"), options.out.join("letters.html"));
    let (table, table_file) = begin(&csv)?;
    let (pages, pages_file) = begin(&html)?;
    let order = Order {
        lab: &lab,
        leak: id,
        wish: Wish {
            everyone: options.all,
            again: options.again,
        },
        languages: options.language.list(),
        actor: &actor,
    };
    let progress = Progress::of_steps(invocation.json);
    let mut notify = |share| progress.step("writing letters", share, u64::from(u16::MAX));
    let outs = (BufWriter::new(&table_file), BufWriter::new(&pages_file));
    let written = letters::write(&core, &order, outs.0, outs.1, &mut notify).await;
    progress.end();
    let written = written.map_err(|error| match error {
        LettersError::Leak(error) => failed(Some(id))(error),
        LettersError::File(error) => unwritable(&options.out, &error),
    })?;
    let kept = table_file.sync_all().and_then(|()| pages_file.sync_all());
    let kept = kept.and_then(|()| table.publish()).and_then(|()| pages.publish());
    kept.map_err(|error| unwritable(&options.out, &error))?;
    letters::finish(&core, &order, &written)
        .await
        .map_err(failed(Some(id)))?;
    let text = format!(
        "{} letters, {} of them with a new lab code: {}, {}\nThey contain names and codes: print them, then delete them.",
        written.letters,
        written.lab_codes,
        csv.display(),
        html.display()
    );
    let json = json!({
        "leak": id, "letters": written.letters, "lab_codes": written.lab_codes, "files": [csv, html],
    });
    Ok(Done::new(text, json))
}

/// A file beside the one it becomes, which must not be there: what was posted is not overwritten.
pub(super) fn begin(path: &Path) -> Result<(Beside, std::fs::File), Problems> {
    if path.exists() {
        return Err(problem(
            path.display().to_string(),
            "it already exists",
            "give another folder as --out, or delete it if nothing from it was posted",
        ));
    }
    let made = std::fs::create_dir_all(path.parent().unwrap_or(path));
    made.and_then(|()| Beside::create(path))
        .map_err(|error| unwritable(path, &error))
}

pub(super) fn unwritable(path: &Path, error: &std::io::Error) -> Problems {
    let remedy = "give as --out a folder that this user can write to, with enough room";
    problem(path.display().to_string(), error.to_string(), remedy)
}
