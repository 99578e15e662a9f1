//! The keys in memory, lab by lab.

use std::collections::HashMap;

use arc_swap::ArcSwapOption;

use super::known::KnownKeys;
use crate::Fault;
use config::Config;
use domain::signing_key::Schedule;
use kernel::ids::LabId;

/// Of every lab of the configuration.
#[derive(Debug)]
pub struct SigningKeys {
    pub(super) schedule: Schedule,
    pub(super) labs: HashMap<LabId, Ring>,
}

#[derive(Debug, Default)]
pub(super) struct Ring {
    pub(super) known: ArcSwapOption<KnownKeys>,
    /// Keys are made, or read, once at a time.
    pub(super) turn: tokio::sync::Mutex<()>,
}

impl SigningKeys {
    pub fn of(config: &Config) -> Self {
        let oidc = &config.oidc;
        Self {
            schedule: Schedule {
                active: oidc.key_active(),
                announced: oidc.key_announced(),
                kept: oidc.key_kept(),
            },
            labs: config
                .labs
                .iter()
                .map(|lab| (lab.id.clone(), Ring::default()))
                .collect(),
        }
    }

    pub(super) fn ring(&self, lab: &LabId) -> Result<&Ring, Fault> {
        self.labs
            .get(lab)
            .ok_or(Fault::Broken("keys of a lab that is not in the configuration"))
    }
}
