//! `vestibule corpus …`

use std::path::Path;

use jiff::tz::Offset;
use serde_json::json;

use crate::args::{BuildCorpus, Corpus};
use crate::progress::Progress;
use crate::{Done, Invocation, hidden, now, problem};
use ::corpus::build::Order;
use admin::corpus::{self, Summary};
use config::Problems;

pub(super) fn run(invocation: &Invocation, command: &Corpus) -> Result<Done, Problems> {
    invocation.refuse_operator()?;
    match command {
        Corpus::Build(wanted) => build(invocation, wanted),
        Corpus::Info { file } => {
            let summary = corpus::info(file)?;
            Ok(Done::new(said(file, &summary), json!(summary)))
        }
        Corpus::Check { file } => check(invocation, file),
        Corpus::Probe { file } => probe(file),
    }
}

fn build(invocation: &Invocation, wanted: &BuildCorpus) -> Result<Done, Problems> {
    let progress = Progress::of_bytes(invocation.json);
    let today = Offset::UTC.to_datetime(now().civil()).date();
    let names = wanted.inputs.iter().filter_map(|path| path.file_name());
    let names: Vec<_> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    let order = Order {
        inputs: wanted.inputs.clone(),
        out: wanted.out.clone(),
        algorithm: wanted.algorithm,
        min_count: wanted.min_count,
        count: wanted.count,
        words: wanted.words,
        partial: wanted.partial,
        source: wanted.source.clone().unwrap_or_else(|| names.join(", ")),
        date: wanted.date.unwrap_or(today),
    };
    let built = corpus::build(&order, &mut |at| progress.at(at.done, at.of));
    progress.end();
    let report = built?;
    let mut text = said(&wanted.out, &report.summary);
    if report.lines_skipped > 0 {
        text.push_str(&format!(
            "\n{} lines were too long for a password and left out",
            report.lines_skipped
        ));
    }
    if report.shards_resumed > 0 {
        let of = report.summary.shards;
        text.push_str(&format!(
            "\ncontinued an earlier build after shard {} of {of}",
            report.shards_resumed
        ));
    }
    Ok(Done::new(text, json!(report)))
}

fn probe(file: &Path) -> Result<Done, Problems> {
    let asked = hidden::ask("password: ");
    let password =
        asked.map_err(|error| problem("standard input", error.to_string(), "give the password on one line"))?;
    let times = corpus::probe(file, &password)?;
    let text = match times {
        Some(times) => format!("known: seen {times} times"),
        None => "not known".to_owned(),
    };
    Ok(Done::new(text, json!({ "known": times.is_some(), "times": times })))
}

fn check(invocation: &Invocation, file: &Path) -> Result<Done, Problems> {
    let progress = Progress::of_bytes(invocation.json);
    let checked = corpus::check(file, &mut |done, of| progress.at(done, of));
    progress.end();
    let summary = checked?;
    let text = format!("{}\nevery byte matches its checksum", said(file, &summary));
    Ok(Done::new(text, json!(summary)))
}

fn said(file: &Path, summary: &Summary) -> String {
    let Summary {
        passwords,
        algorithm,
        date,
        source,
        bytes,
        bits_per_password,
        min_count,
        ..
    } = summary;
    format!(
        "{}: {passwords} passwords ({algorithm}), seen at least {min_count} times, as of {date}, from {source}\n{bytes} \
         bytes, {bits_per_password:.2} bits a password",
        file.display()
    )
}
