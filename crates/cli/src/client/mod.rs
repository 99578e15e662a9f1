//! `vestibule client …`

mod args;
mod entry;

use serde_json::json;

use crate::{Done, Invocation, open, problem, unknown_lab, unwell};
use admin::clients::{self, Authority, ClientError, ClientView, Days, IssuedSecret, Rotation, ShownSecret};
use config::Problems;
use domain::client::PolicyProblem;
use domain::operator::Role;
use kernel::ids::{ClientId, LabId};
use service::Core;

pub use args::Client;
use args::Entry;
use entry::{Change, unfit};

pub(super) async fn run(invocation: &Invocation, command: &Client) -> Result<Done, Problems> {
    let core = open(invocation).await?;
    match command {
        Client::Add {
            id,
            lab,
            secret_days,
            entry,
        } => {
            let days = days(Days::of_secret(*secret_days))?;
            let policy = Change::of(entry)?.new_entry()?;
            let authority = authority(invocation, &core, lab).await?;
            let added = clients::add(&core, lab, id, policy, days, &authority).await;
            let secret = added.map_err(|error| explain(lab, id, Some(entry), error))?;
            added_text(&core, lab, id, secret.as_ref())
        }
        Client::List { lab } => {
            invocation.refuse_operator()?;
            let all = clients::list(&core, lab).await.map_err(|error| match error {
                ClientError::Store(fault) => unwell(&fault),
                _ => unknown_lab(lab),
            })?;
            Ok(listed(&all))
        }
        Client::Show { id, lab } => {
            invocation.refuse_operator()?;
            let found = clients::lookup(&core, lab, id).await;
            let found = found.map_err(|error| explain(lab, id, None, error))?;
            let json = json!(found);
            Ok(Done::new(format!("{json:#}"), json))
        }
        Client::Set { id, lab, entry } => set(invocation, &core, lab, id, entry).await,
        Client::Rotate {
            id,
            lab,
            overlap,
            secret_days,
        } => {
            let rotation = Rotation {
                overlap: days(Days::of_overlap(*overlap))?,
                valid: days(Days::of_secret(*secret_days))?,
            };
            let authority = authority(invocation, &core, lab).await?;
            let rotated = clients::rotate(&core, lab, id, rotation, &authority).await;
            let issued = rotated.map_err(|error| explain(lab, id, None, error))?;
            Ok(rotated_text(id, &issued))
        }
        Client::Disable { id, lab } => {
            let authority = authority(invocation, &core, lab).await?;
            let ended = clients::disable(&core, lab, id, &authority).await;
            let ended = ended.map_err(|error| explain(lab, id, None, error))?;
            let text = format!("{id}: disabled for good; {ended} grants ended");
            Ok(Done::new(text, json!({ "client_id": id, "grants_ended": ended })))
        }
    }
}

async fn set(
    invocation: &Invocation,
    core: &Core,
    lab: &LabId,
    id: &ClientId,
    entry: &Entry,
) -> Result<Done, Problems> {
    let change = Change::of(entry)?;
    let authority = authority(invocation, core, lab).await?;
    let change = |policy| change.applied_to(policy);
    let days = days(Days::of_secret(None))?;
    let updated = clients::update(core, lab, id, change, days, &authority).await;
    let updated = updated.map_err(|error| explain(lab, id, Some(entry), error))?;
    let mut text = match updated.fields.as_slice() {
        [] => format!("{id}: nothing to change"),
        fields => format!("{id}: changed {}", fields.join(", ")),
    };
    if let Some(secret) = &updated.secret {
        text.push_str(&format!("\n{}", secret_text(secret)));
    }
    let mut json = json!({ "client_id": id, "changed": updated.fields, "policy": updated.policy });
    tell_secret(&mut json, updated.secret.as_ref());
    Ok(Done::new(text, json))
}

async fn authority(invocation: &Invocation, core: &Core, lab: &LabId) -> Result<Authority, Problems> {
    let actor = invocation.actor(core, Role::Security, &[lab]).await?;
    Ok(Authority::whole(actor))
}

