//! `vestibule patient …`

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::args::Patient;
use crate::progress::Progress;
use crate::{Done, Invocation, canary, correct, invite, open, open_with, problem, sheet, unknown_lab, unwell};
use admin::patients::{self, BadLine, ColumnMap, ImportReport, IssueError, Notice};
use config::Problems;
use domain::operator::Role;
use domain::record::RecordNumber;
use i18n::Language;
use kernel::ids::LabId;

/// Beyond these, bad lines are counted only: a wrong column makes every line one.
const SHOWN: usize = 100;
const LISTED: usize = 10_000;
/// The exit status where more lines were refused than an export has by chance.
const TOO_BAD: u8 = 3;

pub(super) async fn run(invocation: &Invocation, command: &Patient) -> Result<Done, Problems> {
    match command {
        Patient::Import {
            file,
            lab,
            map,
            date_order,
            legacy,
        } => {
            let map = map.clone().unwrap_or_default().with_date_order(*date_order);
            let map = match legacy.columns() {
                Some(legacy) => map.with_legacy(legacy),
                None => map,
            };
            import(invocation, file, lab, &map).await
        }
        Patient::Invite { lab, record, out } => invite::make(invocation, lab, record.as_ref(), out.as_deref()).await,
        Patient::Canary { lab, count, out } => canary::make(invocation, lab, *count, out.as_deref()).await,
        Patient::Conflicts { lab } => correct::list(invocation, lab).await,
        Patient::Record(command) => correct::run(invocation, command).await,
        Patient::Code { lab, record, language } => code(invocation, lab, record, *language).await,
    }
}

async fn import(invocation: &Invocation, file: &Path, lab: &LabId, map: &ColumnMap) -> Result<Done, Problems> {
    let core = if map.has_legacy() {
        // Threads that are started from here on inherit it: patients' sign-ins go first.
        let _ = rustix::process::nice(19);
        open_with(invocation, 0).await?
    } else {
        open(invocation).await?
    };
    let actor = invocation.actor(&core, Role::Desk, &[lab]).await?;
    let progress = Progress::of_bytes(invocation.json);
    let mut bad = Vec::new();
    let mut notify = |notice| match notice {
        Notice::Progress { bytes, of } => progress.at(bytes, of),
        Notice::Hashing { passwords, takes } => {
            if !invocation.json {
                progress.note(&estimate(passwords, takes));
            }
        }
        Notice::Bad(line) => {
            if !invocation.json && bad.len() < SHOWN {
                progress.note(&said(file, &line));
            }
            if bad.len() < LISTED {
                bad.push(line);
            }
        }
    };
    let imported = patients::import(&core, lab, file, map, &actor, &mut notify).await;
    progress.end();
    core.db.close().await;
    Ok(reported(&imported?, &bad))
}

fn estimate(passwords: u64, takes: Duration) -> String {
    let minutes = takes.as_secs().div_ceil(60);
    format!(
        "up to {passwords} passwords to wrap, about {} h {:02} min; if it is interrupted, the same command continues",
        minutes / 60,
        minutes % 60
    )
}

fn said(file: &Path, bad: &BadLine) -> String {
    match bad.field {
        Some(field) => format!("{}:{}: {field}: {}", file.display(), bad.line, bad.reason),
        None => format!("{}:{}: {}", file.display(), bad.line, bad.reason),
    }
}

fn reported(report: &ImportReport, bad: &[BadLine]) -> Done {
    let ImportReport {
        added,
        updated,
        unchanged,
        refused,
        columns_dropped,
        legacy,
    } = report;
    let mut text = format!(
        "{added} added, {updated} updated, {unchanged} unchanged, {refused} refused; {columns_dropped} columns dropped \
         unread"
    );
    if let Some(legacy) = legacy {
        text.push_str(&format!(
            "\npasswords of the LIS: {} wrapped, {} known, {} of enrolled patients, {} in leaked lists, {} not readable",
            legacy.wrapped, legacy.known, legacy.enrolled, legacy.listed, legacy.unreadable
        ));
    }
    let shown = u64::try_from(SHOWN).unwrap_or(u64::MAX);
    if *refused > shown {
        text.push_str(&format!(
            "\nthe first {shown} refused lines are named above; --json names {LISTED}"
        ));
    }
    let lines: Vec<_> = bad
        .iter()
        .map(|bad| {
            let field = bad.field.map(|field| field.name());
            json!({ "line": bad.line, "field": field, "reason": bad.reason.to_string() })
        })
        .collect();
    if report.is_too_bad() {
        text.push_str("\nmore than 5 % of the lines were refused: look at how the file is made (exit status 3)");
    }
    Done {
        code: report.is_too_bad().then_some(TOO_BAD),
        ..Done::new(
            text,
            json!({
                "added": added, "updated": updated, "unchanged": unchanged, "refused": refused,
                "columns_dropped": columns_dropped, "legacy": legacy, "refused_lines": lines,
                "more_than_5_percent_refused": report.is_too_bad(),
            }),
        )
    }
}

async fn code(
    invocation: &Invocation,
    lab: &LabId,
    record: &RecordNumber,
    language: Language,
) -> Result<Done, Problems> {
    let core = open(invocation).await?;
    let actor = invocation.actor(&core, Role::Desk, &[lab]).await?;
    let issued = patients::issue_lab_code(&core, lab, record, &actor)
        .await
        .map_err(|error| match error {
            IssueError::Store(fault) => unwell(&fault),
            IssueError::UnknownLab => unknown_lab(lab),
            IssueError::UnknownRecord => problem(
                "--record",
                error.to_string(),
                "check the number, exactly as the LIS writes it, and import the patient first",
            ),
            IssueError::Disabled => problem("--record", error.to_string(), "enable the account first"),
            IssueError::Disputed => problem(
                "--record",
                error.to_string(),
                "vestibule patient conflicts shows what it is",
            ),
        })?;
    let lab = core.config.lab(lab).ok_or_else(|| unknown_lab(lab))?;
    let json = json!({
        "lab": lab.id, "record": record.as_str(), "code": issued.code().as_str(),
        "expires_at": issued.expires_at.to_string(), "address": sheet::patient_address(lab), "checked_by": actor.label(),
    });
    Ok(Done::new(sheet::of_patient(lab, &issued, language)?, json))
}
