//! `vestibule leak report`

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use serde_json::json;

use super::args::ReportOptions;
use super::letters::{begin, unwritable};
use super::{failed, lab};
use crate::{Done, Invocation, open};
use admin::files::write_new;
use config::Problems;
use domain::operator::Role;
use i18n::Language;
use kernel::ids::LabId;
use leak::letters::LettersError;
use leak::report::{self, Report, people};
use service::Core;

pub(super) async fn run(invocation: &Invocation, options: &ReportOptions) -> Result<Done, Problems> {
    let core = open(invocation).await?;
    let lab = lab(&core, options.id).await?;
    let report = report::build(&core, &lab, options.id, options.language).await;
    let report = report.map_err(failed(Some(options.id)))?;
    let mut text = said(&report);
    let mut json = serde_json::to_value(&report).unwrap_or_default();
    if let Some(out) = &options.out {
        let people = write(invocation, &core, &lab, options, &report, out).await?;
        text.push_str(&format!(
            "\n{people} people, the report and the drafts: {}",
            out.display()
        ));
        if let Some(object) = json.as_object_mut() {
            object.insert("out".to_owned(), json!(out));
            object.insert("people_written".to_owned(), json!(people));
        }
    }
    Ok(Done::new(text, json))
}

fn said(report: &Report) -> String {
    let mut lines = vec![report.title.clone(), String::new(), report.clock.text.clone()];
    lines.extend(report.remarks.iter().cloned());
    lines.push(String::new());
    lines.extend(
        report
            .figures
            .iter()
            .map(|figure| format!("{:>12}  {}", figure.count, figure.label)),
    );
    lines.push(String::new());
    lines.extend(
        report
            .timeline
            .iter()
            .map(|entry| format!("{}  {}  {}", entry.when, entry.what, entry.who)),
    );
    lines.extend([String::new(), report.draft.clone()]);
    lines.join("\n")
}

async fn write(
    invocation: &Invocation,
    core: &Core,
    lab: &LabId,
    options: &ReportOptions,
    report: &Report,
    out: &Path,
) -> Result<u64, Problems> {
    let actor = invocation.actor(core, Role::Security, &[lab]).await?;
    let id = options.id;
    let (people, people_file) = begin(&out.join("people.csv"))?;
    let (numbers, numbers_file) = begin(&out.join("prescribers.csv"))?;
    let lists = (BufWriter::new(&people_file), BufWriter::new(&numbers_file));
    let written = people::write(core, lab, id, &actor, lists.0, lists.1).await;
    let written = written.map_err(|error| match error {
        LettersError::Leak(error) => failed(Some(id))(error),
        LettersError::File(error) => unwritable(out, &error),
    })?;
    let keep = |name: &str, contents: &str| {
        let path = out.join(name);
        write_new(&path, contents.as_bytes()).map_err(|error| unwritable(&path, &error))
    };
    let page = report::page(report).map_err(|fault| failed(Some(id))(fault.into()))?;
    keep("report.html", &page)?;
    keep(
        "report.json",
        &format!("{:#}\n", serde_json::to_value(report).unwrap_or_default()),
    )?;
    keep("progress.svg", &report.chart)?;
    for language in Language::ALL {
        let code = language.code();
        let drafted = report::build(core, lab, id, language).await.map_err(failed(Some(id)))?;
        keep(&format!("notification-{code}.txt"), &drafted.draft)?;
        let letter = people::prescribers_letter(core, lab, id, language)
            .await
            .map_err(failed(Some(id)))?;
        keep(&format!("prescribers-letter-{code}.txt"), &letter)?;
    }
    let kept = people_file.sync_all().and_then(|()| File::sync_all(&numbers_file));
    let kept = kept.and_then(|()| people.publish()).and_then(|()| numbers.publish());
    kept.map_err(|error| unwritable(out, &error))?;
    Ok(written)
}
