//! Lists that this server reads at the moment: how far each is, and what became of those that no longer are there.

use std::time::Duration;

use moka::sync::Cache;

use crate::domain::leak::LeakId;
use crate::kernel::ids::LabId;
use crate::leak::campaign::{LeakError, Notice};
use crate::web::pages::desk::Work;

const AT_MOST: u64 = 1_000;
const REMEMBERED: Duration = Duration::from_secs(3600);

#[derive(Clone, Debug)]
pub enum Trace {
    Work(Work),
    /// The list was known already, under this number.
    Known(LeakId),
}

#[derive(Debug)]
pub struct UnderWay(Cache<(LabId, LeakId), Trace>);

impl Default for UnderWay {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(AT_MOST).time_to_live(REMEMBERED).build())
    }
}

impl UnderWay {
    pub fn of(&self, lab: &LabId, id: LeakId) -> Option<Trace> {
        self.0.get(&(lab.clone(), id))
    }

    pub fn note(&self, lab: &LabId, id: LeakId, notice: Notice) {
        let work = match notice {
            Notice::Numbered(_) => Work::Reading { percent: 0 },
            Notice::Reading { done, of } => Work::Reading {
                percent: percent(done, of),
            },
            Notice::Loading { done, of } => Work::Loading {
                percent: percent(done, of),
            },
            Notice::Matching { done, of } => Work::Matching {
                percent: percent(done, of),
            },
            Notice::Settling { .. } => return,
        };
        self.0.insert((lab.clone(), id), Trace::Work(work));
    }

    /// `id`: the number it began with, which a list that was known already gives back.
    pub fn ended(&self, lab: &LabId, id: LeakId, result: &Result<LeakId, LeakError>) {
        let key = (lab.clone(), id);
        match result {
            Ok(same) if *same == id => self.0.invalidate(&key),
            Ok(known) => self.0.insert(key, Trace::Known(*known)),
            Err(error) => {
                let problem = error.problem(Some(id));
                let work = Work::Failed {
                    what: problem.what,
                    remedy: problem.remedy,
                };
                self.0.insert(key, Trace::Work(work));
            }
        }
    }
}

fn percent(done: u64, of: u64) -> u64 {
    (done.saturating_mul(100) / of.max(1)).min(100)
}
