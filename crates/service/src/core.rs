//! What every use case is handed: nothing in it is global.

use std::sync::Arc;

use crate::detector::Detector;
use crate::known_passwords::KnownPasswords;
use crate::provider::Providers;
use crate::siege::Sieges;
use crate::signing_keys::SigningKeys;
use config::Config;
use crypto::blind_index::{BlindIndex, blind_index};
use crypto::keyring::Keyring;
use crypto::seal::Sealer;
use domain::backoff::Limits;
use domain::identifier::Identifier;
use domain::session::Lifetime;
use kernel::clock::{SharedClock, Timestamp};
use kernel::entropy::SharedEntropy;
use kernel::ids::LabId;
use machinery::admission::Admission;
use machinery::hashing::HashPool;
use machinery::metrics::Metrics;
use machinery::visits::Visits;
use store::Db;

#[derive(Clone, Debug)]
pub struct Core {
    pub config: Arc<Config>,
    pub clock: SharedClock,
    pub entropy: SharedEntropy,
    pub db: Db,
    pub keyring: Arc<Keyring>,
    pub sealer: Sealer,
    pub hashing: Arc<HashPool>,
    pub known_passwords: Arc<KnownPasswords>,
    pub metrics: Arc<Metrics>,
    pub visits: Visits,
    pub admission: Arc<Admission>,
    pub sieges: Arc<Sieges>,
    pub detector: Arc<Detector>,
    pub providers: Arc<Providers>,
    pub signing_keys: Arc<SigningKeys>,
}

impl Core {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn lifetime(&self, lab: &LabId) -> Lifetime {
        if lab.is_operators() {
            return Lifetime::OF_OPERATORS;
        }
        Lifetime {
            idle: self.config.session.idle(),
            absolute: self.config.session.absolute(),
        }
    }

    /// A device that was not used since then is no longer trusted.
    pub fn devices_used_since(&self) -> Timestamp {
        self.now().minus(self.config.session.trusted_device_lasts())
    }

    /// Whether browsers that are not a trusted device have to show more at this lab.
    pub fn is_besieged(&self, lab: &LabId) -> bool {
        self.sieges.is_under_siege(lab, self.now())
    }

    pub fn backoff_limits(&self) -> Limits {
        Limits {
            failures_per_day: self.config.throttle.account_failures_per_day,
            failures_in_a_row: self.config.throttle.account_failures_in_a_row,
            listed_failures_per_day: self.config.throttle.listed_failures_per_day,
        }
    }

    pub fn identifier_index(&self, lab: &LabId, identifier: &Identifier) -> BlindIndex {
        blind_index(&self.keyring, lab, "identifier", identifier.as_str())
    }

    pub fn record_index(&self, lab: &LabId, record: &str) -> BlindIndex {
        blind_index(&self.keyring, lab, "record", record)
    }
}