fn days(days: Result<Days, PolicyProblem>) -> Result<Days, Problems> {
    days.map_err(|problem| unfit(None, &[problem]))
}

fn added_text(core: &Core, lab: &LabId, id: &ClientId, secret: Option<&IssuedSecret>) -> Result<Done, Problems> {
    let lab = core.config.lab(lab).ok_or_else(|| unknown_lab(lab))?;
    let issuer = lab.portal_origin();
    let mut text = format!("issuer         {issuer}\nclient_id      {id}");
    if let Some(secret) = secret {
        text.push_str(&format!("\n{}", secret_text(secret)));
    }
    let mut json = json!({ "client_id": id, "issuer": issuer });
    tell_secret(&mut json, secret);
    Ok(Done::new(text, json))
}

fn rotated_text(id: &ClientId, issued: &IssuedSecret) -> Done {
    let text = format!(
        "client_id      {id}\n{}\nolder secrets work until {} at the latest",
        secret_text(issued),
        issued.older_until
    );
    let mut json = json!({ "client_id": id, "older_until": issued.older_until.to_string() });
    tell_secret(&mut json, Some(issued));
    Done::new(text, json)
}

fn secret_text(secret: &IssuedSecret) -> String {
    format!(
        "client_secret  {}\n               shown only once; it works until {}",
        secret.expose(),
        secret.expires_at
    )
}

fn tell_secret(json: &mut serde_json::Value, secret: Option<&IssuedSecret>) {
    if let (Some(secret), Some(fields)) = (secret, json.as_object_mut()) {
        fields.insert("client_secret".to_owned(), json!(secret.expose()));
        fields.insert(
            "client_secret_expires_at".to_owned(),
            json!(secret.expires_at.to_string()),
        );
    }
}

fn listed(all: &[ClientView]) -> Done {
    let said = |client: &ClientView| {
        let grants = json!(client.policy.grant_types);
        let grants = grants.as_array().into_iter().flatten();
        let grants: Vec<&str> = grants.filter_map(serde_json::Value::as_str).collect();
        let state = match (&client.disabled_at, client.secrets.as_slice()) {
            (Some(at), _) => format!("disabled since {at}"),
            (None, _) if !client.policy.authentication.has_secret() => "no secret".to_owned(),
            (None, []) => "no valid secret: vestibule client rotate".to_owned(),
            (None, secrets) => {
                let until: Vec<&str> = secrets
                    .iter()
                    .map(|ShownSecret { expires_at, .. }| expires_at.as_str())
                    .collect();
                format!("secrets until {}", until.join(" and "))
            }
        };
        format!(
            "{}  {}\n  {}  {}  scopes: {}\n  {state}",
            client.client_id,
            client.policy.name,
            client.policy.authentication.method(),
            grants.join(" "),
            client.policy.scopes,
        )
    };
    let text = match all {
        [] => "no clients yet: vestibule client add".to_owned(),
        all => all.iter().map(said).collect::<Vec<_>>().join("\n"),
    };
    Done::new(text, json!({ "clients": all }))
}

fn explain(lab: &LabId, id: &ClientId, entry: Option<&Entry>, error: ClientError) -> Problems {
    let what = error.to_string();
    let remedy = match error {
        ClientError::Store(fault) => return unwell(&fault),
        ClientError::Unfit(problems) => return unfit(entry, &problems),
        ClientError::UnknownLab(_) => return unknown_lab(lab),
        ClientError::Taken => "choose another name; vestibule client set changes this one",
        ClientError::Unknown => "vestibule client list --lab L",
        ClientError::Disabled => "add another client instead",
        ClientError::NoSecret => "vestibule client set ID --lab L --jwks FILE changes its keys",
        ClientError::TooManySecrets => "wait until one has expired, or end them with --overlap 0",
        ClientError::Beyond(_) => "ask someone who has these scopes",
    };
    problem(id.to_string(), what, remedy)
}
