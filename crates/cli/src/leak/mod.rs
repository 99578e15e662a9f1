//! `vestibule leak …`

mod args;
mod letters;
mod report;
mod words;

use serde_json::json;

pub use args::{Import, Leak, Verify};

use crate::progress::Progress;
use crate::{Done, Invocation, open, open_with, unwell};
use config::Problems;
use domain::audit::Actor;
use domain::leak::LeakId;
use domain::operator::Role;
use kernel::ids::LabId;
use leak::campaign::{self, EffectStatus, LeakError, List, ListDescription, Notice, Share};
use service::act::Act;
use service::{Core, outbox};

pub(super) async fn run(invocation: &Invocation, command: &Leak) -> Result<Done, Problems> {
    match command {
        Leak::Import(options) => import(invocation, options).await,
        Leak::Verify(options) => verify(invocation, options).await,
        Leak::Status { id: None } => list(invocation).await,
        Leak::Status { id: Some(id) } => {
            let core = open(invocation).await?;
            let lab = lab(&core, *id).await?;
            overview(&core, &lab, *id, None).await
        }
        Leak::Report(options) => report::run(invocation, options).await,
        Leak::Letters(options) => letters::run(invocation, options).await,
        Leak::Approve { id } => decide(invocation, *id, Decision::Approve).await,
        Leak::Undo { id } => decide(invocation, *id, Decision::Undo).await,
        Leak::Close { id } => decide(invocation, *id, Decision::Close).await,
    }
}

fn failed(id: Option<LeakId>) -> impl Fn(LeakError) -> Problems {
    move |error| match error {
        LeakError::Store(fault) => unwell(&fault),
        error => error.problem(id).into(),
    }
}

async fn lab(core: &Core, id: LeakId) -> Result<LabId, Problems> {
    campaign::lab_of(core, id).await.map_err(failed(Some(id)))
}

async fn import(invocation: &Invocation, options: &Import) -> Result<Done, Problems> {
    let core = open(invocation).await?;
    let actor = invocation.actor(&core, Role::Security, &[&options.lab]).await?;
    let about = ListDescription {
        source: options.source.clone(),
        aware_at: options.aware,
        mapping: options.map.clone(),
    };
    let progress = Progress::of_steps(invocation.json);
    let mut notify = |notice| show(&progress, notice);
    let list = List::File(options.file.clone());
    let drafted = campaign::draft(&core, &options.lab, list, about, &actor, &mut notify).await;
    let drafted = drafted.inspect_err(|_| progress.end());
    let id = drafted.map_err(failed(None))?;
    let mut said = None;
    if options.apply {
        let applied = apply(&core, options, id, &actor, &mut notify).await;
        said = Some(applied.inspect_err(|_| progress.end()).map_err(failed(Some(id)))?);
    }
    progress.end();
    overview(&core, &options.lab, id, said).await
}

async fn apply(
    core: &Core,
    options: &Import,
    id: LeakId,
    actor: &Actor,
    notify: campaign::Notify<'_>,
) -> Result<EffectStatus, LeakError> {
    let lab = &options.lab;
    let applied = campaign::apply_accepting(core, lab, id, options.accept_unmatched, actor).await?;
    if applied == EffectStatus::InEffect {
        campaign::settle(core, lab, id, notify).await?;
    }
    Ok(applied)
}

#[derive(Clone, Copy)]
enum Decision {
    Approve,
    Undo,
    Close,
}

async fn decide(invocation: &Invocation, id: LeakId, decision: Decision) -> Result<Done, Problems> {
    let core = open(invocation).await?;
    let lab = lab(&core, id).await?;
    let actor = invocation.actor(&core, Role::Security, &[&lab]).await?;
    let done = match decision {
        Decision::Approve => match campaign::approve(&core, &lab, id, &actor).await {
            Ok(()) => {
                let progress = Progress::of_steps(invocation.json);
                let settled = campaign::settle(&core, &lab, id, &mut |notice| show(&progress, notice)).await;
                progress.end();
                settled
            }
            refused => refused,
        },
        Decision::Undo => campaign::undo(&core, &lab, id, &actor).await,
        Decision::Close => campaign::close(&core, &lab, id, &actor).await,
    };
    done.map_err(failed(Some(id)))?;
    overview(&core, &lab, id, None).await
}

async fn verify(invocation: &Invocation, options: &Verify) -> Result<Done, Problems> {
    // Threads that are started from here on inherit it: patients' sign-ins go first.
    let _ = rustix::process::nice(19);
    let threads = options.cores.ceil().max(1.0);
    let core = open_with(invocation, threads as usize).await?;
    let lab = lab(&core, options.id).await?;
    let actor = invocation.actor(&core, Role::Security, &[&lab]).await?;
    let share = Share {
        threads: threads as usize,
        of_each: options.cores / threads,
    };
    let progress = Progress::of_bytes(invocation.json);
    let mut notify = |notice| show(&progress, notice);
    let verified = campaign::verify(
        Act::of(&core, &lab, &actor),
        options.id,
        &options.file,
        share,
        &mut notify,
    )
    .await;
    progress.end();
    let verified = verified.map_err(failed(Some(options.id)))?;
    let text = format!(
        "leak {}: {} passwords checked, {} of them still open an account.",
        options.id, verified.checked, verified.confirmed
    );
    Ok(Done::new(text, json!({ "leak": options.id, "verified": verified })))
}

async fn list(invocation: &Invocation) -> Result<Done, Problems> {
    let core = open(invocation).await?;
    let (mut lines, mut all) = (Vec::new(), Vec::new());
    for lab in &core.config.labs {
        let leaks = campaign::find(&core, &lab.id).await;
        for leak in leaks.map_err(|fault| unwell(&fault))? {
            let (id, state, since) = (leak.id, leak.state.as_str(), leak.began_at);
            lines.push(format!("{id}  {}  {state}  since {since}  {}", lab.id, leak.source));
            all.push(json!({
                "leak": id, "lab": lab.id, "state": state, "began_at": since.to_string(), "source": leak.source,
            }));
        }
    }
    if lines.is_empty() {
        lines.push("There are no leaks.".to_owned());
    }
    Ok(Done::new(lines.join("\n"), json!({ "leaks": all })))
}

async fn overview(core: &Core, lab: &LabId, id: LeakId, applied: Option<EffectStatus>) -> Result<Done, Problems> {
    let overview = campaign::overview(core, lab, id).await;
    let overview = overview.map_err(|fault| unwell(&fault))?;
    let overview = overview.ok_or_else(|| failed(Some(id))(LeakError::UnknownLeak))?;
    let told = outbox::told(core, lab, id).await.map_err(|fault| unwell(&fault))?;
    let mut json = serde_json::to_value(&overview).unwrap_or_default();
    if let Some(object) = json.as_object_mut() {
        object.insert("told".to_owned(), json!(told));
    }
    Ok(Done::new(words::overview(&overview, &told, applied), json))
}

fn show(progress: &Progress, notice: Notice) {
    match notice {
        Notice::Numbered(_) => {}
        Notice::Reading { done, of } => progress.step("reading", done, of),
        Notice::Loading { done, of } => progress.step("storing digests", done, of),
        Notice::Matching { done, of } => progress.step("comparing with the accounts", done, of),
        Notice::Settling { done, of } => progress.step("recording the accounts", done, of),
    }
}
