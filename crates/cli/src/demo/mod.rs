//! `vestibule demo`, whose list of nobody is made here; the rest of it is started by the program itself.

mod args;

use serde_json::json;

pub use args::{Demo, DemoCommand, Dump};

use crate::progress::Progress;
use crate::{Done, Invocation, problem};
use config::Problems;
use leak::dump::generate::{GenerateError, Options, generate};

pub(super) fn dump(invocation: &Invocation, dump: &Dump) -> Result<Done, Problems> {
    invocation.refuse_operator()?;
    let options = Options {
        rows: dump.rows,
        fields: dump.fields,
        seed: dump.seed,
        layout: dump.format,
        encoding: dump.encoding,
        packing: dump.compress,
        match_percent: dump.match_percent,
        accounts: dump.match_accounts.clone(),
    };
    let progress = Progress::of_rows(invocation.json);
    let made = generate(&options, &dump.out, &mut |row| progress.at(row, options.rows));
    progress.end();
    made.map_err(|error| {
        let remedy = match error {
            GenerateError::File { .. } => "check that the folder is there, and that there is room",
            GenerateError::Columns => "choose another number with --fields",
            GenerateError::Percent => "choose another number with --match-percent",
        };
        problem("demo dump", error.to_string(), remedy)
    })?;
    let text = format!("{}: {} rows. Nobody in it exists.", dump.out.display(), options.rows);
    Ok(Done::new(
        text,
        json!({ "file": dump.out, "rows": options.rows, "seed": options.seed }),
    ))
}
