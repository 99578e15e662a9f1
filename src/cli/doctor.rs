//! `vestibule doctor`: every check with its remedy; fails if one is a problem.

use serde_json::json;

use crate::admin::doctor::{Check, Status, examine};
use crate::cli::{Done, Invocation};
use crate::config::Problems;
use crate::kernel::clock::SystemClock;

pub(super) async fn run(invocation: &Invocation) -> Result<Done, Problems> {
    invocation.refuse_operator()?;
    let checks = examine(&invocation.config_file(), invocation.load_config(), &SystemClock).await;
    let count = |status: Status| checks.iter().filter(|check| check.status == status).count();
    let (problems, warnings) = (count(Status::Problem), count(Status::Warning));
    let mut text: Vec<String> = checks.iter().map(said).collect();
    text.push(format!(
        "{} checks: {problems} problems, {warnings} warnings",
        checks.len()
    ));
    Ok(Done {
        failed: problems > 0,
        ..Done::new(
            text.join("\n"),
            json!({ "problems": problems, "warnings": warnings, "checks": checks }),
        )
    })
}

fn said(check: &Check) -> String {
    let mark = match check.status {
        Status::Ok => "ok     ",
        Status::Warning => "warning",
        Status::Problem => "PROBLEM",
    };
    let mut text = format!("{mark}  {}: {}", check.name, check.what);
    if let Some(remedy) = &check.remedy {
        text.push_str(&format!("\n         -> {remedy}"));
    }
    text
}
