//! `vestibule operator …`

use std::collections::BTreeMap;

use serde_json::json;

use crate::args::Operator;
use crate::values::RoleOrNone;
use crate::{Done, Invocation, open, problem, sheet, unknown_lab, unwell};
use admin::lab_code::IssuedLabCode;
use admin::operators::{self, NewOperator, OperatorError, OperatorSummary};
use config::Problems;
use domain::operator::Role;
use i18n::Language;
use kernel::ids::{LabId, OperatorName};
use service::Core;

pub(super) async fn run(invocation: &Invocation, command: &Operator) -> Result<Done, Problems> {
    let core = open(invocation).await?;
    match command {
        Operator::Add {
            name,
            given_name,
            family_name,
            email,
            labs,
            role,
            language,
        } => {
            let new = NewOperator {
                name: name.clone(),
                given_name: given_name.clone(),
                family_name: family_name.clone(),
                email: email.clone(),
                roles: labs.iter().map(|lab| (lab.clone(), *role)).collect(),
            };
            add(invocation, &core, &new, *language).await
        }
        Operator::Code { name, language } => code(invocation, &core, name, *language).await,
        Operator::Role { name, lab, role } => set_role(invocation, &core, name, lab, *role).await,
        Operator::List => {
            invocation.refuse_operator()?;
            list(&core).await
        }
        Operator::Disable { name } => disable(invocation, &core, name).await,
    }
}

async fn add(invocation: &Invocation, core: &Core, new: &NewOperator, language: Language) -> Result<Done, Problems> {
    let labs: Vec<&LabId> = new.roles.keys().collect();
    let actor = invocation.actor(core, Role::Security, &labs).await?;
    let issued = operators::add(core, new, &actor).await;
    let issued = issued.map_err(|error| explain(&new.name, error))?;
    handed_over(core, &new.name, &new.roles, &issued, language)
}

async fn code(invocation: &Invocation, core: &Core, name: &OperatorName, language: Language) -> Result<Done, Problems> {
    let roles = summary(core, name).await?.roles;
    let labs: Vec<&LabId> = roles.keys().collect();
    let actor = invocation.actor(core, Role::Security, &labs).await?;
    let issued = operators::reissue(core, name, &actor).await;
    let issued = issued.map_err(|error| explain(name, error))?;
    handed_over(core, name, &roles, &issued, language)
}

fn handed_over(
    core: &Core,
    name: &OperatorName,
    roles: &BTreeMap<LabId, Role>,
    issued: &IssuedLabCode,
    language: Language,
) -> Result<Done, Problems> {
    let first = roles.keys().find_map(|lab| core.config.lab(lab));
    let text = match first {
        Some(lab) => sheet::of_operator(lab, issued, language)?,
        None => format!("{name}: code {}; they have no lab yet", *issued.code()),
    };
    let json = json!({
        "operator": name, "roles": roles, "code": issued.code().as_str(),
        "expires_at": issued.expires_at.to_string(), "address": first.map(sheet::operator_address),
    });
    Ok(Done::new(text, json))
}

async fn set_role(
    invocation: &Invocation,
    core: &Core,
    name: &OperatorName,
    lab: &LabId,
    RoleOrNone(role): RoleOrNone,
) -> Result<Done, Problems> {
    let actor = invocation.actor(core, Role::Security, &[lab]).await?;
    let set = operators::set_role(core, name, lab, role, &actor).await;
    set.map_err(|error| explain(name, error))?;
    let said = role.map_or("no role", Role::as_str);
    let text = format!("{name}: {said} in {lab}");
    Ok(Done::new(text, json!({ "operator": name, "lab": lab, "role": role })))
}

async fn disable(invocation: &Invocation, core: &Core, name: &OperatorName) -> Result<Done, Problems> {
    let roles = summary(core, name).await?.roles;
    let labs: Vec<&LabId> = roles.keys().collect();
    let actor = invocation.actor(core, Role::Security, &labs).await?;
    let disabled = operators::disable(core, name, &actor).await;
    disabled.map_err(|error| explain(name, error))?;
    let text = format!("{name}: disabled, and signed out everywhere");
    Ok(Done::new(text, json!({ "operator": name, "state": "disabled" })))
}

async fn list(core: &Core) -> Result<Done, Problems> {
    let all = operators::list(core).await.map_err(|fault| unwell(&fault))?;
    let said = |operator: &OperatorSummary| {
        let roles: Vec<String> = operator
            .roles
            .iter()
            .map(|(lab, role)| format!("{role} in {lab}"))
            .collect();
        format!(
            "{}  {} {}  {}  {}",
            operator.name,
            operator.given_name,
            operator.family_name,
            operator.state,
            if roles.is_empty() {
                "no role".to_owned()
            } else {
                roles.join(", ")
            },
        )
    };
    let text = match all.as_slice() {
        [] => "no operators yet: vestibule operator add".to_owned(),
        all => all.iter().map(said).collect::<Vec<_>>().join("\n"),
    };
    Ok(Done::new(text, json!({ "operators": all })))
}

async fn summary(core: &Core, name: &OperatorName) -> Result<OperatorSummary, Problems> {
    let all = operators::list(core).await.map_err(|fault| unwell(&fault))?;
    let found = all.into_iter().find(|operator| operator.name == name.as_str());
    found.ok_or_else(|| explain(name, OperatorError::Unknown))
}

fn explain(name: &OperatorName, error: OperatorError) -> Problems {
    let what = error.to_string();
    match error {
        OperatorError::Store(fault) => unwell(&fault),
        OperatorError::Fault(_) => problem(name.to_string(), what, "try again; if it happens again, report it"),
        OperatorError::UnknownLab(lab) => unknown_lab(&lab),
        OperatorError::NameTaken => problem(
            name.to_string(),
            what,
            "choose another name; vestibule operator role gives this one another lab",
        ),
        OperatorError::Unknown => problem(name.to_string(), what, "vestibule operator list"),
        OperatorError::Unfit { .. } => problem(name.to_string(), what, "write it as the person does"),
    }
}
