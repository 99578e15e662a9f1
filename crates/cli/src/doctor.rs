//! `vestibule doctor`: every check with its remedy; fails if one is a problem.

use serde_json::json;

use crate::{Done, Invocation};
use admin::doctor::{Check, Status, examine};
use config::Problems;
use config::site::SiteSection;
use gate::rules::Rules;
use kernel::clock::SystemClock;

pub(super) async fn run(invocation: &Invocation) -> Result<Done, Problems> {
    invocation.refuse_operator()?;
    let loaded = invocation.load_config();
    let rules = loaded
        .as_ref()
        .map(|config| config.sites.iter().map(gate_rules).collect::<Vec<_>>());
    let rules = rules.unwrap_or_default();
    let mut checks = examine(&invocation.config_file(), loaded, &SystemClock).await;
    checks.extend(rules.into_iter().flatten());
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

/// The gate compiles its rules when it starts; a mistake in one is better met here.
fn gate_rules(site: &SiteSection) -> Vec<Check> {
    let name = format!("gate rules of {}", site.id);
    match Rules::compile(site) {
        Ok(_) => vec![Check::ok(name, format!("{} rules", site.rules.len()))],
        Err(problems) => problems
            .iter()
            .map(|problem| Check::problem(name.clone(), problem.place(), problem.remedy.clone()))
            .collect(),
    }
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
