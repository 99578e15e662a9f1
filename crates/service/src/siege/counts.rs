//! What each lab's attempts came to, in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use config::Config;
use domain::siege::{Baseline, Counts, Rules, Slot, State, WINDOW, add, within};
use kernel::clock::Timestamp;
use kernel::ids::LabId;
use machinery::metrics::AttemptResult;

/// How an attempt from a browser that is not a trusted device ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Failed,
    TurnedAway,
    Succeeded,
}

impl Ending {
    /// `None`: a wait, or lack of room, says nothing about what was typed.
    pub(crate) fn of(result: AttemptResult) -> Option<Self> {
        match result {
            AttemptResult::refused => Some(Self::Failed),
            AttemptResult::turned_away => Some(Self::TurnedAway),
            AttemptResult::held | AttemptResult::passed => Some(Self::Succeeded),
            AttemptResult::continued
            | AttemptResult::delayed
            | AttemptResult::busy
            | AttemptResult::over
            | AttemptResult::broken
            | AttemptResult::abandoned => None,
        }
    }
}

/// Of every lab of the configuration, and of the operators' realm.
#[derive(Debug)]
pub struct Sieges {
    pub(super) rules: Rules,
    pub(super) labs: HashMap<LabId, Mutex<LabState>>,
    /// One turn at a time, so that nothing is written twice.
    pub(super) turns: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
pub(super) struct LabState {
    pub(super) state: State,
    /// Not in the database yet.
    pub(super) unwritten: Vec<Slot>,
    /// The last minutes of all servers, at the last turn.
    pub(super) recent: Vec<Slot>,
    pub(super) limit: u64,
    pub(super) baseline: Baseline,
    pub(super) baseline_of: Option<Timestamp>,
}

impl Sieges {
    pub fn of(config: &Config) -> Self {
        let rules = Rules {
            enabled: config.siege.enabled,
            at_least: config.siege.at_least,
            factor: config.siege.factor,
        };
        let labs = config.labs.iter().map(|lab| lab.id.clone());
        let of_lab = || {
            Mutex::new(LabState {
                limit: rules.limit(Baseline::default()),
                ..LabState::default()
            })
        };
        Self {
            labs: labs.chain([LabId::operators()]).map(|lab| (lab, of_lab())).collect(),
            rules,
            turns: tokio::sync::Mutex::default(),
        }
    }

    /// Whether unknown browsers have to show more. Counts of this moment are in it, so that a wave of guesses
    /// ends at the limit and not seconds later.
    pub fn is_under_siege(&self, lab: &LabId, now: Timestamp) -> bool {
        self.lab(lab).is_some_and(|of_lab| {
            let counted = within(&of_lab.recent, WINDOW, now).and(within(&of_lab.unwritten, WINDOW, now));
            self.rules.enabled && (of_lab.state != State::Calm || self.rules.is_exceeded(of_lab.limit, counted))
        })
    }

    pub(crate) fn count(&self, lab: &LabId, ending: Option<Ending>, now: Timestamp) {
        let Some(ending) = ending else { return };
        if let Some(mut of_lab) = self.lab(lab) {
            let one = |is: Ending| u64::from(ending == is);
            let counts = Counts {
                failures: one(Ending::Failed),
                turned_away: one(Ending::TurnedAway),
                successes: one(Ending::Succeeded),
            };
            add(&mut of_lab.unwritten, counts, now);
        }
    }

    pub(super) fn lab(&self, lab: &LabId) -> Option<MutexGuard<'_, LabState>> {
        let of_lab = self.labs.get(lab)?;
        Some(of_lab.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
