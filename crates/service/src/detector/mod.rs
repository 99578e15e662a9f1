//! Looks on while people sign in and read, and counts what no person does. In memory and by keyed digests: each server
//! sees its share, and what it finds becomes an alert (`service/alerts/`) within seconds. Nothing here waits, writes or
//! changes an answer.

mod tally;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use self::tally::Tallies;
use config::Alerts;
use crypto::blind_index::BlindIndex;
use domain::alert::{Anomaly, Kind, Limits, Target, one_account, one_network, other_records, reading, stuffing, worst};
use domain::audit::Actor;
use kernel::client_address::{ClientAddress, ClientNetwork};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};
use machinery::reading::{Reading, Readings};

/// What continues is raised again after this long.
const AGAIN: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub struct Detector {
    attempts: Mutex<Attempts>,
    readings: Mutex<Readings>,
    /// Refusals for other people's records, each one of its own.
    others: Mutex<Tallies<(LabId, AccountId)>>,
    refusals: AtomicU64,
    said: Mutex<HashMap<(LabId, Kind, String), Timestamp>>,
}

#[derive(Debug, Default)]
struct Attempts {
    labs: Tallies<LabId>,
    networks: Tallies<(LabId, ClientNetwork)>,
    identifiers: Tallies<(LabId, BlindIndex)>,
}

/// What an attempt named, as keyed digests.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NamedDigest {
    Identifier(BlindIndex),
    /// Off a sheet of paper.
    Code(BlindIndex),
}

/// An attempt that was refused, or had to wait: who named what.
#[derive(Debug)]
pub(crate) struct Sighting {
    lab: LabId,
    network: Option<ClientNetwork>,
    named: Option<NamedDigest>,
}

impl Sighting {
    /// `named`: None where nothing was typed that can be looked up.
    pub(crate) fn of(lab: &LabId, actor: &Actor, named: Option<NamedDigest>) -> Self {
        let network = match actor {
            Actor::Visitor { address } => address.parse().ok().map(ClientAddress::network),
            _ => None,
        };
        Self {
            lab: lab.clone(),
            network,
            named,
        }
    }

    pub(crate) fn count(self, detector: &Detector, limits: &Alerts, now: Timestamp) {
        let (named, is_identifier) = match self.named {
            None => return,
            Some(NamedDigest::Identifier(index)) => (index, true),
            Some(NamedDigest::Code(index)) => (index, false),
        };
        let mut attempts = lock(&detector.attempts);
        if let Some(network) = self.network {
            let whose = (self.lab.clone(), network);
            let limit = limits.network_identifiers;
            attempts.networks.note(whose, digest(named.as_bytes()), limit, now);
        }
        if is_identifier {
            if let Some(network) = self.network {
                let whose = (self.lab.clone(), named);
                let from = digest(network.to_string().as_bytes());
                attempts.identifiers.note(whose, from, limits.identifier_networks, now);
            }
            let limit = limits.stuffing_identifiers.saturating_mul(10);
            attempts.labs.note(self.lab, digest(named.as_bytes()), limit, now);
        }
    }
}

impl Detector {
    /// Where what an account reads is counted.
    pub fn reading(&self, lab: &LabId, account: AccountId, now: Timestamp) -> Arc<Reading> {
        lock(&self.readings).of(lab, account, now)
    }

    /// A signed-in person requested a record that is not theirs.
    pub fn other_record(&self, lab: &LabId, account: AccountId, limits: &Alerts, now: Timestamp) {
        let which = self.refusals.fetch_add(1, Ordering::Relaxed);
        lock(&self.others).note((lab.clone(), account), which, limits.other_records, now);
    }

    /// What is worth an alert now, lab by lab, and was not said within the last minute.
    pub fn evaluate(&self, limits: &Alerts, now: Timestamp) -> Vec<(LabId, Anomaly)> {
        let (rules, window) = (rules(limits), limits.window());
        let mut all: BTreeMap<(LabId, Kind), Vec<Anomaly>> = BTreeMap::new();
        let mut add = |lab: &LabId, found: Option<Anomaly>| {
            if let Some(found) = found {
                all.entry((lab.clone(), found.cause.kind())).or_default().push(found);
            }
        };
        {
            let mut attempts = lock(&self.attempts);
            for (lab, count) in attempts.labs.counts(window, now) {
                add(lab, stuffing(count, &rules));
            }
            for ((lab, network), count) in attempts.networks.counts(window, now) {
                add(lab, one_network(*network, count, &rules));
            }
            for ((lab, identifier), count) in attempts.identifiers.counts(window, now) {
                add(lab, one_account(Target::Identifier(*identifier), count, &rules));
            }
        }
        for ((lab, account), requests, records) in lock(&self.readings).counts(window, now) {
            add(&lab, reading(account, requests, records, &rules));
        }
        for ((lab, account), count) in lock(&self.others).counts(window, now) {
            add(lab, other_records(*account, count, &rules));
        }
        let found = all.into_iter().flat_map(|((lab, kind), found)| {
            let found = worst(kind, found);
            found.into_iter().map(move |found| (lab.clone(), found))
        });
        let mut said = lock(&self.said);
        said.retain(|_, at| at.plus(AGAIN) > now);
        let is_news = |(lab, found): &(LabId, Anomaly)| {
            let key = (lab.clone(), found.cause.kind(), found.cause.subject());
            match said.entry(key) {
                Entry::Occupied(_) => false,
                Entry::Vacant(entry) => {
                    entry.insert(now);
                    true
                }
            }
        };
        found.filter(is_news).collect()
    }
}

fn rules(limits: &Alerts) -> Limits {
    Limits {
        stuffing_identifiers: limits.stuffing_identifiers,
        network_identifiers: limits.network_identifiers,
        identifier_networks: limits.identifier_networks,
        reading_requests: limits.reading_requests,
        reading_records: limits.reading_records,
        other_records: limits.other_records,
    }
}

fn digest(bytes: &[u8]) -> u64 {
    let hash = blake3::hash(bytes);
    let (first, _) = hash.as_bytes().split_first_chunk().unwrap_or((&[0; 8], &[]));
    u64::from_le_bytes(*first)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
