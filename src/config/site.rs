//! placeholder until the gate's own file lands
use crate::kernel::ids::{LabId, SiteId};
use serde::Deserialize;
use url::Url;
#[derive(Clone, Debug, Deserialize)]
pub struct Site {
    pub id: SiteId,
    pub lab: LabId,
    pub origin: Url,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub upstream_ca_file: Option<std::path::PathBuf>,
}
