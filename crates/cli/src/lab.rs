//! `vestibule lab …`

use serde_json::json;

use crate::args::Lab;
use crate::{Done, Invocation, open, unwell};
use admin::labs;
use config::Problems;

pub(super) async fn run(invocation: &Invocation, Lab::List: &Lab) -> Result<Done, Problems> {
    invocation.refuse_operator()?;
    let core = open(invocation).await?;
    let labs = labs::list(&core).await.map_err(|fault| unwell(&fault))?;
    let said = |lab: &labs::LabSummary| {
        format!(
            "{}  {}  {}\n  {} active, {} waiting, {} disabled; sites: {}",
            lab.id,
            lab.name,
            lab.portal,
            lab.active,
            lab.waiting,
            lab.disabled,
            if lab.sites.is_empty() {
                "none".to_owned()
            } else {
                lab.sites.join(", ")
            },
        )
    };
    let text = labs.iter().map(said).collect::<Vec<_>>().join("\n");
    Ok(Done::new(text, json!({ "labs": labs })))
}
