//! Lists that this server is at work on: how far each is.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::pages::desk::Work;
use domain::leak::LeakId;
use leak::campaign::Notice;

#[derive(Debug, Default)]
pub struct UnderWay(Mutex<HashMap<LeakId, Work>>);

impl UnderWay {
    pub fn of(&self, id: LeakId) -> Option<Work> {
        self.works().get(&id).copied()
    }

    pub fn note(&self, id: LeakId, notice: Notice) {
        let percent = |done: u64, of: u64| (done.saturating_mul(100) / of.max(1)).min(100);
        let work = match notice {
            Notice::Numbered(_) => Work::Loading { percent: 0 },
            Notice::Loading { done, of } => Work::Loading {
                percent: percent(done, of),
            },
            Notice::Matching { done, of } => Work::Matching {
                percent: percent(done, of),
            },
            Notice::Reading { .. } | Notice::Settling { .. } => return,
        };
        self.works().insert(id, work);
    }

    pub fn ended(&self, id: LeakId) {
        self.works().remove(&id);
    }

    fn works(&self) -> MutexGuard<'_, HashMap<LeakId, Work>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
