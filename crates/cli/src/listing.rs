//! A list for other hands, made once: CSV on standard output or in a new file that its owner alone reads, or JSON.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::{Done, problem};
use admin::files::Beside;
use config::Problems;

pub(super) struct Listing(Option<(PathBuf, Beside, File)>);

impl Listing {
    /// To be called before anything is made: a list that cannot be written would be lost.
    ///
    /// # Errors
    /// No such file can be made.
    pub(super) fn begin(out: Option<&Path>) -> Result<Self, Problems> {
        let Some(path) = out else { return Ok(Self(None)) };
        if path.exists() {
            return Err(unwritable(path, &io::ErrorKind::AlreadyExists.into()));
        }
        let (beside, file) = Beside::create(path).map_err(|error| unwritable(path, &error))?;
        Ok(Self(Some((path.to_owned(), beside, file))))
    }

    /// # Errors
    /// The file cannot be written.
    pub(super) fn end<const N: usize>(
        self,
        what: &str,
        columns: [&str; N],
        rows: &[[String; N]],
    ) -> Result<Done, Problems> {
        let object = |row: &[String; N]| {
            let fields = columns.iter().zip(row);
            fields
                .map(|(name, value)| ((*name).to_owned(), json!(value)))
                .collect::<serde_json::Value>()
        };
        let json = json!({ what: rows.iter().map(object).collect::<Vec<_>>() });
        let csv = csv(columns, rows);
        let Some((path, beside, mut file)) = self.0 else {
            return Ok(Done::new(csv.trim_end(), json));
        };
        let written = file.write_all(csv.as_bytes()).and_then(|()| file.sync_all());
        let written = written.and_then(|()| beside.publish());
        written.map_err(|error| unwritable(&path, &error))?;
        let text = format!("{} {what} in {}", rows.len(), path.display());
        Ok(Done::new(text, json))
    }
}

fn csv<const N: usize>(columns: [&str; N], rows: &[[String; N]]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(columns);
    for row in rows {
        let _ = writer.write_record(row);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn unwritable(path: &Path, error: &io::Error) -> Problems {
    let remedy = "name a file that does not exist yet, in a folder that this user can write to";
    problem(path.display().to_string(), error.to_string(), remedy)
}
