//! `vestibule gate …`: for people who write a site's rules.

use serde_json::{Value, json};

use crate::args::{Gate, GateTest};
use crate::{Done, Invocation, open, problem, unwell};
use admin::patients::find_readable;
use config::site::SiteSection;
use config::{Config, Problems};
use domain::identifier::Identifier;
use gate::explain::{DescribedRequest, Explanation, explain, lint};
use gate::rules::Rules;
use gate::visitor::Visitor;
use kernel::clock::{Clock as _, SystemClock};
use kernel::ids::{AccountId, SessionId, SiteId};

pub(super) async fn run(invocation: &Invocation, command: &Gate) -> Result<Done, Problems> {
    match command {
        Gate::Lint { site } => {
            invocation.refuse_operator()?;
            lint_sites(&invocation.load_config()?, site.as_ref())
        }
        Gate::Test(question) => test(invocation, question).await,
    }
}

fn compile(site: &SiteSection) -> Result<Rules, Problems> {
    Rules::compile(site).map_err(|found| {
        let mut problems = Problems::default();
        for one in found {
            problems.add(one.place(), "the rule cannot be used", one.remedy);
        }
        problems
    })
}

fn lint_sites(config: &Config, only: Option<&SiteId>) -> Result<Done, Problems> {
    if let Some(only) = only.filter(|only| !config.sites.iter().any(|site| site.id == **only)) {
        return Err(problem(
            format!("--site {only}"),
            "there is no such site",
            "use the id of a [[site]]",
        ));
    }
    let mut text = Vec::new();
    let mut found: Vec<Value> = Vec::new();
    for site in config
        .sites
        .iter()
        .filter(|site| only.is_none_or(|only| *only == site.id))
    {
        for remark in lint(&compile(site)?) {
            let rule = remark
                .rule
                .map_or_else(String::new, |number| format!(", rule {number}"));
            text.push(format!("[[site]] {}{rule}: {}", site.id, remark.what));
            found.push(json!({ "site": site.id.as_str(), "rule": remark.rule, "what": remark.what }));
        }
    }
    text.push(format!("{} remarks", found.len()));
    Ok(Done {
        failed: !found.is_empty(),
        ..Done::new(text.join("\n"), json!({ "remarks": found }))
    })
}

async fn test(invocation: &Invocation, question: &GateTest) -> Result<Done, Problems> {
    let config = invocation.load_config()?;
    let sites = config.sites.iter();
    let asked = sites.filter_map(|site| Some((site, question.url.strip_prefix(&site.origin)?)));
    let found = asked.into_iter().find(|(_, target)| target.starts_with('/'));
    let Some((site, target)) = found else {
        let remedy = "write it as a browser asks for it: the origin of a [[site]], path and query";
        return Err(problem(&question.url, "the URL is no site's", remedy));
    };
    let rules = compile(site)?;
    let visitor = match &invocation.operator {
        Some(identifier) => Some(reader(invocation, site, identifier).await?),
        None => None,
    };
    let described = DescribedRequest {
        method: &question.method,
        target,
        body: question.body.as_deref(),
    };
    Ok(said(&explain(&rules, described, visitor.as_ref())))
}

/// The person with that identifier, as they would be at the gate.
async fn reader(invocation: &Invocation, site: &SiteSection, identifier: &str) -> Result<Visitor, Problems> {
    let unknown = || {
        problem(
            format!("--as {identifier}"),
            format!("nobody in lab {} has that identifier", site.lab),
            "use the identifier with which a patient signs in",
        )
    };
    let core = open(invocation).await?;
    let records = match Identifier::parse(identifier) {
        Some(identifier) => find_readable(&core, &site.lab, &identifier).await,
        None => Ok(None),
    };
    core.db.close().await;
    let records = records.map_err(|fault| unwell(&fault))?.ok_or_else(unknown)?;
    Ok(Visitor {
        session: SessionId::from_bytes([0; 16]),
        account: AccountId::from_bytes([0; 16]),
        subject: "".into(),
        records: records.into(),
        authenticated_at: SystemClock.now(),
        amr: [].into(),
    })
}

fn said(explanation: &Explanation<'_>) -> Done {
    let mut text: Vec<String> = Vec::new();
    let mut rules: Vec<Value> = Vec::new();
    for (index, (url, fit)) in explanation.rules.iter().enumerate() {
        text.push(format!("rule {}  {url}: {}", index + 1, fit.words()));
        rules.push(json!({ "url": url, "fit": fit.words() }));
    }
    let refused = explanation.outcome.as_ref().err().map(ToString::to_string);
    text.push(match &refused {
        None => "it passes".to_owned(),
        Some(why) => format!("it does not pass: {why}"),
    });
    Done::new(
        text.join("\n"),
        json!({ "passes": refused.is_none(), "refused": refused, "rules": rules }),
    )
}
