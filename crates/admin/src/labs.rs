//! The laboratories of the configuration and how many accounts each has.

use serde::Serialize;

use domain::account::AccountState;
use service::Core;
use store::StoreFault;
use store::account::accounts;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LabSummary {
    pub id: String,
    pub name: String,
    pub portal: String,
    pub sites: Vec<String>,
    pub waiting: i64,
    pub active: i64,
    pub disabled: i64,
}

pub async fn list(core: &Core) -> Result<Vec<LabSummary>, StoreFault> {
    let mut tx = core.db.begin_read().await?;
    let mut labs = Vec::with_capacity(core.config.labs.len());
    for lab in &core.config.labs {
        let counts = accounts::count_by_state(&mut tx, &lab.id).await?;
        let of = |state: AccountState| counts.iter().find(|(found, _)| *found == state).map_or(0, |(_, n)| *n);
        let sites = core.config.sites.iter().filter(|site| site.lab == lab.id);
        labs.push(LabSummary {
            id: lab.id.to_string(),
            name: lab.name.clone(),
            portal: lab.portal_origin(),
            sites: sites.map(|site| site.id.to_string()).collect(),
            waiting: of(AccountState::Waiting),
            active: of(AccountState::Active),
            disabled: of(AccountState::Disabled),
        });
    }
    Ok(labs)
}
