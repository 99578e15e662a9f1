//! Places for work in progress. Each class of requests has places of its own, so that a flood of one never takes the
//! last place of another: session checks, people whom we seem to know, strangers. Probes need none. Where no place
//! is left the answer is "not now", at once; there is no queue for a place.
//!
//! A trusted device's cookie is ours by its tag, and its rate is limited. What else a request says of itself (a cookie
//! that looks like a session, or like something begun) is not proven when the place is taken. So a lie must not gain
//! much: it only moves the liar from the strangers' places to those of the class it pretends to, whose number is fixed
//! as well; a session's place is given back as soon as the check has failed; and known people for whom no place of
//! their own is left may still have a stranger's, which the liar has then left free.

mod pace;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use kernel::clock::Stopwatch;
use pace::Pace;

/// Session checks are reads of a fraction of a millisecond: this many at once mean a database that hardly answers.
const SESSION_CHECKS: usize = 256;
/// Attempts of known people, among them everyone in the middle of an enrolment.
const KNOWN: usize = 32;

/// What a place is for, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Brings the cookie of a session, which is about to be checked.
    Session,
    /// Has the cookie of a trusted device, or of something that was started with a code.
    Known,
    Stranger,
}

#[derive(Debug)]
pub struct Admission {
    sessions: Share,
    known: Share,
    strangers: Share,
    /// How many strangers at once: moves with the time that their attempts take.
    pace: AtomicU32,
    most_strangers: u32,
}

#[derive(Debug, Default)]
struct Share {
    taken: AtomicUsize,
}

/// A place in use; dropped, it is free again.
#[derive(Debug)]
pub struct Place {
    admission: Arc<Admission>,
    share: Class,
    since: Stopwatch,
}

impl Admission {
    pub fn new(most_strangers: u32) -> Self {
        Self {
            sessions: Share::default(),
            known: Share::default(),
            strangers: Share::default(),
            pace: AtomicU32::new(Pace::beginning(most_strangers).0),
            most_strangers,
        }
    }

    /// None: come back later. `aside`: how many of those who have a place wait for a hash or a provider;
    /// they do not hold up the database meanwhile, and the hash pool and providers have limits of their own.
    pub fn enter(self: &Arc<Self>, class: Class, aside: usize) -> Option<Place> {
        let share = match class {
            Class::Session => self.take(Class::Session, SESSION_CHECKS),
            Class::Known => self
                .take(Class::Known, KNOWN.saturating_add(aside))
                .or_else(|| self.stranger(aside)),
            Class::Stranger => self.stranger(aside),
        };
        share.map(|share| Place {
            admission: Arc::clone(self),
            share,
            since: Stopwatch::start(),
        })
    }

    /// Strangers that are let in at once as things are.
    pub fn pace(&self) -> usize {
        Pace(self.pace.load(Ordering::Relaxed)).places()
    }

    pub fn taken(&self, class: Class) -> usize {
        self.share(class).taken.load(Ordering::Relaxed)
    }

    fn stranger(&self, aside: usize) -> Option<Class> {
        self.take(Class::Stranger, self.pace().saturating_add(aside))
    }

    fn take(&self, class: Class, most: usize) -> Option<Class> {
        let one_more = |taken: usize| (taken < most).then_some(taken + 1);
        let taken = &self.share(class).taken;
        taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
            .ok()
            .map(|_| class)
    }

    const fn share(&self, class: Class) -> &Share {
        match class {
            Class::Session => &self.sessions,
            Class::Known => &self.known,
            Class::Stranger => &self.strangers,
        }
    }
}

impl Place {
    pub const fn class(&self) -> Class {
        self.share
    }

    /// The attempt was refused without a hash: the time it took tells how many may be worked on at once.
    pub fn refused(self) {
        if self.share != Class::Stranger {
            return;
        }
        let (took, taken) = (self.since.elapsed(), self.admission.taken(Class::Stranger));
        let most = self.admission.most_strangers;
        let step = |pace| Some(Pace(pace).after(took, taken, most).0);
        // The step is never refused.
        let _ = self
            .admission
            .pace
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, step);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.admission.share(self.share).taken.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(admission: &Arc<Admission>, class: Class) -> Vec<Place> {
        std::iter::from_fn(|| admission.enter(class, 0)).collect()
    }

    #[test]
    fn strangers_never_take_the_last_place_of_the_others() {
        let admission = Arc::new(Admission::new(64));
        let strangers = fill(&admission, Class::Stranger);
        assert_eq!(strangers.len(), 64);
        let known = fill(&admission, Class::Known);
        assert_eq!(known.len(), KNOWN);
        assert_eq!(fill(&admission, Class::Session).len(), SESSION_CHECKS);
        drop(strangers);
        assert!(admission.enter(Class::Stranger, 0).is_some());
    }

    #[test]
    fn liars_take_only_the_places_they_lie_for_and_leave_their_own() {
        let admission = Arc::new(Admission::new(8));
        let liars: Vec<Place> = fill(&admission, Class::Session);
        assert_eq!(fill(&admission, Class::Stranger).len(), 8);
        assert_eq!(fill(&admission, Class::Known).len(), KNOWN + 8);
        drop(liars);
        let liars = fill(&admission, Class::Known);
        assert_eq!(liars.len(), KNOWN + 8, "their share, and then that of strangers");
        assert!(admission.enter(Class::Session, 0).is_some());
    }

    #[test]
    fn whoever_waits_for_a_hash_keeps_nobody_out() {
        let admission = Arc::new(Admission::new(8));
        let _hashing = fill(&admission, Class::Stranger);
        assert!(admission.enter(Class::Stranger, 0).is_none());
        assert!(admission.enter(Class::Stranger, 3).is_some());
    }

    #[test]
    fn every_place_comes_back() {
        let admission = Arc::new(Admission::new(64));
        for class in [Class::Session, Class::Known, Class::Stranger] {
            let mut places = fill(&admission, class);
            places.pop().unwrap().refused();
            drop(places);
            assert_eq!(admission.taken(class), 0, "{class:?}");
        }
    }
}
